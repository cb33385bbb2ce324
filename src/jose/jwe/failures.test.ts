import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  keyManagement as algorithms,
  contentEncryptions,
  decryptionFailed,
  encode,
  iterations,
  makeEncryptionKeys,
  refusal,
  text,
  withHeader,
  withPart,
} from '../../../test/support/jwe.ts'
import { JoseError } from '../errors.ts'
import { Key } from '../jwk/key.ts'
import { KeySet } from '../jwks/key-set.ts'
import { decryptCompact } from './compact.ts'
import { encryptCompact } from './encrypt.ts'
import { encryptGeneral } from './encrypt-json.ts'
import { generateEncryptionKey } from './generate.ts'
import { decryptJson } from './json.ts'

const { secret, wrapper, agreed, rsa } = await makeEncryptionKeys()
const jwe = await encryptCompact('hello', secret)

describe('RFC 7516 §11.5 one failure for key, padding and tag alike', () => {
  it.each(['dir', 'A256KW', 'A256GCMKW', 'RSA-OAEP', 'ECDH-ES+A128KW', 'PBES2-HS256+A128KW'])('%s', async (alg) => {
    for (const enc of ['A256GCM', 'A128CBC-HS256']) {
      const key = alg.startsWith('RSA')
        ? await Key.import({ ...rsa.toPrivateJwk(), alg })
        : await generateEncryptionKey(alg, { enc })
      const token = await encryptCompact('hello', key, { enc, iterations })
      const [, encryptedKey = '', iv = '', ciphertext = '', tag = ''] = token.split('.')
      const flip = (part: string): string => (part.startsWith('A') ? `B${part.slice(1)}` : `A${part.slice(1)}`)
      const tokens = [
        withPart(token, 2, flip(iv)),
        withPart(token, 2, iv.slice(4)),
        withPart(token, 3, flip(ciphertext)),
        withPart(token, 3, ''),
        withPart(token, 4, flip(tag)),
        withPart(token, 4, tag.slice(0, 16)),
        withPart(token, 4, ''),
      ]
      if (encryptedKey !== '') {
        tokens.push(
          withPart(token, 1, flip(encryptedKey)),
          withPart(token, 1, encryptedKey.slice(4)),
          withPart(token, 1, ''),
        )
      }
      for (const wrong of tokens) await expect(decryptCompact(wrong, key)).rejects.toMatchObject(decryptionFailed)
    }
  })

  it('a key that unwraps to the wrong length', async () => {
    const token = await encryptCompact('x', wrapper, { enc: 'A128GCM' })
    const header = { alg: 'A256KW', kid: 'w1', enc: 'A256GCM' }
    await expect(decryptCompact(withHeader(token, header), wrapper)).rejects.toMatchObject(decryptionFailed)
  })

  it('a header that was changed: what is authenticated is what came', async () => {
    const spaced = encode('{"alg": "dir", "kid": "s1", "enc": "A256GCM"}')
    await expect(decryptCompact(withPart(jwe, 0, spaced), secret)).rejects.toMatchObject(decryptionFailed)
  })

  it.each([
    ['dir', secret],
    ['A256KW', wrapper],
    ['ECDH-ES', agreed],
    ['RSA-OAEP-256', rsa],
  ])('any flipped bit of any segment is refused: %s', async (_, key) => {
    const token = await encryptCompact('a text of some length', key)
    const places = [...token.matchAll(/[^.]/g)].map(({ index }) => index)
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...places), fc.nat(5), async (place, bit) => {
        const other = alphabet.charAt(alphabet.indexOf(token.charAt(place)) ^ (1 << bit))
        const changed = token.slice(0, place) + other + token.slice(place + 1)
        await expect(decryptCompact(changed, key, { algorithms })).rejects.toBeInstanceOf(JoseError)
      }),
      { numRuns: 60 },
    )
  })
})

