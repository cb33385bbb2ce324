import { describe, expect, it } from 'vitest'
import { decryptCompact, decryptJson, encryptCompact, encryptFlattened, generateEncryptionKey } from './jwe/index.ts'
import { Key } from './jwk/index.ts'
import { KeySet, RotatingKeys } from './jwks/index.ts'
import {
  parseUnverifiedCompact,
  signCompact,
  signDetached,
  signFlattened,
  signGeneral,
  verifyCompact,
  verifyDetached,
  verifyFlattened,
  verifyGeneral,
} from './jws/index.ts'
import { decodeUnverifiedJwt, signJwt, verifyJwt } from './jwt/index.ts'
import { issueSdJwt, presentSdJwt, sdJwtToJson, verifySdJwt } from './sd-jwt/index.ts'

const key = await Key.generate('ES256')
const secret = await generateEncryptionKey('dir')
const password = await Key.import(new TextEncoder().encode('correct horse battery'), {
  alg: 'PBES2-HS256+A128KW',
  use: 'enc',
})

const jws = await signCompact('x', key)
const jwt = await signJwt({ sub: 'u' }, key)
const sdJwt = await issueSdJwt({ sub: 'u' }, key)
const jwe = await encryptCompact('x', secret, { zip: 'DEF' })
const sealed = await encryptCompact('x', password, { enc: 'A128GCM', iterations: 1000 })

/** What a caller can set, and a use of it that is fine with a number that is one. */
type Use = (value: number) => unknown

const tokenLimits: readonly (readonly [string, Use])[] = ['header', 'payload', 'signature'].flatMap((name) => [
  [`verifyCompact limits.${name}`, (value) => verifyCompact(jws, key, { limits: { [name]: value } })],
  [
    `parseUnverifiedCompact limits.${name}`,
    async (value) => parseUnverifiedCompact(jws, { limits: { [name]: value } }),
  ],
  [`verifyJwt limits.${name}`, (value) => verifyJwt(jwt, key, { limits: { [name]: value } })],
  [`decodeUnverifiedJwt limits.${name}`, async (value) => decodeUnverifiedJwt(jwt, { limits: { [name]: value } })],
  [
    `verifyDetached limits.${name}`,
    async (value) => verifyDetached(await signDetached('x', key), 'x', key, { limits: { [name]: value } }),
  ],
  [
    `verifyFlattened limits.${name}`,
    async (value) => verifyFlattened(await signFlattened('x', key), key, { limits: { [name]: value } }),
  ],
  [
    `verifyGeneral limits.${name}`,
    async (value) => verifyGeneral(await signGeneral('x', [{ key }]), key, { limits: { [name]: value } }),
  ],
])

const sdJwtLimits: readonly (readonly [string, Use])[] = ['payload', 'disclosures'].flatMap((name) => [
  [`verifySdJwt limits.${name}`, (value) => verifySdJwt(sdJwt, key, { limits: { [name]: value } })],
  [`presentSdJwt limits.${name}`, (value) => presentSdJwt(sdJwt, { disclose: [], limits: { [name]: value } })],
  [`sdJwtToJson limits.${name}`, async (value) => sdJwtToJson(sdJwt, { limits: { [name]: value } })],
])

const jweLimitNames = [
  ...['header', 'encryptedKey', 'ciphertext', 'aad', 'recipients', 'plaintext'],
  ...['minimumIterations', 'maximumIterations'],
]
const jweLimits: readonly (readonly [string, Use])[] = jweLimitNames.flatMap((name) => {
  const limits = (value: number): object => ({ limits: { [name]: value }, allowCompression: true })
  return [
    [`decryptCompact limits.${name}`, (value) => decryptCompact(jwe, secret, limits(value))],
    [`decryptCompact limits.${name} of a password`, (value) => decryptCompact(sealed, password, limits(value))],
    [
      `decryptJson limits.${name}`,
      async (value) => decryptJson(await encryptFlattened('x', secret), secret, limits(value)),
    ],
  ]
})

const others: readonly (readonly [string, Use])[] = [
  ['signJwt expiresIn', (value) => signJwt({}, key, { expiresIn: value })],
  ['verifyJwt leeway', (value) => verifyJwt(jwt, key, { leeway: value })],
  ['verifyJwt maxAge', (value) => verifyJwt(jwt, key, { maxAge: value })],
  ['issueSdJwt decoys', (value) => issueSdJwt({}, key, { decoys: value })],
  ['issueSdJwt expiresIn', (value) => issueSdJwt({}, key, { expiresIn: value })],
  ['encryptCompact iterations', (value) => encryptCompact('x', password, { enc: 'A128GCM', iterations: value })],
  ['Key.generate modulusLength', (value) => Key.generate('RS256', { modulusLength: value })],
  ['Key.generate modulusLength of a kind', (value) => Key.generate({ kty: 'RSA' }, { modulusLength: value })],
  ['Key.generate bits', (value) => Key.generate({ kty: 'oct', bits: value })],
  ...(['ttl', 'cooldown', 'unknownFor', 'staleFor', 'maxKeys'] as const).map((name): readonly [string, Use] => [
    `KeySet.remote ${name}`,
    async (value) => KeySet.remote('https://op.example/jwks', { [name]: value }),
  ]),
  ...(['rotateEvery', 'publishBefore', 'retainFor', 'refreshEvery'] as const).map((name): readonly [string, Use] => [
    `RotatingKeys ${name}`,
    (value) => RotatingKeys.open({ algorithms: ['ES256'], [name]: value }),
  ]),
]

describe('RFC 8725 §2.4, §3.9 an option that is no number sets no bound', () => {
  describe.each([...tokenLimits, ...sdJwtLimits, ...jweLimits, ...others])('%s', (_, use) => {
    it.each([Number.NaN, -1, 0.5, Number.POSITIVE_INFINITY])('%d', async (value) => {
      await expect(use(value)).rejects.toThrow(/whole number|multiple of 8/)
    })
  })

  it.each(tokenLimits)('%s takes a number', async (_, use) => {
    await expect(use(100_000)).resolves.toBeDefined()
  })
})
