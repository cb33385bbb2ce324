import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ecdh1pu } from 'authwright/jose/algorithms/ecdh-1pu'
import { rsa15 } from 'authwright/jose/algorithms/rsa1-5'
import { chacha } from 'authwright/jose/algorithms/xc20p'
import {
  createJweRegistry,
  decryptCompact,
  decryptJson,
  encryptCompact,
  encryptFlattened,
  encryptGeneral,
  generateEncryptionKey,
} from 'authwright/jose/jwe'
import { Key } from 'authwright/jose/jwk'
import { afterAll, describe, expect, it } from 'vitest'

const content = 'ünïcode'
const iterations = 2000
const registry = createJweRegistry(rsa15, ecdh1pu, chacha)
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

/** An algorithm and a key for it; what it is used for is said by the header, not by the key. */
interface Case {
  readonly alg: string
  readonly enc: string
  readonly key: Key
}

const rsa = await Key.generate({ kty: 'RSA' }, { use: 'enc' })
const contentEncryptions = ['A128CBC-HS256', 'A192CBC-HS384', 'A256CBC-HS512', 'A128GCM', 'A192GCM', 'A256GCM']

async function casesOf(alg: string, encs: readonly string[]): Promise<readonly Case[]> {
  return Promise.all(
    encs.map(async (enc) => ({
      ...{ alg, enc },
      key: alg.startsWith('RSA') ? rsa : await generateEncryptionKey(alg, { enc, registry }),
    })),
  )
}

async function allCases(algorithms: readonly string[]): Promise<readonly Case[]> {
  // Every algorithm once, every "enc" with the first of them.
  const rows = algorithms.map((alg, index) =>
    casesOf(alg, index === 0 ? contentEncryptions : ['A128CBC-HS256', 'A256GCM']),
  )
  return (await Promise.all(rows)).flat()
}

/** The members that the others read; Debian's jwcrypto minds a "use" or an "alg" that it does not know. */
function members({ key }: Case): Readonly<Record<string, unknown>> {
  const { alg, use, ...jwk } = key.toPrivateJwk()
  return jwk
}

type Job = { readonly do: 'encrypt' | 'decrypt'; readonly [member: string]: unknown }
type Result = { readonly value?: string; readonly error?: string }

function runJobs(python: string, script: string, jobs: readonly Job[]): readonly Result[] {
  const path = fileURLToPath(new URL(`support/${script}`, import.meta.url))
  return JSON.parse(execFileSync(python, [path], { input: JSON.stringify(jobs), encoding: 'utf8' }))
}

const shared = [
  ...['dir', 'A128KW', 'A192KW', 'A256KW', 'A128GCMKW', 'A192GCMKW', 'A256GCMKW', 'RSA-OAEP', 'RSA-OAEP-256', 'RSA1_5'],
  ...['ECDH-ES', 'ECDH-ES+A128KW', 'ECDH-ES+A192KW', 'ECDH-ES+A256KW'],
  ...['PBES2-HS256+A128KW', 'PBES2-HS384+A192KW', 'PBES2-HS512+A256KW'],
]

const debianPython = '/usr/bin/python3'
const hasJwcrypto = spawnSync(debianPython, ['-c', 'import jwcrypto']).status === 0
if (!hasJwcrypto) console.info('jwcrypto is not installed (apt-get install python3-jwcrypto): its tests are skipped')

