import { isRecord } from '../../util/assert.ts'
import type { Awaitable } from '../../util/awaitable.ts'
import type { Clock } from '../../util/clock.ts'
import type { Duration } from '../../util/duration.ts'
import { JoseError } from '../errors.ts'
import { Key } from '../jwk/key.ts'
import type { AlgorithmName, Jwk } from '../jwk/types.ts'
import type { SigningKeySource } from '../jwks/source.ts'
import { claimError } from '../jwt/claim-error.ts'
import type { JwtClaims } from '../jwt/claims.ts'
import { signJwt } from '../jwt/sign.ts'
import { type VerifiedJwt, verifyJwt } from '../jwt/verify.ts'
import { digestOf, type SdHashAlgorithm } from './digest.ts'

const keyBindingType = 'kb+jwt'

/** How the holder proves to have the key that the SD-JWT names. */
export interface KeyBinding {
  readonly key: Key | SigningKeySource
  /** Who the presentation is for. */
  readonly audience: string
  /** What the verifier asked to have signed. */
  readonly nonce: string
  readonly alg?: AlgorithmName
  readonly clock?: Clock
}

/** What a verifier expects of the holder's proof. */
export interface KeyBindingExpectations {
  /** Ourselves. */
  readonly audience: string
  /** What we asked to have signed, once. */
  readonly nonce: string
  /** How old the proof may be: 5 minutes by default. */
  readonly maxAge?: Duration
  /** Needed where the holder's key leaves a choice (RSA). */
  readonly algorithms?: readonly AlgorithmName[]
  /** Finds the holder's key where `cnf` names it in another way than as a `jwk`. */
  readonly findKey?: (cnf: Readonly<Record<string, unknown>>) => Awaitable<Key>
}

/** Signs the SD-JWT as it is about to be presented. @spec RFC 9901 §4.3 */
export async function signKeyBinding(
  bound: string,
  algorithm: SdHashAlgorithm,
  { key, audience, nonce, alg, clock }: KeyBinding,
): Promise<string> {
  const claims = { aud: audience, nonce, sd_hash: await digestOf(bound, algorithm) }
  return signJwt(claims, key, { typ: keyBindingType, ...(alg !== undefined && { alg }), ...(clock && { clock }) })
}

/** What else decides whether a proof is good. */
interface Circumstances {
  readonly leeway?: Duration
  readonly clock?: Clock
}

/**
 * Verifies the holder's proof: by the key that the issuer named, for us, for this request, and over this very
 * selection of disclosures.
 *
 * @spec RFC 9901 §4.3 §7.3
 */
export async function verifyKeyBinding(
  jwt: string,
  sdJwt: { readonly bound: string; readonly algorithm: SdHashAlgorithm; readonly claims: JwtClaims },
  { audience, nonce, maxAge = '5m', algorithms, findKey }: KeyBindingExpectations,
  { leeway, clock }: Circumstances,
): Promise<VerifiedJwt> {
  const key = await holderKey(sdJwt.claims, findKey)
  const verified = await verifyJwt(jwt, key, {
    ...acceptable(key, algorithms),
    typ: keyBindingType,
    audience,
    maxAge,
    claims: { nonce: { value: nonce }, sd_hash: { value: await digestOf(sdJwt.bound, sdJwt.algorithm) } },
    ...(leeway !== undefined && { leeway }),
    ...(clock && { clock }),
  })
  for (const claim of ['aud', 'nonce', 'sd_hash']) {
    if (typeof verified.claims[claim] === 'string') continue
    throw claimError('claim_invalid', claim, 'invalid: expected one string')
  }
  return verified
}

/** A curve leaves one algorithm only; where the key leaves a choice, the caller must make it. */
function acceptable(
  key: Key,
  algorithms: readonly AlgorithmName[] | undefined,
): { algorithms?: readonly AlgorithmName[] } {
  if (algorithms !== undefined) return { algorithms }
  return key.defaultAlgorithm === undefined ? {} : { algorithms: [key.defaultAlgorithm] }
}

/** The key that the issuer says is the holder's. @spec RFC 7800 §3.2 */
async function holderKey(claims: JwtClaims, findKey: KeyBindingExpectations['findKey']): Promise<Key> {
  const cnf = claims['cnf']
  if (!isRecord(cnf)) throw claimError('claim_missing', 'cnf', 'missing: expected the key of the holder')
  const { jwk } = cnf
  if (findKey !== undefined) return findKey(cnf)
  if (!isJwk(jwk)) throw claimError('claim_invalid', 'cnf', 'invalid: expected a "jwk" (JSON Web Key)')
  const key = await Key.import(jwk)
  // What everybody can read proves nothing.
  if (!key.isPrivate) return key
  throw new JoseError('key_symmetric', '"jwk" (JSON Web Key) in the "cnf" claim invalid: expected a public key')
}

function isJwk(value: unknown): value is Jwk {
  return isRecord(value) && typeof value['kty'] === 'string'
}
