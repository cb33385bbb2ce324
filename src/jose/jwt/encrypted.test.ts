import { describe, expect, it } from 'vitest'
import { encode, refusal } from '../../../test/support/jwe.ts'
import { encryptCompact } from '../jwe/encrypt.ts'
import { generateEncryptionKey } from '../jwe/generate.ts'
import { Key } from '../jwk/key.ts'
import { KeySet } from '../jwks/key-set.ts'
import { decryptJwt } from './decrypt.ts'
import { encryptJwt } from './encrypt.ts'
import { decryptAndVerifyJwt, signAndEncryptJwt } from './nested.ts'
import { signJwt } from './sign.ts'
import { verifyJwt } from './verify.ts'

const clock = (): number => 1_700_000_000_000
const claims = { iss: 'https://op.example', sub: 'u1', aud: 'app' }
const secret = await generateEncryptionKey('dir')
const recipient = await generateEncryptionKey('ECDH-ES+A128KW', { kid: 'enc' })
const signer = await Key.generate('ES256', { kid: 'sig' })

describe('RFC 7519 §7 encrypted JWTs', () => {
  it('bring claims back, with their times', async () => {
    const jwt = await encryptJwt(claims, secret, { expiresIn: '10m', clock })
    const { claims: read, header } = await decryptJwt(jwt, secret, { issuer: claims.iss, audience: 'app', clock })
    expect(read).toEqual({ ...claims, iat: 1_700_000_000, exp: 1_700_000_600 })
    expect(header.typ).toBe('JWT')
  })

  it('are held to type and claims, as signed ones are', async () => {
    const late = (): number => clock() + 600_000
    const jwt = await encryptJwt(claims, secret, { expiresIn: '10m', clock, typ: 'secret+jwt' })
    await expect(decryptJwt(jwt, secret, { clock })).rejects.toMatchObject({ code: 'type_mismatch' })
    const typ = 'secret+jwt'
    await expect(decryptJwt(jwt, secret, { clock, typ, audience: 'other' })).rejects.toMatchObject({
      code: 'claim_mismatch',
    })
    await expect(decryptJwt(jwt, secret, { clock: late, typ })).rejects.toMatchObject({ code: 'token_expired' })
    await expect(encryptJwt({ exp: 'soon' as never }, secret)).rejects.toMatchObject({ code: 'claim_invalid' })
  })

  it.each(['[]', '"x"', 'x', '{"a":1,"a":2}'])('hold an object and nothing else: %s', async (plaintext) => {
    const jwt = await encryptCompact(plaintext, secret)
    await expect(decryptJwt(jwt, secret)).rejects.toMatchObject(
      refusal('payload_invalid', 'payload invalid: expected a JSON object without duplicate members'),
    )
  })

  it('CVE-2022-39174 are not taken for signed ones, nor the other way round', async () => {
    await expect(verifyJwt(await encryptJwt(claims, secret), secret)).rejects.toMatchObject({ code: 'token_malformed' })
    await expect(decryptJwt(await signJwt(claims, signer), secret)).rejects.toMatchObject({ code: 'token_malformed' })
  })
})

describe('RFC 7519 §5.3 claims in the header', () => {
  it('are the same as those that are encrypted', async () => {
    const jwt = await encryptJwt(claims, secret, { header: { iss: claims.iss, aud: 'app' } })
    expect((await decryptJwt(jwt, secret)).header['iss']).toBe(claims.iss)
    const other = await encryptJwt(claims, secret, { header: { iss: 'https://evil.example' } })
    await expect(decryptJwt(other, secret)).rejects.toMatchObject({
      ...refusal('claim_mismatch', '"iss" (Issuer) claim mismatch: expected what the header says'),
      claim: 'iss',
    })
    const extra = await encryptJwt({}, secret, { header: { aud: ['app'] } })
    await expect(decryptJwt(extra, secret)).rejects.toMatchObject({ code: 'claim_mismatch', claim: 'aud' })
  })
})

