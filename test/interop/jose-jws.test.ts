import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Key, type KeyInput } from 'authwright/jose/jwk'
import {
  type FlattenedJws,
  type GeneralJws,
  signCompact,
  signDetached,
  signFlattened,
  signGeneral,
  verifyCompact,
  verifyDetached,
  verifyFlattened,
  verifyGeneral,
} from 'authwright/jose/jws'
import * as jose from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { backends } from '../contracts/crypto-backend.ts'

const rsaAlgorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512']
const mlDsa = ['ML-DSA-44', 'ML-DSA-65', 'ML-DSA-87']
const hasMlDsa = await Key.generate('ML-DSA-44').then(
  () => true,
  () => false,
)
if (!hasMlDsa) console.info('this runtime has no ML-DSA (Node 24.7 and later have): its tests are skipped')
const algorithms = [
  ...['HS256', 'HS384', 'HS512', ...rsaAlgorithms, 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
  ...(hasMlDsa ? mlDsa : []),
]
const content = 'Ünïcode, 10 €.'
const bytes = new TextEncoder().encode(content)
const text = (payload: Uint8Array | undefined): string => new TextDecoder().decode(payload)

/** RSA keys take long to find: one serves all algorithms. */
const rsa = (await Key.generate('RS256')).toPrivateJwk()

async function makeJwk(alg: string): Promise<jose.JWK> {
  const { alg: _alg, use: _use, ...jwk } = rsaAlgorithms.includes(alg) ? rsa : (await Key.generate(alg)).toPrivateJwk()
  return { ...jwk, alg, kid: `key ${alg}` }
}

const jwks = await Promise.all(algorithms.map(makeJwk))
const [secp256k1, ed448] = [await makeJwk('ES256K'), await makeJwk('Ed448')]
const cases = backends.flatMap((backend) =>
  jwks.map((jwk) => ({ alg: String(jwk.alg), name: backend.name, backend, jwk })),
)

/** What a verifier is given: the public members, or a secret as it is. */
function withoutPrivate({ d, p, q, dp, dq, qi, priv, ...members }: jose.JWK): jose.JWK {
  return members
}

describe.each(cases)('RFC 7515 §7.1, §7.2, RFC 7797 §5 with jose, $alg on $name', ({ alg, backend, jwk }) => {
  const unencoded = { alg, b64: false, crit: ['b64'] }
  let key: Key
  let signer: Awaited<ReturnType<typeof jose.importJWK>>
  let verifier: typeof signer

  beforeAll(async () => {
    key = await Key.import(jwk as KeyInput, { backend })
    signer = await jose.importJWK(jwk, alg)
    verifier = await jose.importJWK(withoutPrivate(jwk), alg)
  })

  it('it verifies what we sign', async () => {
    expect(text((await jose.compactVerify(await signCompact(content, key), verifier)).payload)).toBe(content)
    const flattened = await signFlattened(content, key, { unprotectedHeader: { x: 1 } })
    const verified = await jose.flattenedVerify({ payload: '', ...flattened }, verifier)
    expect([text(verified.payload), verified.unprotectedHeader]).toEqual([content, { x: 1 }])
    const general = await signGeneral(content, [{ key }, { key, header: { n: 2 } }])
    const signatures = [...general.signatures]
    expect(text((await jose.generalVerify({ payload: general.payload ?? '', signatures }, verifier)).payload)).toBe(
      content,
    )
  })

  it('we verify what it signs', async () => {
    const compact = await new jose.CompactSign(bytes).setProtectedHeader({ alg }).sign(signer)
    expect(text((await verifyCompact(compact, key)).payload)).toBe(content)
    const flattened = await new jose.FlattenedSign(bytes)
      .setProtectedHeader({ alg })
      .setUnprotectedHeader({ x: 1 })
      .sign(signer)
    const verified = await verifyFlattened(flattened as FlattenedJws, key)
    expect([text(verified.payload), verified.unprotectedHeader]).toEqual([content, { x: 1 }])
    const general = new jose.GeneralSign(bytes)
    general.addSignature(signer).setProtectedHeader({ alg })
    general.addSignature(signer).setUnprotectedHeader({ alg })
    expect((await verifyGeneral((await general.sign()) as GeneralJws, key)).signatures).toHaveLength(2)
  })

  it('payloads that are not encoded, detached or not, in both directions', async () => {
    const ours = await signFlattened(content, key, { unencoded: true })
    expect(text((await jose.flattenedVerify({ ...ours, payload: content }, verifier)).payload)).toBe(content)
    const detached = await signDetached(new Blob([bytes]).stream(), key, { unencoded: true })
    const [header = '', , signature = ''] = detached.split('.')
    await jose.flattenedVerify({ protected: header, payload: bytes, signature }, verifier)
    const theirs = await new jose.FlattenedSign(bytes).setProtectedHeader(unencoded).sign(signer)
    expect((await verifyFlattened(theirs as FlattenedJws, key, { detachedPayload: bytes })).key).toBe(key)
    const compact = `${theirs.protected}..${theirs.signature}`
    expect((await verifyDetached(compact, new Blob([bytes]).stream(), key)).header).toEqual(unencoded)
  })

  it('several signatures over a payload that is not encoded, in both directions', async () => {
    const { signatures } = await signGeneral(content, [{ key }, { key, header: { n: 2 } }], { unencoded: true })
    const ours = await jose.generalVerify({ payload: content, signatures: [...signatures] }, verifier)
    expect(text(ours.payload)).toBe(content)
    const general = new jose.GeneralSign(bytes)
    for (const n of [1, 2]) general.addSignature(signer).setProtectedHeader({ ...unencoded, n })
    const theirs = { ...(await general.sign()), payload: content }
    const verified = await verifyGeneral(theirs as GeneralJws, key)
    expect([text(verified.payload), verified.signatures.length]).toEqual([content, 2])
  })

  it('payloads that travel apart, encoded, in both directions', async () => {
    const [header = '', , signature = ''] = (await signDetached(content, key)).split('.')
    await jose.flattenedVerify(
      { protected: header, payload: Buffer.from(bytes).toString('base64url'), signature },
      verifier,
    )
    const [theirs = '', , theirSignature = ''] = (
      await new jose.CompactSign(bytes).setProtectedHeader({ alg }).sign(signer)
    ).split('.')
    expect((await verifyDetached(`${theirs}..${theirSignature}`, bytes, key)).key).toBe(key)
  })
})

type Job = { readonly do: 'sign' | 'verify'; readonly [member: string]: unknown }
type Result = { readonly value?: string; readonly error?: string }

const python = '/usr/bin/python3'
const script = fileURLToPath(new URL('support/jwcrypto_jws.py', import.meta.url))
const hasJwcrypto = spawnSync(python, ['-c', 'import jwcrypto']).status === 0
if (!hasJwcrypto) console.info('jwcrypto is not installed (apt-get install python3-jwcrypto): its tests are skipped')

function jwcrypto(jobs: readonly Job[]): readonly Result[] {
  return JSON.parse(execFileSync(python, [script], { input: JSON.stringify(jobs), encoding: 'utf8' }))
}

describe.skipIf(!hasJwcrypto)('RFC 7515 §7.1, §7.2, RFC 7797 §5 with jwcrypto', () => {
  // It knows no fully-specified names (RFC 9864) and no ML-DSA, and two curves that jose does not.
  const known = [
    ...jwks.filter(({ alg = '' }) => alg !== 'Ed25519' && !mlDsa.includes(alg)),
    secp256k1,
    { ...ed448, alg: 'EdDSA' },
  ]
  const unencodedHeader = { b64: false, crit: ['b64'] }

  it('it verifies what we sign', async () => {
    const jobs: Job[] = []
    for (const jwk of known) {
      const key = await Key.import(jwk as KeyInput)
      const shared = { do: 'verify', key: withoutPrivate(jwk), payload: content } as const
      jobs.push({ ...shared, jws: await signCompact(content, key) })
      jobs.push({ ...shared, jws: JSON.stringify(await signFlattened(content, key, { unprotectedHeader: { x: 1 } })) })
      jobs.push({ ...shared, jws: JSON.stringify(await signFlattened(content, key, { unencoded: true })) })
      jobs.push({ ...shared, jws: JSON.stringify(await signGeneral(content, [{ key }, { key }])) })
      jobs.push({ ...shared, detached: true, jws: await signDetached(content, key) })
    }
    expect(jwcrypto(jobs)).toEqual(jobs.map(() => ({ value: content })))
  })

  it('we verify what it signs', async () => {
    const jobs = known.flatMap((key): Job[] => {
      const signer = { key, protected: { alg: key.alg } }
      const shared = { do: 'sign', payload: content } as const
      return [
        { ...shared, signers: [signer], compact: true },
        { ...shared, signers: [{ ...signer, header: { x: 1 } }] },
        { ...shared, signers: [signer, signer] },
        { ...shared, signers: [signer], compact: true, detached: true },
        { ...shared, signers: [{ key, protected: { alg: key.alg, ...unencodedHeader } }] },
      ]
    })
    const results = jwcrypto(jobs)
    for (const [index, jwk] of known.entries()) {
      const key = await Key.import(jwk as KeyInput)
      const [compact, flattened, general, detached, unencoded] = results
        .slice(5 * index, 5 * index + 5)
        .map(({ value, error }) => value ?? expect.fail(`${jwk.alg}: ${error}`))
      expect(text((await verifyCompact(compact ?? '', key)).payload)).toBe(content)
      expect(text((await verifyFlattened(flattened ?? '', key)).payload)).toBe(content)
      expect((await verifyGeneral(general ?? '', key)).signatures).toHaveLength(2)
      expect((await verifyDetached(detached ?? '', content, key)).key).toBe(key)
      expect(text((await verifyFlattened(unencoded ?? '', key)).payload)).toBe(content)
    }
  })
})

const hasCommand = spawnSync('jose', ['alg']).status === 0
if (!hasCommand) console.info('the command jose is not installed (apt-get install jose): its tests are skipped')

describe.skipIf(!hasCommand)('RFC 7515 §7.1, §7.2 with the command jose', () => {
  const folder = mkdtempSync(join(tmpdir(), 'jose-jws-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  const known = jwks.filter(({ kty }) => kty !== 'OKP' && kty !== 'AKP')

  function file(name: string, data: string): string {
    writeFileSync(join(folder, name), data)
    return join(folder, name)
  }

  it.each(known)('$alg: it verifies what we sign', async (jwk) => {
    const key = await Key.import(jwk as KeyInput)
    const keyFile = file('key.jwk', JSON.stringify(withoutPrivate(jwk)))
    for (const jws of [
      await signCompact(content, key),
      JSON.stringify(await signFlattened(content, key)),
      JSON.stringify(await signGeneral(content, [{ key }, { key }])),
    ]) {
      const input = file('token', jws)
      const output = execFileSync('jose', ['jws', 'ver', '-i', input, '-k', keyFile, '-a', '-O-'], { encoding: 'utf8' })
      expect(output).toBe(content)
    }
  })

  it.each(known)('$alg: we verify what it signs', async (jwk) => {
    const key = await Key.import(jwk as KeyInput)
    const common = ['jws', 'sig', '-I', file('payload', content), '-k', file('key.jwk', JSON.stringify(jwk))]
    const run = (...more: string[]): string => execFileSync('jose', [...common, ...more], { encoding: 'utf8' }).trim()
    const template = JSON.stringify({ protected: { alg: jwk.alg } })
    expect(text((await verifyCompact(run('-s', template, '-c'), key)).payload)).toBe(content)
    expect(text((await verifyFlattened(run('-s', template), key)).payload)).toBe(content)
    const twice = run('-s', template, '-k', join(folder, 'key.jwk'), '-s', template)
    expect((await verifyGeneral(twice, key)).signatures).toHaveLength(2)
  })
})
