import { JoseError } from '../../jose/errors.ts'
import type { VerificationKey } from '../../jose/jwk/verification-key.ts'
import type { KeySource } from '../../jose/jwks/source.ts'
import { type JwtClaims, type VerifiedJwt, type VerifyJwtOptions, verifyJwt } from '../../jose/jwt/index.ts'
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
  /** Whether a key may sign for an issuer, where the provider has several and says of its keys whose they are. */
  readonly isKeyOf?: ((key: VerificationKey, issuer: string) => boolean) | undefined
  readonly clientId: string
  /** How far the clocks may be apart. */
  readonly clockTolerance: Seconds
  readonly clock: Clock
}

/** What a kind of token is held to beyond that. */
export type KindExpectations = Pick<VerifyJwtOptions, 'typ' | 'required' | 'maxAge'>

/**
 * Verifies a token that a provider signed for a client.
 *
 * @throws JoseError
 * @spec OIDC Core §3.1.3.7
 */
export async function verifyProviderToken<Claims extends object = JwtClaims>(
  token: string,
  expected: ProviderTokenExpectations,
  kind: KindExpectations,
): Promise<Pick<VerifiedJwt<Claims>, 'claims' | 'header'>> {
  const { issuer, isKeyOf } = expected
  const verified = await verifyJwt<Claims & { iss: string }, VerificationKey>(token, expected.keys, {
    ...kind,
    algorithms: expected.algorithms,
    ...(typeof issuer === 'string' ? { issuer } : { claims: { iss: toRule(issuer) } }),
    audience: expected.clientId,
    leeway: expected.clockTolerance,
    clock: expected.clock,
  })
  const { iss } = verified.claims
  if (isKeyOf === undefined || isKeyOf(verified.key, iss)) return verified
  throw new JoseError('claim_mismatch', '"iss" (Issuer) claim mismatch: the key is of another issuer', { claim: 'iss' })
}

function toRule(test: IssuerTest): NonNullable<VerifyJwtOptions['claims']>[string] {
  return { essential: true, validate: (iss, claims) => typeof iss === 'string' && test(iss, claims) }
}
