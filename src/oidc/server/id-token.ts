import { signJwt } from '../../jose/jwt/index.ts'
import { OAuth2Error } from '../../oauth2/errors.ts'
import type { GrantRecord, TokenResponseContext } from '../../oauth2/server/index.ts'
import type { Seconds } from '../../util/clock.ts'
import type { IdTokenClaims } from '../id-token.ts'
import { tokenHash } from '../id-token.ts'
import { idTokenAlgorithm } from './signing-algorithms.ts'

/**
 * The ID token that goes with a token response.
 *
 * @param subject whom the tokens are about.
 * @throws OAuth2Error `server_error` where no key has the client's algorithm.
 * @spec OIDC Core §3.1.3.3
 */
export async function issueIdToken(context: TokenResponseContext, subject: string, lifetime: Seconds): Promise<string> {
  const { server, client, now, response, grant } = context
  const alg = idTokenAlgorithm(client, server.keys)
  if (alg === undefined) {
    throw new OAuth2Error('server_error', 'no key signs with the ID token algorithm of this client', {
      reason: 'id_token_key_missing',
    })
  }
  const claims: IdTokenClaims = {
    iss: server.issuer,
    sub: subject,
    // One audience, the client: so that there is no need for "azp".
    aud: client.client_id,
    exp: now + lifetime,
    iat: now,
    ...(grant === undefined ? {} : describeAuthentication(grant, context.grantType)),
    at_hash: await tokenHash(response.access_token, alg),
  }
  return signJwt(claims, server.keys, { alg })
}

/**
 * When and how the person signed in, as it was at the authorization endpoint, however often the grant is refreshed. The
 * nonce answers the one authorization request that had it; a refreshed ID token answers none.
 *
 * @spec OIDC Core §2
 * @spec OIDC Core §12.2
 */
function describeAuthentication({ authentication, nonce }: GrantRecord, grantType: string): Partial<IdTokenClaims> {
  const { auth_time, acr, amr, session_id: sid } = authentication ?? {}
  return {
    ...(auth_time === undefined ? {} : { auth_time }),
    ...(nonce === undefined || grantType === 'refresh_token' ? {} : { nonce }),
    ...(acr === undefined ? {} : { acr }),
    ...(amr === undefined ? {} : { amr }),
    ...(sid === undefined ? {} : { sid }),
  }
}