describe('header parameters of algorithms', () => {
  const epkRefusal = refusal(
    'header_parameter_invalid',
    '"epk" (Ephemeral Public Key) header parameter invalid: expected a public JWK on the curve of the key',
  )
  const p384 = { kty: 'EC', crv: 'P-384', x: 'A'.repeat(64), y: 'A'.repeat(64) }

  it.each([
    undefined,
    null,
    'x',
    [],
    {},
    { kty: 'EC', crv: 'P-256' },
    { kty: 'EC', crv: 'P-256', x: 'AAAA', y: 'AAAA' },
    { kty: 'OKP', crv: 'P-256', x: 'A'.repeat(43), y: 'A'.repeat(43) },
    p384,
    agreed.toPrivateJwk(),
  ])('CVE-2017-16007 RFC 7518 §4.6.1.1 "epk" %o', async (epk) => {
    const token = withHeader(await encryptCompact('x', agreed), { alg: 'ECDH-ES', enc: 'A256GCM', epk })
    await expect(decryptCompact(token, agreed)).rejects.toMatchObject(epkRefusal)
  })

  it.each([
    ['apu', 'Agreement PartyUInfo', 5],
    ['apv', 'Agreement PartyVInfo', 'a='],
  ])('RFC 7518 §4.6.1.2 §4.6.1.3 "%s"', async (name, meaning, value) => {
    const { header } = await decryptCompact(await encryptCompact('x', agreed), agreed)
    const token = withHeader(await encryptCompact('x', agreed), { ...header, [name]: value })
    await expect(decryptCompact(token, agreed)).rejects.toMatchObject(
      refusal(
        'header_parameter_invalid',
        `"${name}" (${meaning}) header parameter invalid: expected base64url without padding`,
      ),
    )
  })

  it.each([
    ['dir', secret],
    ['ECDH-ES', agreed],
  ])('RFC 7516 §5.2 no encrypted key with %s', async (alg, key) => {
    const token = withPart(await encryptCompact('x', key), 1, 'AAAA')
    await expect(decryptCompact(token, key)).rejects.toMatchObject(
      refusal('token_malformed', `encrypted key invalid: expected none, since "alg" is ${alg}`),
    )
  })

  it.each([
    ['iv', 'Initialization Vector', undefined, 12],
    ['iv', 'Initialization Vector', 'AAAA', 12],
    ['tag', 'Authentication Tag', undefined, 16],
    ['tag', 'Authentication Tag', 'AAAA', 16],
  ])('RFC 7518 §4.7.1.1 §4.7.1.2 "%s" (%s) %s', async (name, meaning, value, length) => {
    const key = await generateEncryptionKey('A128GCMKW')
    const token = await encryptCompact('x', key)
    const { header } = await decryptCompact(token, key)
    await expect(decryptCompact(withHeader(token, { ...header, [name]: value }), key)).rejects.toMatchObject(
      refusal(
        'header_parameter_invalid',
        `"${name}" (${meaning}) header parameter invalid: expected ${length} bytes in base64url`,
      ),
    )
  })

  it.each([undefined, 999, 600_001, 1e9, 1000.5, '2000', -1])(
    'CVE-2023-50967 RFC 7518 §4.8.1.2 "p2c" %s',
    async (p2c) => {
      const key = await generateEncryptionKey('PBES2-HS256+A128KW')
      const token = await encryptCompact('x', key, { iterations })
      const { header } = await decryptCompact(token, key)
      await expect(decryptCompact(withHeader(token, { ...header, p2c }), key)).rejects.toMatchObject(
        refusal(
          'header_parameter_invalid',
          '"p2c" (PBES2 Count) header parameter invalid: expected a whole number from 1000 to 600000',
        ),
      )
    },
  )

  it.each([undefined, -1e12, 'x'])('RFC 7518 §4.8.1.2 "p2c" of all trials together, beside %s', async (p2c) => {
    const password = await generateEncryptionKey('PBES2-HS256+A128KW')
    const general = await encryptGeneral('x', [
      { key: password, iterations },
      { key: password, iterations },
    ])
    const [first] = general.recipients
    const strange = { ...first, header: { ...first?.header, p2c } }
    const jwe = { ...general, recipients: [strange, ...general.recipients] }
    const most = 2 * iterations
    await expect(decryptJson(jwe, password, { limits: { maximumIterations: most - 1 } })).rejects.toMatchObject(
      refusal(
        'header_parameter_invalid',
        `"p2c" (PBES2 Count) header parameter invalid: expected no more than ${most - 1} for all recipients and keys together`,
      ),
    )
    const { plaintext } = await decryptJson(jwe, password, { limits: { maximumIterations: most } })
    expect(text(plaintext)).toBe('x')
  })

  it('RFC 7518 §4.8.1.1 "p2s" of 8 bytes at least', async () => {
    const key = await generateEncryptionKey('PBES2-HS256+A128KW')
    const token = await encryptCompact('x', key, { iterations })
    const { header } = await decryptCompact(token, key)
    await expect(decryptCompact(withHeader(token, { ...header, p2s: 'AAAAAAAAAA' }), key)).rejects.toMatchObject(
      refusal(
        'header_parameter_invalid',
        '"p2s" (PBES2 Salt Input) header parameter invalid: expected at least 8 bytes in base64url',
      ),
    )
  })

  it('RFC 7518 §4.8.1.2 the bounds of "p2c" can be moved, both of them', async () => {
    const key = await generateEncryptionKey('PBES2-HS256+A128KW')
    const token = await encryptCompact('x', key, { iterations: 2000 })
    for (const limits of [{ minimumIterations: 2001 }, { maximumIterations: 1999 }]) {
      await expect(decryptCompact(token, key, { limits })).rejects.toMatchObject({ code: 'header_parameter_invalid' })
    }
    expect(text((await decryptCompact(token, key, { limits: { maximumIterations: 2000 } })).plaintext)).toBe('x')
  })
})

