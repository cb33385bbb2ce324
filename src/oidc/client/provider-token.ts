import type { VerificationKey } from '../../jose/jwk/verification-key.ts'
import type { KeySource } from '../../jose/jwks/source.ts'
import type { JwtClaims, VerifyJwtOptions } from '../../jose/jwt/index.ts'
import type { Clock, Seconds } from '../../util/clock.ts'

/** Whether a token with these claims may come from that issuer. */
export type IssuerTest = (issuer: string, claims: JwtClaims) => boolean

/** What every token that a provider signs for a client is held to, whatever it is for. */
export interface ProviderTokenExpectations {
  readonly keys: VerificationKey | KeySource<VerificationKey>
  /** The algorithms that the client was told to accept, never those that the token asks for. */
  readonly algorithms: readonly string[]
  /** The provider's; a test where it has one for each of its tenants. */
  readonly issuer: string | IssuerTest
  readonly clientId: string
  /** How far the clocks may be apart. */
  readonly clockTolerance: Seconds
  readonly clock: Clock
}

/** The same in the words of the JWT verification. @spec OIDC Core §3.1.3.7 */
export function toJwtOptions(expected: ProviderTokenExpectations): Omit<VerifyJwtOptions, 'schema'> {
  const { algorithms, issuer, clientId, clockTolerance, clock } = expected
  return {
    algorithms,
    ...(typeof issuer === 'string' ? { issuer } : { claims: { iss: toRule(issuer) } }),
    audience: clientId,
    leeway: clockTolerance,
    clock,
  }
}

function toRule(test: IssuerTest): NonNullable<VerifyJwtOptions['claims']>[string] {
  return { essential: true, validate: (iss, claims) => typeof iss === 'string' && test(iss, claims) }
}