describe('RFC 7519 §11.2 signed, then encrypted', () => {
  const keys = new KeySet([signer, recipient])
  const options = { algorithms: ['ES256'], issuer: claims.iss, decryption: { algorithms: ['ECDH-ES+A128KW'] } }
  const nestedMismatch = refusal('type_mismatch', '"cty" (Content Type) header parameter mismatch: expected "JWT"')

  it('says who signed and for whom', async () => {
    const jwt = await signAndEncryptJwt(claims, keys, keys, { expiresIn: '5m', encryption: { typ: 'id+jwt' } })
    const { claims: read, header, key, encryption } = await decryptAndVerifyJwt(jwt, keys, keys, options)
    expect(read).toMatchObject(claims)
    expect(header).toEqual({ alg: 'ES256', typ: 'JWT', kid: 'sig' })
    expect(encryption.header).toMatchObject({ alg: 'ECDH-ES+A128KW', kid: 'enc', typ: 'id+jwt', cty: 'JWT' })
    expect([key, encryption.key]).toEqual([signer, recipient])
    expect(encryption).not.toHaveProperty('plaintext')
  })

  it('RFC 7519 §5.3 has the same claims in the header as those that are signed', async () => {
    const nest = (iss: string): Promise<string> =>
      signAndEncryptJwt(claims, signer, recipient, { encryption: { header: { iss } } })
    const same = await decryptAndVerifyJwt(await nest(claims.iss), recipient, signer, options)
    expect(same.encryption.header['iss']).toBe(claims.iss)
    const other = await nest('https://evil.example')
    await expect(decryptAndVerifyJwt(other, recipient, signer, options)).rejects.toMatchObject({
      ...refusal('claim_mismatch', '"iss" (Issuer) claim mismatch: expected what the header says'),
      claim: 'iss',
    })
  })

  it.each(['jwt', 'application/JWT'])('RFC 7519 §5.2 knows "cty" as %s too', async (cty) => {
    const jwt = await encryptCompact(await signJwt(claims, signer), recipient, { cty })
    expect((await decryptAndVerifyJwt(jwt, recipient, signer, options)).claims).toMatchObject(claims)
  })

  it('is refused where it does not say that it is nested', async () => {
    const inner = await signJwt(claims, signer)
    for (const cty of [undefined, 'json']) {
      const jwt = await encryptCompact(inner, recipient, { ...(cty !== undefined && { cty }) })
      await expect(decryptAndVerifyJwt(jwt, recipient, signer, options)).rejects.toMatchObject(nestedMismatch)
    }
    await expect(
      decryptAndVerifyJwt(await encryptJwt(claims, recipient), recipient, signer, options),
    ).rejects.toMatchObject(nestedMismatch)
    await expect(decryptJwt(await signAndEncryptJwt(claims, keys, keys), recipient)).rejects.toMatchObject(
      refusal('type_mismatch', '"cty" (Content Type) header parameter mismatch: expected claims, not a signed JWT'),
    )
  })

  it('RFC 8725 §3.3 is one signature in one encryption', async () => {
    const inner = await signAndEncryptJwt(claims, keys, keys)
    const deeper = await encryptCompact(inner, recipient, { cty: 'JWT' })
    await expect(decryptAndVerifyJwt(deeper, recipient, signer, options)).rejects.toMatchObject(
      refusal('token_malformed', 'token malformed: expected three segments separated by "."'),
    )
    const unreadable = await encryptCompact(new Uint8Array([255, 254]), recipient, { cty: 'JWT' })
    await expect(decryptAndVerifyJwt(unreadable, recipient, signer, options)).rejects.toMatchObject(
      refusal('payload_invalid', 'plaintext invalid: expected a signed JWT'),
    )
  })

  it('both layers have algorithms of their own', async () => {
    const jwt = await signAndEncryptJwt(claims, keys, keys)
    await expect(decryptAndVerifyJwt(jwt, keys, keys, { ...options, algorithms: ['RS256'] })).rejects.toMatchObject({
      code: 'algorithm_not_allowed',
    })
    const decryption = { algorithms: ['RSA-OAEP'] }
    await expect(decryptAndVerifyJwt(jwt, keys, keys, { ...options, decryption })).rejects.toMatchObject({
      code: 'algorithm_not_allowed',
    })
    const unsigned = `${encode({ alg: 'none' })}.${encode(claims)}.`
    const nested = await encryptCompact(unsigned, recipient, { cty: 'JWT' })
    await expect(decryptAndVerifyJwt(nested, recipient, signer, options)).rejects.toMatchObject({
      code: 'algorithm_unsupported',
    })
  })
})