describe('RFC 8725 §3.1 what the caller accepts', () => {
  it.each([{ algorithms: 'dir or another' }, { algorithms: ['dir'], encryptions: 'A256GCM or another' }])(
    'is a list: %o',
    async (options) => {
      await expect(decryptCompact(jwe, secret, options as object)).rejects.toThrow(
        new TypeError('"algorithms" or "encryptions" option invalid: expected a list of names'),
      )
    },
  )

  it('names extensions whole', async () => {
    const token = await encryptCompact('x', secret, { header: { ext: 1 }, critical: ['ext'] })
    await expect(decryptCompact(token, secret, { critical: 'exts' as never })).rejects.toThrow(TypeError)
  })
})

describe('RFC 7516 §4.1.3 compression', () => {
  it('is off unless asked for, on both sides', async () => {
    const long = 'all work and no play '.repeat(100)
    const token = await encryptCompact(long, secret, { zip: 'DEF' })
    expect(token.length).toBeLessThan(400)
    await expect(decryptCompact(token, secret)).rejects.toMatchObject(
      refusal(
        'compression_not_allowed',
        '"zip" (Compression Algorithm) header parameter not allowed: expected none, unless "allowCompression" is set',
      ),
    )
    expect(text((await decryptCompact(token, secret, { allowCompression: true })).plaintext)).toBe(long)
  })

  it('CVE-2024-28176 stops where the text grows beyond the limit', async () => {
    const bomb = await encryptCompact(new Uint8Array(50_000_000), secret, { zip: 'DEF' })
    expect(bomb.length).toBeLessThan(100_000)
    const before = process.memoryUsage().arrayBuffers
    await expect(decryptCompact(bomb, secret, { allowCompression: true })).rejects.toMatchObject(
      refusal('plaintext_too_large', 'plaintext too large: expected 262144 bytes at most'),
    )
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20_000_000)
    const small = await encryptCompact(new Uint8Array(1000), secret, { zip: 'DEF' })
    const options = { allowCompression: true, limits: { plaintext: 999 } }
    await expect(decryptCompact(small, secret, options)).rejects.toMatchObject({ code: 'plaintext_too_large' })
    expect((await decryptCompact(small, secret, { ...options, limits: { plaintext: 1000 } })).plaintext).toHaveLength(
      1000,
    )
  })

  it('refuses what is not packed at all, or not to the end', async () => {
    const { compress } = await import('./zip.ts')
    const packed = await compress(new TextEncoder().encode('x'))
    for (const plaintext of ['not packed', new Uint8Array(), packed.subarray(0, packed.length - 1)]) {
      const header = { alg: 'dir', enc: 'A256GCM', zip: 'DEF' }
      const token = await sealAs(header, plaintext)
      await expect(decryptCompact(token, secret, { allowCompression: true })).rejects.toMatchObject(
        refusal('compression_invalid', 'plaintext invalid: expected DEFLATE, as "zip" says'),
      )
    }
  })
})

/** A token with this header, truly encrypted. */
async function sealAs(header: object, plaintext: string | Uint8Array): Promise<string> {
  const { createCipheriv } = await import('node:crypto')
  const jwk = secret.toPrivateJwk()
  const cipher = createCipheriv(
    'aes-256-gcm',
    Buffer.from('k' in jwk ? String(jwk.k) : '', 'base64url'),
    Buffer.alloc(12),
  )
  cipher.setAAD(Buffer.from(encode(header)))
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()])
  const parts = [Buffer.alloc(12), ciphertext, cipher.getAuthTag()].map((part) => part.toString('base64url'))
  return `${encode(header)}..${parts.join('.')}`
}

describe('whatever comes, only a JoseError goes', () => {
  it('any JSON as header', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record(
          {
            alg: fc.oneof(fc.constantFrom(...algorithms), fc.jsonValue()),
            enc: fc.oneof(fc.constantFrom(...contentEncryptions), fc.jsonValue()),
            ...Object.fromEntries(
              ['kid', 'crit', 'zip', 'epk', 'apu', 'apv', 'iv', 'tag', 'p2s', 'p2c'].map((name) => [
                name,
                fc.jsonValue(),
              ]),
            ),
          },
          { requiredKeys: [] },
        ),
        async (header) => {
          const keys = new KeySet([secret, wrapper, agreed, rsa])
          await expect(decryptCompact(withHeader(jwe, header), keys, { algorithms })).rejects.toBeInstanceOf(JoseError)
        },
      ),
      { numRuns: 150 },
    )
  })

  it('any text as token, any bytes as plaintext', async () => {
    const segment = fc.base64String().map((part) => part.replace(/[+/=]/g, ''))
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string(),
          fc.array(segment, { maxLength: 6 }).map((parts) => parts.join('.')),
        ),
        async (token) => {
          await expect(decryptCompact(token, secret)).rejects.toBeInstanceOf(JoseError)
        },
      ),
    )
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (plaintext) => {
        const token = await encryptCompact(plaintext, wrapper, { enc: 'A128CBC-HS256' })
        expect((await decryptCompact(token, wrapper)).plaintext).toEqual(plaintext)
      }),
    )
  })
})
