import { describe, expect, it } from 'vitest'
import { backends } from '../../../test/contracts/crypto-backend.ts'
import {
  keyManagement as algorithms,
  contentEncryptions,
  iterations,
  makeEncryptionKeys,
  refusal,
  text,
  withHeader,
  withPart,
} from '../../../test/support/jwe.ts'
import { Key } from '../jwk/key.ts'
import { decryptCompact } from './compact.ts'
import { encryptCompact } from './encrypt.ts'
import { generateEncryptionKey } from './generate.ts'

const { secret, wrapper, agreed } = await makeEncryptionKeys()
const jwe = await encryptCompact('hello', secret)

const rsaOf = new Map(
  await Promise.all(
    backends.map(async (backend) => [backend, await Key.generate({ kty: 'RSA' }, { use: 'enc', backend })] as const),
  ),
)

describe.each(backends)('RFC 7518 §4.1 §4.3 §4.4 §4.5 §4.6 §4.7 §4.8 §5.1 §5.3 every algorithm on $name', (backend) => {
  it.each(algorithms.flatMap((alg) => contentEncryptions.map((enc) => [alg, enc] as const)))(
    '%s with %s',
    async (alg, enc) => {
      const isRsa = alg.startsWith('RSA')
      const key = isRsa ? rsaOf.get(backend) : await generateEncryptionKey(alg, { enc, backend })
      if (key === undefined) throw new Error('no key')
      const token = await encryptCompact('ünïcode', key, { alg, enc, iterations })
      const {
        plaintext,
        header,
        key: used,
      } = await decryptCompact(token, key, { algorithms: [alg], encryptions: [enc] })
      expect([text(plaintext), header.alg, header.enc, used]).toEqual(['ünïcode', alg, enc, key])
      expect(plaintext.constructor).toBe(Uint8Array)
    },
  )

  it.each(['P-256', 'P-384', 'P-521', 'X25519', 'X448'] as const)(
    'RFC 7518 §4.6.1, RFC 8037 §3.2 agreement on %s',
    async (crv) => {
      for (const alg of ['ECDH-ES', 'ECDH-ES+A128KW']) {
        const key = await generateEncryptionKey(alg, { crv, backend })
        const publicKey = await Key.import(key.toPublicJwk(), { backend })
        const token = await encryptCompact('x', publicKey, { apu: 'Alice', apv: new Uint8Array([0, 255]) })
        const { plaintext, header } = await decryptCompact(token, key)
        expect(text(plaintext)).toBe('x')
        expect(header).toMatchObject({ epk: { crv }, apu: 'QWxpY2U', apv: 'AP8' })
      }
    },
  )
})

describe('RFC 7516 §5.1 what is written', () => {
  it('is the header of the options, and what the key says', async () => {
    const token = await encryptCompact('x', secret, { typ: 'secret', cty: 'text/plain', header: { x: { y: 1 } } })
    const { header } = await decryptCompact(token, secret)
    const own = { alg: 'dir', kid: 's1', typ: 'secret', cty: 'text/plain', enc: 'A256GCM', x: { y: 1 } }
    expect(header).toEqual(own)
    expect(Object.isFrozen(header)).toBe(true)
  })

  it('is never the same twice, though its header is', async () => {
    const [again, third] = [await encryptCompact('hello', secret), await encryptCompact('hello', secret)]
    expect(again.split('.')[0]).toBe(third.split('.')[0])
    expect(new Set([jwe, again, third].map((token) => token.split('.')[2])).size).toBe(3)
    expect(new Set([jwe, again, third].map((token) => token.split('.')[3])).size).toBe(3)
  })

  it('keeps headers of different types apart', async () => {
    for (const typ of Array.from({ length: 40 }, (_, index) => `t${index % 20}`)) {
      expect((await decryptCompact(await encryptCompact('x', secret, { typ }), secret)).header.typ).toBe(typ)
    }
  })

  it.each(['alg', 'enc', 'zip', 'typ', 'cty', 'crit', 'b64', 'epk', 'apu', 'apv', 'iv', 'tag', 'p2s', 'p2c'])(
    'takes no "%s" among the further parameters',
    async (name) => {
      await expect(encryptCompact('x', secret, { header: { [name]: 'x' } })).rejects.toMatchObject(
        refusal('header_parameter_invalid', `"${name}" header parameter is not given in "header"`),
      )
    },
  )

  it('RFC 7516 §4.1.5 publishes no private key', async () => {
    await expect(encryptCompact('x', secret, { header: { jwk: agreed.toPrivateJwk() } })).rejects.toMatchObject({
      code: 'header_parameter_invalid',
    })
  })

  it('asks for the algorithm where the key leaves a choice', async () => {
    const bare = await Key.generate({ kty: 'EC', crv: 'P-256' })
    await expect(encryptCompact('x', bare)).rejects.toMatchObject(
      refusal('algorithms_required', '"alg" (Algorithm) missing: expected as an option, since the key names none'),
    )
    expect(await encryptCompact('x', bare, { alg: 'ECDH-ES' })).toMatch(/^[\w-]+\.\.[\w-]+\.[\w-]+\.[\w-]+$/)
  })

  it.each([
    [
      'alg',
      'none',
      'algorithm_unsupported',
      '"alg" (Algorithm) unsupported: expected a registered key management algorithm',
    ],
    [
      'alg',
      '__proto__',
      'algorithm_unsupported',
      '"alg" (Algorithm) unsupported: expected a registered key management algorithm',
    ],
    [
      'alg',
      'RSA1_5',
      'algorithm_unsupported',
      '"alg" (Algorithm) unsupported: expected a registered key management algorithm',
    ],
    [
      'enc',
      'constructor',
      'encryption_unsupported',
      '"enc" (Encryption Algorithm) unsupported: expected a registered content encryption algorithm',
    ],
    [
      'enc',
      'C20P',
      'encryption_unsupported',
      '"enc" (Encryption Algorithm) unsupported: expected a registered content encryption algorithm',
    ],
  ])('refuses "%s": %s', async (name, value, code, message) => {
    await expect(encryptCompact('x', secret, { [name]: value })).rejects.toMatchObject(refusal(code, message))
    const header = { alg: 'dir', enc: 'A256GCM', [name]: value }
    await expect(decryptCompact(withHeader(jwe, header), secret)).rejects.toMatchObject(refusal(code, message))
  })

  it.each([0, 999, 1.5, Number.NaN])('hashes a password no %s times', async (count) => {
    const password = await Key.import(new TextEncoder().encode('a long password'), { alg: 'PBES2-HS256+A128KW' })
    await expect(encryptCompact('x', password, { iterations: count })).rejects.toThrow(
      new TypeError('"iterations" option invalid: expected a whole number from 1000'),
    )
  })

  it.each([undefined, null])('refuses a missing key (%s) with a plain word', async (missing) => {
    await expect(encryptCompact('x', missing as unknown as Key)).rejects.toThrow(
      new TypeError('key missing: expected a Key or a KeySet'),
    )
    await expect(decryptCompact(jwe, missing as unknown as Key)).rejects.toThrow(
      new TypeError('keys missing: expected a Key, a KeySet or another source of keys'),
    )
  })
})

