import fc from 'fast-check'
import { describe, it } from 'vitest'
import { encode } from '../../test/support/jwe.ts'
import { jsonWith, throwsOnlyJoseErrors } from '../../test/support/tampering.ts'
import { Key } from './jwk/key.ts'
import type { Jwks } from './jwk/types.ts'
import { KeySet } from './jwks/key-set.ts'
import {
  type GeneralJws,
  parseUnverifiedCompact,
  parseUnverifiedJson,
  signCompact,
  verifyCompact,
  verifyDetached,
  verifyFlattened,
  verifyGeneral,
} from './jws/index.ts'
import { decodeUnverifiedJwt, parseUnverifiedJwt, signJwt, verifyJwt } from './jwt/index.ts'
import { digestOf } from './sd-jwt/digest.ts'
import { presentSdJwt, sdJwtFromJson, sdJwtToJson, verifySdJwt } from './sd-jwt/index.ts'

const key = await Key.generate('HS256')
const keys = new KeySet([key])
const audience = 'a'
const json = (value: unknown): string => encode(JSON.stringify(value))
const headers = jsonWith('alg', 'kid', 'typ', 'cty', 'crit', 'b64', 'x', 'jwk', 'x5c')
const claims = jsonWith('iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti', 'cnf', '_sd', '_sd_alg', '...')
const segments = fc.oneof(headers.map(json), claims.map(json), fc.base64String(), fc.string({ maxLength: 20 }))
const tokens = fc.oneof(
  fc.string(),
  fc.array(segments, { minLength: 1, maxLength: 6 }).map((parts) => parts.join('.')),
  fc.array(segments, { minLength: 1, maxLength: 6 }).map((parts) => parts.join('~')),
)
const values = jsonWith('payload', 'protected', 'header', 'signature', 'signatures', 'keys', 'disclosures', 'kb_jwt')
const runs = { numRuns: 250 }

/** Each function that takes what a stranger sent. What it makes of it does not matter here. */
const doors: readonly [name: string, take: (input: never) => unknown][] = [
  ['verifyCompact', (input) => verifyCompact(input, keys)],
  ['verifyDetached', (input) => verifyDetached(input, 'x', key)],
  ['verifyFlattened', (input) => verifyFlattened(input, key)],
  ['verifyGeneral', (input: GeneralJws) => verifyGeneral(input, keys, { require: 'one' })],
  ['parseUnverifiedCompact', (input) => parseUnverifiedCompact(input).verify(key)],
  ['parseUnverifiedJson', (input) => parseUnverifiedJson(input).verify(key)],
  ['verifyJwt', (input) => verifyJwt(input, keys, { audience })],
  ['parseUnverifiedJwt', (input) => parseUnverifiedJwt(input).verify(key, { audience })],
  ['decodeUnverifiedJwt', (input) => decodeUnverifiedJwt(input)],
  ['verifySdJwt', (input) => verifySdJwt(input, keys)],
  ['presentSdJwt', (input) => presentSdJwt(input, { disclose: [['x']] })],
  ['sdJwtToJson', (input) => sdJwtToJson(input)],
  ['sdJwtFromJson', (input) => sdJwtFromJson(input)],
  ['KeySet.import', (input) => KeySet.import(input as Jwks)],
]

describe('RFC 8725 §2 whatever comes in, only a JoseError comes out', () => {
  it.each(doors)('%s, of any text and any JSON value', async (_, take) => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(tokens, values), (input) => throwsOnlyJoseErrors(() => take(input as never))),
      runs,
    )
  })

  it.each(doors)('%s, of any header before a text that is well formed', async (_, take) => {
    const wellFormed = fc.tuple(headers, claims).map((parts) => `${parts.map(json).join('.')}.AAAA`)
    await fc.assert(
      fc.asyncProperty(wellFormed, async (token) => {
        await throwsOnlyJoseErrors(() => take(token as never))
        await throwsOnlyJoseErrors(() => take(`${token}~` as never))
      }),
      runs,
    )
  })
})

describe('whatever was signed, only a JoseError comes out', () => {
  it('RFC 7519 §7.2 as claims', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          claims.map((value) => JSON.stringify(value)),
          fc.string(),
        ),
        async (payload) => {
          const jwt = await signCompact(payload, key)
          await throwsOnlyJoseErrors(() => verifyJwt(jwt, key, { audience, maxAge: 5, claims: { x: { values: [1] } } }))
          await throwsOnlyJoseErrors(() => parseUnverifiedJwt(jwt).verify(key, { issuer: 'i', required: ['sub'] }))
        },
      ),
      runs,
    )
  })

  it('RFC 9901 §7.1 as disclosures, with their digests in the claims', async () => {
    const disclosures = fc.array(jsonWith('_sd', '...', 'x').map(json), { maxLength: 4 })
    const parts = fc.array(
      fc.array(fc.oneof(fc.constantFrom('salt', '_sd', '...', '__proto__', 'x'), claims)).map(json),
    )
    await fc.assert(
      fc.asyncProperty(fc.oneof(disclosures, parts), claims, async (texts, value) => {
        const _sd = await Promise.all(texts.map((text) => digestOf(text, 'sha-256')))
        const list = _sd.slice(0, 1).map((digest) => ({ '...': digest }))
        const rest = typeof value === 'object' && value !== null && !Array.isArray(value) ? value : { value }
        const jwt = await signJwt({ _sd: _sd.slice(1), list, nested: rest }, key, { typ: 'sd-jwt' })
        const sdJwt = [jwt, ...texts, ''].join('~')
        await throwsOnlyJoseErrors(() => verifySdJwt(sdJwt, key))
        await throwsOnlyJoseErrors(() => presentSdJwt(sdJwt, { disclose: [['list', 0], ['x']] }))
      }),
      runs,
    )
  })
})