describe.skipIf(!hasJwcrypto)('RFC 7516 §7.1 §7.2 with jwcrypto', async () => {
  const cases = await allCases(shared)
  const jwcrypto = (jobs: readonly Job[]): readonly Result[] => runJobs(debianPython, 'jwcrypto_jwe.py', jobs)

  it('it decrypts what we encrypt', async () => {
    const jobs: Job[] = []
    for (const one of cases) {
      const { alg, enc, key } = one
      const how = { alg, enc, iterations, registry }
      const shared = { do: 'decrypt', key: members(one) } as const
      jobs.push({ ...shared, jwe: await encryptCompact(content, key, how) })
      jobs.push({ ...shared, jwe: await encryptCompact(content, key, { ...how, zip: 'DEF' }) })
      const flattened = await encryptFlattened(content, key, { ...how, aad: 'readable', unprotected: { x: 1 } })
      jobs.push({ ...shared, jwe: JSON.stringify(flattened) })
      if (alg === 'dir' || alg === 'ECDH-ES') continue
      const general = await encryptGeneral(
        content,
        [
          { key, ...how },
          { key: rsa, alg: 'RSA-OAEP' },
        ],
        { enc, registry },
      )
      jobs.push({ ...shared, jwe: JSON.stringify(general) })
    }
    expect(jwcrypto(jobs)).toEqual(jobs.map(() => ({ value: content })))
  })

  it('we decrypt what it encrypts', async () => {
    const jobs = cases.flatMap((one): Job[] => {
      const { alg, enc } = one
      const recipients = [{ key: members(one) }]
      const shared = { do: 'encrypt', plaintext: content, recipients } as const
      return [
        { ...shared, protected: { alg, enc }, compact: true },
        { ...shared, protected: { alg, enc, zip: 'DEF' }, compact: true },
        {
          ...shared,
          protected: { enc },
          recipients: [{ ...recipients[0], header: { alg } }],
          aad: 'readable',
          unprotected: { x: 1 },
        },
      ]
    })
    const results = jwcrypto(jobs).map(({ value, error }) => value ?? expect.fail(error))
    for (const [index, { alg, key }] of cases.entries()) {
      const options = { algorithms: [alg], registry, allowCompression: true }
      const [compact = '', packed = '', flattened = ''] = results.slice(3 * index, 3 * index + 3)
      expect(text((await decryptCompact(compact, key, options)).plaintext)).toBe(content)
      expect(text((await decryptCompact(packed, key, options)).plaintext)).toBe(content)
      const { plaintext, header, aad } = await decryptJson(flattened, key, options)
      expect([text(plaintext), header['x'], text(aad ?? new Uint8Array())]).toEqual([content, 1, 'readable'])
    }
  })
})

const hasJoserfc = spawnSync('python3', ['-c', 'import joserfc']).status === 0
if (!hasJoserfc) console.info('joserfc is not installed (pip install joserfc): its tests are skipped')

