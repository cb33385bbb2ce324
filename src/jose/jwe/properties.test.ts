import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { backends } from '../../../test/contracts/crypto-backend.ts'
import { keyManagement as algorithms, contentEncryptions, encode, iterations } from '../../../test/support/jwe.ts'
import { flipped, flipsOf, jsonWith, throwsOnlyJoseErrors } from '../../../test/support/tampering.ts'
import type { CryptoBackend } from '../../crypto/backend.ts'
import { ecdh1pu } from '../algorithms/ecdh-1pu.ts'
import { createJweRegistry } from '../algorithms/jwe-registry.ts'
import { rsa15 } from '../algorithms/rsa1-5.ts'
import { chacha } from '../algorithms/xc20p.ts'
import { JoseError } from '../errors.ts'
import { Key } from '../jwk/key.ts'
import { KeySet } from '../jwks/key-set.ts'
import {
  decryptAndVerifyJwt,
  decryptCompact,
  decryptJson,
  decryptJwt,
  encryptCompact,
  encryptFlattened,
  encryptGeneral,
  generateEncryptionKey,
} from './index.ts'
import type { FlattenedJwe } from './json-types.ts'

const registry = createJweRegistry(rsa15, ecdh1pu, chacha)
const rsa = (await Key.generate({ kty: 'RSA' }, { use: 'enc' })).toPrivateJwk()

/** An algorithm with a key for each of its encryptions: for `dir` the size depends on it. */
interface Case {
  readonly alg: string
  readonly name: string
  readonly encryptions: readonly string[]
  keyFor(enc: string): Promise<Key>
}

function makeCase(alg: string, backend: CryptoBackend): Case {
  const made = new Map<string, Promise<Key>>()
  const make = (enc: string): Promise<Key> =>
    alg.startsWith('RSA')
      ? Key.import(rsa, { backend })
      : generateEncryptionKey(alg, { enc, backend, registry }).then((key) => withoutAlgorithm(key, backend))
  const encryptions = alg.startsWith('ECDH-1PU+')
    ? contentEncryptions.filter((enc) => enc.includes('CBC'))
    : [...contentEncryptions, ...(backend.name === 'node' ? ['C20P', 'XC20P'] : [])]
  return {
    alg,
    name: backend.name,
    encryptions,
    keyFor(enc) {
      const place = alg === 'dir' ? enc : 'any'
      const key = made.get(place) ?? make(enc)
      made.set(place, key)
      return key
    },
  }
}

/** A key for ECDH-1PU also takes part as the sender's. */
function withoutAlgorithm(key: Key, backend: CryptoBackend): Promise<Key> {
  return Key.import({ ...key.toPrivateJwk(), alg: undefined } as never, { backend })
}

/** RSA1_5 is beyond WebCrypto. */
const cases = backends.flatMap((backend) =>
  Object.keys(registry.keyManagement)
    .filter((alg) => backend.name === 'node' || alg !== 'RSA1_5')
    .map((alg) => makeCase(alg, backend)),
)

