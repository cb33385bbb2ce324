import { sha256Base64url } from '../crypto/hash.ts'
import type { HttpRequest } from '../http/request.ts'
import { JoseError } from '../jose/errors.ts'
import { type AlgorithmName, Key } from '../jose/jwk/index.ts'
import { keyTypeOf } from '../jose/jwk/key-types.ts'
import { parseUnverifiedCompact, type UnverifiedCompact } from '../jose/jws/index.ts'
import { isRecord } from '../util/assert.ts'
import type { Awaitable } from '../util/awaitable.ts'
import { decodeUtf8 } from '../util/bytes.ts'
import type { Seconds } from '../util/clock.ts'
import { type JsonObject, parseJsonObject } from '../util/json.ts'
import { DPOP_TYPE, normalizeTarget } from './dpop-proof.ts'
import { OAuth2Error, type OAuth2ErrorCode } from './errors.ts'

/** What a proof has to meet. The members that are not optional are the checks that nobody may forget. */
export interface DpopRules {
  /** The request that it came with, as its sender names it: the configured URL, never one made of `Host`. */
  readonly method: string
  readonly url: string
  readonly now: Seconds
  readonly algorithms: readonly AlgorithmName[]
  /** How far the clock of the client may be off, and how long a proof may take to arrive. */
  readonly window: Seconds
  /** Remembers the proof so that it counts once: `false` where it was used before, or cannot be remembered. */
  readonly rememberOnce: (key: string, expiresAt: Seconds) => Awaitable<boolean>
  /** The nonces of this server. `false`: it gives none. */
  readonly nonces: DpopNonceCheck | false
  /** The access token it came with, where it came with one. @spec RFC 9449 §4.3 */
  readonly accessToken?: string
}

export interface DpopNonceCheck {
  /** Whether a proof without nonce is sent back for one. */
  readonly required: boolean
  accepts(nonce: string, now: Seconds): Awaitable<boolean>
  /** For how long a nonce is accepted at most. */
  readonly lifetime: Seconds
}

/** A proof that was found good. */
export interface DpopProof {
  /** The thumbprint of the key that was proven. @spec RFC 9449 §6.1 */
  readonly jkt: string
  /** The nonce that was in it, one of ours. */
  readonly nonce: string | undefined
}

/** What was wrong with a proof. In the catalogue of errors each has `dpop_` before it. */
type DpopProblem =
  | 'proof_repeated'
  | 'proof_malformed'
  | 'proof_type'
  | 'proof_algorithm'
  | 'proof_key'
  | 'proof_key_private'
  | 'proof_signature'
  | 'proof_jti'
  | 'proof_method'
  | 'proof_url'
  | 'proof_expired'
  | 'proof_not_yet_valid'
  | 'proof_token'
  | 'proof_replayed'
  | 'nonce_missing'
  | 'nonce_stale'

/** Longer than any key needs; proofs are read before anybody is known. */
const LIMITS = { header: 8192, payload: 4096, signature: 8192 } as const

/**
 * The one proof of a request, or nothing. What was sent twice is joined by a comma, which no proof contains.
 *
 * @throws OAuth2Error `invalid_dpop_proof`
 * @spec RFC 9449 §4.3
 */
export function readDpopHeader(request: Pick<HttpRequest, 'header'>): string | undefined {
  const value = request.header('dpop')
  if (value?.includes(',')) throw refuse('proof_repeated', 'DPoP header must be sent once')
  return value
}

/**
 * Checks a proof, in the order of the specification; it is remembered last, so that nobody can use up what is not theirs.
 *
 * @throws OAuth2Error `invalid_dpop_proof` or `use_dpop_nonce`
 * @spec RFC 9449 §4.3
 */
export async function verifyDpopProof(proof: string, rules: DpopRules): Promise<DpopProof> {
  const { key, claims } = await proveKey(proof, rules.algorithms)
  const jkt = await key.thumbprint()
  checkTarget(claims, rules)
  await checkToken(claims, rules)
  const nonce = await checkNonce(claims, rules)
  checkTime(claims, rules, nonce)
  await checkFirstUse(claims, jkt, rules, nonce)
  return { jkt, nonce }
}

