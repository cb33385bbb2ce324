import type { Seconds } from '../../util/clock.ts'

/** The registered claims, and whatever else a token says. @spec RFC 7519 §4.1 */
export interface JwtClaims {
  iss?: string
  sub?: string
  aud?: string | string[]
  /** Seconds since 1970. */
  exp?: Seconds
  /** Seconds since 1970. */
  nbf?: Seconds
  /** Seconds since 1970. */
  iat?: Seconds
  jti?: string
  [claim: string]: unknown
}