describe.skipIf(!hasJoserfc)('RFC 7516 §7.1 §7.2 with joserfc', async () => {
  const hasChaCha = spawnSync('python3', ['-c', 'import Crypto.Cipher']).status === 0
  const cases = [...(await allCases(shared)), ...(await casesOf('dir', hasChaCha ? ['C20P', 'XC20P'] : []))]
  const joserfc = (jobs: readonly Job[]): readonly Result[] => runJobs('python3', 'joserfc_jwe.py', jobs)

  it('it decrypts what we encrypt', async () => {
    const jobs: Job[] = []
    for (const one of cases) {
      const { alg, enc, key } = one
      const how = { alg, enc, iterations, registry }
      const shared = { do: 'decrypt', key: members(one) } as const
      jobs.push({ ...shared, jwe: await encryptCompact(content, key, how) })
      jobs.push({ ...shared, jwe: await encryptCompact(content, key, { ...how, zip: 'DEF' }) })
      jobs.push({ ...shared, jwe: await encryptFlattened(content, key, { ...how, aad: 'readable' }) })
    }
    expect(joserfc(jobs)).toEqual(jobs.map(() => ({ value: content })))
  })

  it('we decrypt what it encrypts', async () => {
    const jobs = cases.map((one): Job => {
      const { alg, enc } = one
      return { do: 'encrypt', plaintext: content, key: members(one), protected: { alg, enc } }
    })
    for (const [index, { value, error }] of joserfc(jobs).entries()) {
      const { alg = '', key = rsa } = cases[index] ?? {}
      const { plaintext } = await decryptCompact(value ?? expect.fail(`${alg}: ${error}`), key, {
        algorithms: [alg],
        registry,
      })
      expect(text(plaintext)).toBe(content)
    }
  })

  it('draft-madden-jose-ecdh-1pu-04 in both directions', async () => {
    const make = async (crv: 'P-256' | 'X25519'): Promise<Key> => generateEncryptionKey('ECDH-ES', { crv })
    for (const crv of ['P-256', 'X25519'] as const) {
      const [sender, recipient] = await Promise.all([make(crv), make(crv)])
      const [senderKey, key] = [sender, recipient].map((own) => members({ alg: '', enc: '', key: own }))
      for (const [alg, enc] of [
        ['ECDH-1PU', 'A256GCM'],
        ['ECDH-1PU+A128KW', 'A128CBC-HS256'],
        ['ECDH-1PU+A256KW', 'A256CBC-HS512'],
      ] as const) {
        const [own, other] = await Promise.all(
          [sender, recipient].map((one) =>
            Key.import({ ...members({ alg, enc, key: one }), kty: one.kty }, { use: 'enc' }),
          ),
        )
        if (own === undefined || other === undefined) throw new Error('no keys')
        const jwe = await encryptCompact(content, other, { alg, enc, sender: own, registry, apu: 'Alice' })
        const [theirs, ours] = joserfc([
          { do: 'encrypt', plaintext: content, key, sender: senderKey, protected: { alg, enc } },
          { do: 'decrypt', jwe, key, sender: senderKey },
        ])
        expect(ours).toEqual({ value: content })
        const options = { algorithms: [alg], sender: own, registry }
        expect(
          text((await decryptCompact(theirs?.value ?? expect.fail(theirs?.error), other, options)).plaintext),
        ).toBe(content)
      }
    }
  })
})

const hasCommand = spawnSync('jose', ['alg']).status === 0
if (!hasCommand) console.info('the command jose is not installed (apt-get install jose): its tests are skipped')

describe.skipIf(!hasCommand)('RFC 7516 §7.1 §7.2 with the command jose', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'jose-jwe-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  // Debian's build has no RSA-OAEP.
  const cases = await allCases(shared.filter((alg) => !alg.startsWith('RSA-OAEP')))

  function file(name: string, data: unknown): string {
    writeFileSync(join(folder, name), typeof data === 'string' ? data : JSON.stringify(data))
    return join(folder, name)
  }

  it.each(cases)('$alg $enc: it decrypts what we encrypt', async (one) => {
    const { alg, enc, key } = one
    const how = { alg, enc, iterations, registry }
    // With AES-GCM it takes additional data otherwise than RFC 7520 §5.10, which it refuses too.
    const aad = enc.endsWith('GCM') ? {} : { aad: 'readable' }
    for (const jwe of [
      await encryptCompact(content, key, how),
      JSON.stringify(await encryptFlattened(content, key, { ...how, ...aad })),
    ]) {
      const output = execFileSync(
        'jose',
        ['jwe', 'dec', '-i', file('token', jwe), '-k', file('key.jwk', members(one))],
        { encoding: 'utf8' },
      )
      expect(output).toBe(content)
    }
  })

  it.each(cases)('$alg $enc: we decrypt what it encrypts', async (one) => {
    const { alg, enc, key } = one
    const template = JSON.stringify({ protected: { alg, enc, ...(alg.startsWith('PBES2') && { p2c: iterations }) } })
    const common = ['jwe', 'enc', '-I', file('plaintext', content), '-k', file('key.jwk', members(one)), '-i', template]
    const run = (...more: string[]): string => execFileSync('jose', [...common, ...more], { encoding: 'utf8' }).trim()
    const options = { algorithms: [alg], registry }
    expect(text((await decryptCompact(run('-c'), key, options)).plaintext)).toBe(content)
    expect(text((await decryptJson(run(), key, options)).plaintext)).toBe(content)
  })
})
