import {
  createJweRegistry,
  decryptCompact,
  decryptJson,
  decryptJwt,
  encryptCompact,
  encryptFlattened,
  encryptGeneral,
  encryptJwt,
  generateEncryptionKey,
} from 'authwright/jose/jwe'
import { Key, type KeyInput } from 'authwright/jose/jwk'
import * as jose from 'jose'
import { describe, expect, it } from 'vitest'
import { standardJweRegistry } from '../../src/jose/algorithms/jwe-registry.ts'
import { backends } from '../contracts/crypto-backend.ts'

const registry = createJweRegistry()
const encryptions = Object.keys(standardJweRegistry().contentEncryption)
const iterations = 2000
const hello = new TextEncoder().encode('ünïcode')
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

const algorithms = Object.keys(registry.keyManagement)
/** jose takes passwords, and many rounds of hashing them, only where it is told to. */
const decryption = { maxPBES2Count: iterations, keyManagementAlgorithms: algorithms }

async function importByJose(key: Key, alg: string): Promise<jose.CryptoKey | Uint8Array> {
  const { use, ...jwk } = key.toPrivateJwk()
  return jose.importJWK({ ...jwk }, alg === 'dir' ? undefined : alg)
}

async function publicByJose(key: Key, alg: string): Promise<jose.CryptoKey | Uint8Array> {
  if (key.kty === 'oct') return importByJose(key, alg)
  const { use, ...jwk } = key.toPublicJwk()
  return jose.importJWK({ ...jwk }, alg)
}

const rsa = await Key.generate({ kty: 'RSA' }, { use: 'enc' })

async function keyFor(alg: string, enc: string, crv: 'P-256' | 'P-384' | 'P-521' | 'X25519' = 'P-256'): Promise<Key> {
  return alg.startsWith('RSA') ? rsa : generateEncryptionKey(alg, { enc, crv })
}

const cases = algorithms.flatMap((alg) => encryptions.map((enc) => ({ alg, enc })))

