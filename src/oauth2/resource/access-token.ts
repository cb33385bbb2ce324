import type { JwtClaims } from '../../jose/jwt/index.ts'
import type { Seconds } from '../../util/clock.ts'

/** What a validated access token says. */
export interface AccessToken {
  /** Who the token speaks for: a person, or the client itself where nobody else takes part. */
  readonly subject: string
  readonly clientId: string
  /** What it allows, each scope once. */
  readonly scopes: readonly string[]
  readonly expiresAt: Seconds
  /** Everything it says, spelled as on the wire. */
  readonly claims: JwtClaims
}
