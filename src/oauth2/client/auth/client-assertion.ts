import { randomId } from '../../../crypto/random.ts'
import type { AlgorithmName, Key } from '../../../jose/jwk/index.ts'
import type { SigningKeySource } from '../../../jose/jwks/index.ts'
import { type JwtClaims, signJwt } from '../../../jose/jwt/index.ts'
import { nowInSeconds } from '../../../util/clock.ts'
import type { Duration } from '../../../util/duration.ts'
import { JWT_CLIENT_ASSERTION } from '../../client-assertion.ts'
import type { ClientAuthenticationContext, ClientCredentials } from './client-auth.ts'

export interface ClientAssertionOptions {
  /** What to sign with, as the client is registered. */
  readonly alg?: AlgorithmName
  /**
   * For whom the assertion is: the `issuer`, or the `endpoint` that is called, which older servers expect; or a name that the
   * server goes by. Default `issuer`: what names an endpoint can be had from us by whoever makes us believe that theirs is it
   * (CVE-2025-27370). Where the issuer is not known, it is the endpoint.
   */
  readonly audience?: 'issuer' | 'endpoint' | (string & {})
  /** How long an assertion is good for; one minute. */
  readonly lifetime?: Duration
  /** Further claims. Those that make it an assertion of this client are always its own. */
  readonly claims?: JwtClaims
  /** Default `JWT`. The other one is for servers that ask for it (RFC 7523bis, section 4). */
  readonly typ?: 'JWT' | 'client-authentication+jwt'
}

/**
 * A statement that only this client can make, new for each request: what a server has seen once it does not take again.
 *
 * @spec RFC 7523 §2.2
 * @spec RFC 7523 §3
 */
export async function signClientAssertion(
  key: Key | SigningKeySource,
  { clientId, endpoint, issuer = endpoint, clock }: ClientAuthenticationContext,
  { alg, audience = 'issuer', lifetime = '1m', claims, typ = 'JWT' }: ClientAssertionOptions,
): Promise<ClientCredentials> {
  const aud = audience === 'issuer' ? issuer : audience === 'endpoint' ? endpoint : audience
  const own = { iss: clientId, sub: clientId, aud, jti: randomId(), iat: nowInSeconds(clock) }
  const times = { clock, expiresIn: lifetime }
  const assertion = await signJwt({ ...claims, ...own }, key, { typ, ...times, ...(alg !== undefined && { alg }) })
  return { parameters: { client_assertion_type: JWT_CLIENT_ASSERTION, client_assertion: assertion } }
}