describe('RFC 7516 §7.1 the form of a token', () => {
  it.each(['', 'a', 'a.b.c', 'a.b.c.d', 'a.b.c.d.e.f', undefined, null, 5, {}])('refuses %o', async (token) => {
    await expect(decryptCompact(token as string, secret)).rejects.toMatchObject(
      refusal('token_malformed', 'token malformed: expected five segments separated by "."'),
    )
  })

  it.each([
    [1, 'encrypted key'],
    [2, 'initialization vector'],
    [3, 'ciphertext'],
    [4, 'authentication tag'],
  ])('refuses segment %i that is no base64url', async (index, part) => {
    const token = await encryptCompact('x', wrapper)
    for (const spelled of ['A', 'AA=', 'A+', 'AB', ' AA']) {
      await expect(decryptCompact(withPart(token, index, spelled), wrapper)).rejects.toMatchObject(
        refusal('encoding_invalid', `${part} invalid: expected base64url without padding`),
      )
    }
  })

  it.each([
    [0, { header: 40 }],
    [1, { encryptedKey: 10 }],
    [3, { ciphertext: 1 }],
  ])('CVE-2025-61920 looks at the size of segment %i before it decodes anything', async (index, limits) => {
    const token = await encryptCompact('hello', wrapper)
    const tooLarge = refusal('token_too_large', 'token too large: a part is longer than the limits allow')
    const options = { limits: { header: 4000, encryptedKey: 4000, ciphertext: 4000, ...limits } }
    await expect(decryptCompact(token, wrapper, options)).rejects.toMatchObject(tooLarge)
    await expect(decryptCompact(withPart(token, index, '!'.repeat(270_000)), wrapper)).rejects.toMatchObject(tooLarge)
    expect(text((await decryptCompact(token, wrapper)).plaintext)).toBe('hello')
  })

  it.each([
    ['[]', 'header_invalid', 'protected header invalid: expected a JSON object without duplicate members'],
    [
      '{"alg":"dir","alg":"dir"}',
      'header_invalid',
      'protected header invalid: expected a JSON object without duplicate members',
    ],
    [
      '{"enc":"A256GCM"}',
      'algorithm_missing',
      '"alg" (Algorithm) header parameter missing or invalid: expected a string',
    ],
    [
      '{"alg":7,"enc":"A256GCM"}',
      'algorithm_missing',
      '"alg" (Algorithm) header parameter missing or invalid: expected a string',
    ],
    [
      '{"alg":"dir"}',
      'encryption_missing',
      '"enc" (Encryption Algorithm) header parameter missing or invalid: expected a string',
    ],
    [
      '{"alg":"dir","enc":"A256GCM","kid":5}',
      'header_parameter_invalid',
      '"kid" (Key ID) header parameter invalid: expected a string',
    ],
    [
      '{"alg":"dir","enc":"A256GCM","zip":"GZ"}',
      'header_parameter_invalid',
      '"zip" (Compression Algorithm) header parameter invalid: expected "DEF", protected',
    ],
    [
      '{"alg":"dir","enc":"A256GCM","crit":[]}',
      'critical_invalid',
      '"crit" (Critical) header parameter invalid: expected a list of extension parameters of this header, once each',
    ],
    [
      '{"alg":"dir","enc":"A256GCM","crit":["enc"]}',
      'critical_invalid',
      '"crit" (Critical) header parameter invalid: expected a list of extension parameters of this header, once each',
    ],
    [
      '{"alg":"dir","enc":"A256GCM","crit":["x"],"x":1}',
      'critical_unsupported',
      '"crit" (Critical) header parameter names an extension that is not understood',
    ],
  ])('RFC 7516 §4, §4.1, §4.1.1, §4.1.2, §4.1.13 refuses the header %s', async (header, code, message) => {
    await expect(decryptCompact(withHeader(jwe, header), secret)).rejects.toMatchObject(refusal(code, message))
  })

  it('applies extensions that the caller understands', async () => {
    const token = await encryptCompact('x', secret, { header: { x: 1 }, critical: ['x'] })
    await expect(decryptCompact(token, secret)).rejects.toMatchObject({ code: 'critical_unsupported' })
    expect((await decryptCompact(token, secret, { critical: ['x'] })).header['crit']).toEqual(['x'])
  })
})
