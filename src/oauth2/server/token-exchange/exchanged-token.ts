import type { JwtClaims } from '../../../jose/jwt/index.ts'
import type { Seconds } from '../../../util/clock.ts'
import type { Actor, Confirmation } from '../records.ts'

/** @spec RFC 8693 §3 */
export const TOKEN_TYPES = {
  accessToken: 'urn:ietf:params:oauth:token-type:access_token',
  idToken: 'urn:ietf:params:oauth:token-type:id_token',
  jwt: 'urn:ietf:params:oauth:token-type:jwt',
} as const

/** A token that was presented for exchange, and found to be good. */
export interface ExchangedToken {
  /** As in `subject_token_type`. */
  readonly type: string
  /** Who issued it: this server, or an issuer that it trusts. */
  readonly issuer: string
  /** Whom it is about, as this server knows them. Absent: a client has it for itself, see `clientId`. */
  readonly subject?: string
  /** The client that it was issued to, where it was issued here. */
  readonly clientId?: string
  /** What it is good for, space-separated. Absent: it says nothing about that. */
  readonly scope?: string
  /** For whom it is. */
  readonly audience: readonly string[]
  readonly expiresAt: Seconds
  /** Who acts in it already, the latest outermost. @spec RFC 8693 §4.1 */
  readonly act?: Actor
  /** What it is bound to. The server does not ask the client to prove it: an API that hands a token on cannot. */
  readonly cnf?: Confirmation
  /** Its family, where it was issued here. */
  readonly grantId?: string
  /** What else it says. */
  readonly claims: JwtClaims
}
