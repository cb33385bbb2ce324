import { sha256Base64url } from '../crypto/hash.ts'
import { randomId } from '../crypto/random.ts'
import { parseUrl } from '../http/url.ts'
import type { Key } from '../jose/jwk/index.ts'
import { keyTypeOf } from '../jose/jwk/key-types.ts'
import type { AlgorithmName } from '../jose/jwk/types.ts'
import { type JwtClaims, signJwt } from '../jose/jwt/index.ts'
import type { Clock } from '../util/clock.ts'

/** The type of a proof. @spec RFC 9449 §4.2 */
export const DPOP_TYPE = 'dpop+jwt'

/** What proofs may be signed with, unless somebody says otherwise: all that others can check and not make. */
export const DPOP_ALGORITHMS: readonly AlgorithmName[] = [
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
  'PS256',
  'PS384',
  'PS512',
  'RS256',
]

export interface DpopProofOptions {
  /** The method and the URL of the request that it goes with; query and fragment of the URL do not count. */
  readonly method: string
  readonly url: string
  /** The access token that is presented with it. @spec RFC 9449 §7.1 */
  readonly accessToken?: string
  /** The last nonce that this server gave. @spec RFC 9449 §8 */
  readonly nonce?: string
  readonly clock?: Clock
}

/**
 * Proves possession of a private key for one request: the value of its `DPoP` header. Each request needs a proof of its own.
 *
 * @example
 * const proof = await createDpopProof(key, { method: 'POST', url: tokenEndpoint })
 * @spec RFC 9449 §4.2
 */
export async function createDpopProof(key: Key, options: DpopProofOptions): Promise<string> {
  const { method, url, accessToken, nonce, clock } = options
  const htu = normalizeTarget(url)
  if (htu === undefined) throw new TypeError('"url" must be an absolute http(s) URL without user and password')
  const claims: JwtClaims = { jti: randomId(), htm: method, htu }
  if (accessToken !== undefined) claims['ath'] = await sha256Base64url(accessToken)
  if (nonce !== undefined) claims['nonce'] = nonce
  return signJwt(claims, key, {
    typ: DPOP_TYPE,
    alg: key.defaultAlgorithm ?? 'RS256',
    header: { jwk: bareKey(key) },
    ...(clock === undefined ? {} : { clock }),
  })
}

/** The public members and nothing else: neither a name nor what it is for is part of the proof. */
function bareKey(key: Key): Record<string, unknown> {
  const jwk: Record<string, unknown> = { ...key.toPublicJwk() }
  const names: readonly string[] = ['kty', ...keyTypeOf(key.kty).public]
  return Object.fromEntries(names.map((name) => [name, jwk[name]]))
}

/**
 * The target of a request in the one spelling that compares: without query and fragment, escapes in upper case and only
 * where they are needed. Nothing for what is no http(s) URL, or one that a parser would have to mend.
 *
 * @spec RFC 9449 §4.3
 * @spec RFC 3986 §6.2.2
 */
export function normalizeTarget(text: string): string | undefined {
  if (/[^\x21-\x7e]|\\/.test(text)) return undefined
  const url = parseUrl(text)
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '')
    return undefined
  return url.origin + url.pathname.replaceAll(/%[0-9a-f]{2}/gi, normalizeEscape)
}

function normalizeEscape(triplet: string): string {
  const character = String.fromCharCode(Number.parseInt(triplet.slice(1), 16))
  return /[A-Za-z0-9\-._~]/.test(character) ? character : triplet.toUpperCase()
}
