import type { Awaitable } from '../../../util/awaitable.ts'
import type { JsonObject } from '../../../util/json.ts'
import type { Client, GrantRecord } from '../records.ts'

/** The access token that claims are asked for. */
export interface AccessTokenClaimsContext {
  readonly client: Client
  readonly grantType: string
  /** Absent: the client acts for itself. */
  readonly subject: string | undefined
  readonly scope: string
  /** Who may accept it; empty: nobody was named. */
  readonly audience: readonly string[]
  /** The family it belongs to, if there is one. */
  readonly grant: GrantRecord | undefined
}

export type AccessTokenClaims = (context: AccessTokenClaimsContext) => Awaitable<JsonObject | undefined>

/** What the server says itself: nobody may say otherwise. */
const RESERVED: ReadonlySet<string> = new Set([
  // RFC 9068 §2.2
  'iss',
  'exp',
  'aud',
  'sub',
  'client_id',
  'iat',
  'jti',
  'nbf',
  'auth_time',
  'acr',
  'amr',
  'scope',
  // RFC 7800 §3.1, RFC 8693 §4
  'cnf',
  'act',
  'may_act',
  // RFC 7662 §2.2
  'active',
  'token_type',
  // ours
  'grant_id',
])

/** Whether only the server itself says this of a token. */
function isReservedClaim(name: string): boolean {
  return RESERVED.has(name)
}

/** The claims that are somebody else's word: what the server says itself is left out. */
export function withoutReserved<T>(claims: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(claims).filter(([name]) => !isReservedClaim(name)))
}

/**
 * Asks for the claims of an access token.
 *
 * @throws TypeError where they contradict what the server says itself: a mistake of whoever wrote the function.
 * @spec RFC 9068 §2.2.3
 */
export async function loadClaims(
  accessTokenClaims: AccessTokenClaims,
  context: AccessTokenClaimsContext,
): Promise<JsonObject | undefined> {
  const claims = await accessTokenClaims(context)
  const name = Object.keys(claims ?? {}).find(isReservedClaim)
  if (name !== undefined) throw new TypeError(`"accessTokenClaims" must not set "${name}": the server says it itself`)
  return claims
}