describe.each(backends)('RFC 7516 with jose on $name', (backend) => {
  const here = (key: Key): Promise<Key> => Key.import(key.toPrivateJwk() as KeyInput, { backend })

  it.each(cases)('$alg $enc compact', async ({ alg, enc }) => {
    const key = await keyFor(alg, enc)
    const ours = await encryptCompact(hello, await here(key), { alg, enc, iterations })
    const theirKey = await importByJose(key, alg)
    expect(text((await jose.compactDecrypt(ours, theirKey, decryption)).plaintext)).toBe('ünïcode')
    const encrypter = new jose.CompactEncrypt(hello).setProtectedHeader({ alg, enc, kid: 'x' })
    const theirs = await encrypter.setKeyManagementParameters({ p2c: iterations }).encrypt(await publicByJose(key, alg))
    const { plaintext } = await decryptCompact(theirs, await here(key), { algorithms: [alg] })
    expect(text(plaintext)).toBe('ünïcode')
  })

  it.each(cases)('$alg $enc flattened, with additional data', async ({ alg, enc }) => {
    const key = await keyFor(alg, enc)
    const options = { alg, enc, iterations, aad: 'readable', unprotected: { hint: 'x' } }
    const ours = await encryptFlattened(hello, await here(key), options)
    const opened = await jose.flattenedDecrypt(
      { ...ours, unprotected: { hint: 'x' } },
      await importByJose(key, alg),
      decryption,
    )
    expect([text(opened.plaintext), text(opened.additionalAuthenticatedData ?? hello)]).toEqual(['ünïcode', 'readable'])
    const encrypter = new jose.FlattenedEncrypt(hello)
      .setProtectedHeader({ alg, enc })
      .setSharedUnprotectedHeader({ hint: 'x' })
      .setUnprotectedHeader({ kid: 'y' })
      .setAdditionalAuthenticatedData(new TextEncoder().encode('readable'))
      .setKeyManagementParameters({ p2c: iterations })
    const theirs = await encrypter.encrypt(await publicByJose(key, alg))
    const { plaintext, aad, header } = await decryptJson(JSON.stringify(theirs), await here(key), { algorithms: [alg] })
    expect([text(plaintext), text(aad ?? hello), header.kid, header['hint']]).toEqual(['ünïcode', 'readable', 'y', 'x'])
  })

  it.each(algorithms)('RFC 7516 §4.1.3 %s, packed', async (alg) => {
    const enc = 'A256GCM'
    const key = await keyFor(alg, enc)
    const long = new TextEncoder().encode('all work and no play '.repeat(100))
    const ours = await encryptCompact(long, await here(key), { alg, enc, iterations, zip: 'DEF' })
    expect((await jose.compactDecrypt(ours, await importByJose(key, alg), decryption)).plaintext).toEqual(long)
    const encrypter = new jose.CompactEncrypt(long).setProtectedHeader({ alg, enc, zip: 'DEF' })
    const theirs = await encrypter.setKeyManagementParameters({ p2c: iterations }).encrypt(await publicByJose(key, alg))
    expect(theirs.length).toBeLessThan(1000)
    const options = { algorithms: [alg], allowCompression: true }
    expect((await decryptCompact(theirs, await here(key), options)).plaintext).toEqual(long)
  })

  it.each(['P-384', 'P-521', 'X25519'] as const)('agreement on %s', async (crv) => {
    for (const alg of ['ECDH-ES', 'ECDH-ES+A192KW']) {
      const key = await keyFor(alg, 'A256GCM', crv)
      const ours = await encryptCompact(hello, await here(key), { apu: 'a', apv: 'b' })
      expect(text((await jose.compactDecrypt(ours, await importByJose(key, alg))).plaintext)).toBe('ünïcode')
      const encrypter = new jose.CompactEncrypt(hello).setProtectedHeader({ alg, enc: 'A256GCM' })
      const parties = { apu: new Uint8Array([1]), apv: new Uint8Array([2, 255]) }
      const theirs = await encrypter.setKeyManagementParameters(parties).encrypt(await publicByJose(key, alg))
      expect(text((await decryptCompact(theirs, await here(key))).plaintext)).toBe('ünïcode')
    }
  })

  it.each(encryptions)('general, for every kind of recipient: %s', async (enc) => {
    const names = algorithms.filter((alg) => alg !== 'dir' && alg !== 'ECDH-ES')
    const recipients = await Promise.all(names.map(async (alg) => ({ alg, key: await keyFor(alg, enc) })))
    const ours = await encryptGeneral(
      hello,
      await Promise.all(recipients.map(async ({ alg, key }) => ({ alg, key: await here(key), iterations }))),
      { enc, unprotected: { hint: 'x' }, aad: 'readable' },
    )
    const general = {
      ...ours,
      unprotected: { hint: 'x' },
      recipients: ours.recipients.map(({ header, ...rest }) => ({ ...rest, ...(header && { header: { ...header } }) })),
    }
    for (const { alg, key } of recipients) {
      const opened = await jose.generalDecrypt(general, await importByJose(key, alg), {
        ...decryption,
        keyManagementAlgorithms: [alg],
      })
      expect(text(opened.plaintext)).toBe('ünïcode')
    }
    const encrypter = new jose.GeneralEncrypt(hello).setProtectedHeader({ enc })
    for (const { alg, key } of recipients) {
      const parameters = alg.startsWith('PBES2') ? { p2c: iterations } : undefined
      const recipient = encrypter.addRecipient(await publicByJose(key, alg)).setUnprotectedHeader({ alg })
      if (parameters) recipient.setKeyManagementParameters(parameters)
    }
    const theirs = await encrypter.encrypt()
    for (const { alg, key } of recipients) {
      const { plaintext } = await decryptJson(JSON.stringify(theirs), await here(key), { algorithms: [alg] })
      expect(text(plaintext)).toBe('ünïcode')
    }
  })

  it('RFC 7519 encrypted JWTs', async () => {
    const key = await keyFor('dir', 'A256GCM')
    const claims = { iss: 'https://op.example', aud: 'app', nested: { list: [1, null] } }
    const ours = await encryptJwt(claims, await here(key), { expiresIn: '5m' })
    const { payload } = await jose.jwtDecrypt(ours, await importByJose(key, 'dir'), { audience: 'app' })
    expect(payload).toMatchObject(claims)
    const encrypter = new jose.EncryptJWT(claims).setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
    const theirs = await encrypter
      .setExpirationTime('5m')
      .replicateIssuerAsHeader()
      .encrypt(await importByJose(key, 'dir'))
    const read = await decryptJwt(theirs, await here(key), { algorithms: ['dir'], audience: 'app' })
    expect(read.claims).toMatchObject(claims)
  })
})

describe('RFC 7516 §4.1.3 compression', () => {
  it('ours is what zlib unpacks, and the other way round', async () => {
    const { deflateRawSync, inflateRawSync } = await import('node:zlib')
    const { compress, decompress } = await import('../../src/jose/jwe/zip.ts')
    const long = new TextEncoder().encode('all work and no play '.repeat(1000))
    expect(inflateRawSync(await compress(long))).toEqual(Buffer.from(long))
    expect(await decompress(deflateRawSync(long), long.length)).toEqual(long)
  })
})