async function proveKey(
  proof: string,
  algorithms: readonly AlgorithmName[],
): Promise<{ key: Key; claims: JsonObject }> {
  const unverified = parse(proof)
  const { alg, typ, jwk } = unverified.unverifiedHeader
  if (typ?.toLowerCase().replace(/^application\//, '') !== DPOP_TYPE) {
    throw refuse('proof_type', `DPoP proof must be of the type ${DPOP_TYPE}`)
  }
  if (!algorithms.includes(alg))
    throw refuse('proof_algorithm', 'DPoP proof is signed with an algorithm that is not accepted')
  const key = await importKey(jwk)
  try {
    const { payload } = await unverified.verify(key, { algorithms })
    return { key, claims: parseJsonObject(decodeUtf8(payload)) }
  } catch (error) {
    if (error instanceof JoseError) throw refuse('proof_signature', 'DPoP proof is not signed by the key in it', error)
    throw refuse('proof_malformed', 'DPoP proof must be a signed JWT', error)
  }
}

function parse(proof: string): UnverifiedCompact {
  try {
    return parseUnverifiedCompact(proof, { limits: LIMITS })
  } catch (error) {
    if (error instanceof JoseError && error.code.startsWith('algorithm_')) {
      throw refuse('proof_algorithm', 'DPoP proof is signed with an algorithm that is not accepted', error)
    }
    throw refuse('proof_malformed', 'DPoP proof must be a signed JWT', error)
  }
}

/** The public key that the proof brings along; the only thing in it that counts before its signature was seen to. */
async function importKey(jwk: unknown): Promise<Key> {
  if (!isRecord(jwk)) throw refuse('proof_key', 'DPoP proof must have a public key in "jwk"')
  try {
    const { public: names, private: secrets } = keyTypeOf(jwk['kty'])
    if (secrets.some((name) => jwk[name] !== undefined)) {
      throw refuse('proof_key_private', 'DPoP proof must not have a private key in "jwk"')
    }
    return await Key.import(Object.fromEntries(['kty', ...names].map((name) => [name, jwk[name]])))
  } catch (error) {
    throw error instanceof JoseError ? refuse('proof_key', 'DPoP proof must have a public key in "jwk"', error) : error
  }
}

function checkTarget({ htm, htu }: JsonObject, { method, url }: DpopRules): void {
  if (htm !== method) throw refuse('proof_method', '"htm" of the DPoP proof must be the method of the request')
  const target = typeof htu === 'string' ? normalizeTarget(htu) : undefined
  if (target === undefined || target !== normalizeTarget(url)) {
    throw refuse('proof_url', '"htu" of the DPoP proof must be the URL of the request')
  }
}

async function checkToken({ ath }: JsonObject, { accessToken }: DpopRules): Promise<void> {
  if (accessToken === undefined || ath === (await sha256Base64url(accessToken))) return
  throw refuse('proof_token', '"ath" of the DPoP proof must be the hash of the access token')
}

/** @spec RFC 9449 §8, §9 */
async function checkNonce({ nonce }: JsonObject, { nonces, now }: DpopRules): Promise<string | undefined> {
  // What nobody here has given proves nothing, and does no harm.
  if (nonces === false) return undefined
  if (nonce === undefined && !nonces.required) return undefined
  if (nonce === undefined)
    throw refuse('nonce_missing', 'DPoP proof must have the nonce of this server', undefined, 'use_dpop_nonce')
  if (typeof nonce === 'string' && (await nonces.accepts(nonce, now))) return nonce
  throw refuse('nonce_stale', 'DPoP proof must have a nonce that this server gave lately', undefined, 'use_dpop_nonce')
}

/** A nonce of ours says when the proof was made better than the clock of the client does. @spec RFC 9449 §11.1 */
function checkTime({ iat }: JsonObject, { now, window }: DpopRules, nonce: string | undefined): void {
  if (typeof iat !== 'number') throw refuse('proof_malformed', '"iat" of the DPoP proof must be a number of seconds')
  if (nonce !== undefined) return
  if (iat < now - window) throw refuse('proof_expired', '"iat" of the DPoP proof is too long ago')
  if (iat > now + window) throw refuse('proof_not_yet_valid', '"iat" of the DPoP proof is in the future')
}

/** @spec RFC 9449 §11.1 */
async function checkFirstUse(
  { jti, iat }: JsonObject,
  jkt: string,
  { nonces, now, window, rememberOnce }: DpopRules,
  nonce: string | undefined,
): Promise<void> {
  if (typeof jti !== 'string' || jti === '') throw refuse('proof_jti', '"jti" of the DPoP proof must be a text')
  // A second longer than it is accepted: stores drop what expires now.
  const lasts = nonce === undefined || nonces === false ? Number(iat) + window : now + nonces.lifetime
  const key = `dpop:${await sha256Base64url(`${jkt}\0${jti}`)}`
  if (await rememberOnce(key, Math.ceil(lasts) + 1)) return
  throw refuse('proof_replayed', '"jti" of the DPoP proof was used before: each proof is accepted once')
}

function refuse(
  problem: DpopProblem,
  description: string,
  cause?: unknown,
  code: OAuth2ErrorCode = 'invalid_dpop_proof',
): OAuth2Error {
  return new OAuth2Error(code, description, { reason: `dpop_${problem}`, ...(cause === undefined ? {} : { cause }) })
}