describe.each(cases)('RFC 7516 §7.1, §7.2.1, §7.2.2 $alg on $name', ({ alg, encryptions, keyFor }) => {
  const plaintexts = fc.uint8Array({ maxLength: 100 })
  const isDirect = alg === 'dir' || alg === 'ECDH-ES' || alg === 'ECDH-1PU'
  const sending = (key: Key, enc: string): object => ({ alg, enc, iterations, registry, sender: key })
  const receiving = (key: Key): object => ({ algorithms: [alg], registry, sender: key, allowCompression: true })

  it('brings any text back, in every form, with any additional data, packed or not', async () => {
    await fc.assert(
      fc.asyncProperty(
        ...([plaintexts, plaintexts, fc.constantFrom(...encryptions), fc.boolean()] as const),
        async (plaintext, aad, enc, isPacked) => {
          const key = await keyFor(enc)
          const options = { ...sending(key, enc), ...(isPacked && { zip: 'DEF' as const }) }
          const compact = await decryptCompact(await encryptCompact(plaintext, key, options), key, receiving(key))
          const flattened = await decryptJson(
            JSON.stringify(await encryptFlattened(plaintext, key, { ...options, aad })),
            key,
            receiving(key),
          )
          const recipients = [{ key, ...sending(key, enc) }]
          const general = isDirect
            ? flattened
            : await decryptJson(await encryptGeneral(plaintext, recipients, { ...options, aad }), key, receiving(key))
          expect([compact, flattened, general].map((opened) => [...opened.plaintext])).toEqual(
            Array.from({ length: 3 }, () => [...plaintext]),
          )
          expect([flattened, general].map((opened) => [...(opened.aad ?? [])])).toEqual([[...aad], [...aad]])
        },
      ),
      { numRuns: 6 },
    )
  })

  it('RFC 7516 §5.2 no bit of a compact token can be flipped', async () => {
    const [enc = ''] = encryptions
    const key = await keyFor(enc)
    const jwe = await encryptCompact('a text of some length', key, sending(key, enc))
    await fc.assert(
      fc.asyncProperty(flipsOf(jwe), async (flip) => {
        await expect(decryptCompact(flipped(jwe, flip), key, receiving(key))).rejects.toBeInstanceOf(JoseError)
      }),
      { numRuns: 25 },
    )
  })

  it('RFC 7516 §5.2 nor one of a member in JSON', async () => {
    const enc = encryptions.at(-1) ?? ''
    const key = await keyFor(enc)
    const jwe = await encryptFlattened('a text of some length', key, { ...sending(key, enc), aad: 'more' })
    const members = Object.entries(jwe).filter((entry): entry is [string, string] => typeof entry[1] === 'string')
    const flips = fc
      .constantFrom(...members)
      .chain(([name, value]) => flipsOf(value).map((flip) => ({ ...jwe, [name]: flipped(value, flip) })))
    await fc.assert(
      fc.asyncProperty(flips, async (changed: FlattenedJwe) => {
        await expect(decryptJson(changed, key, receiving(key))).rejects.toBeInstanceOf(JoseError)
      }),
      { numRuns: 25 },
    )
  })
})

describe('whatever comes in, only a JoseError comes out', async () => {
  const key = await generateEncryptionKey('A256KW')
  const signing = await Key.generate('ES256')
  const verification = { algorithms: ['ES256'] }

  it('RFC 7516 §4 any JSON value as a header, of a JWT too', async () => {
    const parameters = ['alg', 'enc', 'zip', 'kid', 'typ', 'cty', 'crit', 'iss', 'epk', 'p2c', 'skid']
    await fc.assert(
      fc.asyncProperty(jsonWith(...parameters), async (header) => {
        const token = `${encode(JSON.stringify(header))}.AAAA.AAAA.AAAA.AAAA`
        await throwsOnlyJoseErrors(() => decryptCompact(token, key, { algorithms, critical: ['x'] }))
        await throwsOnlyJoseErrors(() => decryptJwt(token, key, { algorithms }))
        await throwsOnlyJoseErrors(() => decryptAndVerifyJwt(token, key, signing, verification))
      }),
      { numRuns: 200 },
    )
  })

  it('RFC 7519 §7.2 any JSON value as encrypted claims, or as a token within', async () => {
    const claims = jsonWith('iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti')
    const types = fc.constantFrom({}, { cty: 'JWT' }, { typ: 'JWT' })
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          claims.map((value) => JSON.stringify(value)),
          fc.string(),
        ),
        types,
        async (text, own) => {
          const token = await encryptCompact(text, key, own)
          await throwsOnlyJoseErrors(() => decryptJwt(token, key, { audience: 'a', maxAge: 5, required: ['jti'] }))
          await throwsOnlyJoseErrors(() => decryptAndVerifyJwt(token, key, signing, verification))
        },
      ),
      { numRuns: 200 },
    )
  })

  it('RFC 7516 §7.2 any JSON value as a token, for a set of keys', async () => {
    const members = jsonWith(
      'protected',
      'unprotected',
      'header',
      'encrypted_key',
      'iv',
      'ciphertext',
      'tag',
      'recipients',
    )
    const keys = new KeySet([key])
    await fc.assert(
      fc.asyncProperty(members, async (jwe) => {
        await throwsOnlyJoseErrors(() => decryptJson(jwe as FlattenedJwe, keys))
        await throwsOnlyJoseErrors(() => decryptJson(JSON.stringify(jwe), keys))
        await throwsOnlyJoseErrors(() => decryptCompact(jwe as string, keys))
        await throwsOnlyJoseErrors(() => decryptJwt(jwe as string, keys))
      }),
      { numRuns: 200 },
    )
  })
})
