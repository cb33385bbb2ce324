import type { AuthorizationRequest } from '../authorization/request.ts'
import type { RequestContext } from '../context.ts'
import type { AuthorizationParameters } from '../decisions.ts'
import type { AuthorizationGrant } from '../grant.ts'
import type { GrantRecord } from '../records.ts'
import { narrowTarget } from '../requested-resource.ts'

/**
 * The implicit grant: the access token comes back in the fragment of the redirect, where the browser's history, scripts
 * and extensions find it, and nothing binds it to the client that asked. RFC 9700 advises against it; the code grant with
 * PKCE does the same for every client. There is never a refresh token.
 *
 * @example
 * import { ImplicitGrant } from 'authwright/oauth2/server/implicit'
 * server.registerGrant(ImplicitGrant)
 * @spec RFC 6749 §4.2
 * @spec RFC 9700 §2.1.2
 */
export class ImplicitGrant implements AuthorizationGrant {
  readonly responseTypes = ['token'] as const
  readonly grantType = 'implicit'
  readonly defaultResponseMode = 'fragment'
  readonly responseModes = ['fragment'] as const
  readonly warning = 'the implicit grant shows tokens to browsers, RFC 9700 advises against it'

  /** @spec RFC 6749 §4.2.2 */
  async authorize(
    { server, store, request, now, requestId }: RequestContext,
    { client, params, binding }: AuthorizationRequest,
    grant: GrantRecord,
  ): Promise<AuthorizationParameters> {
    const context = { server, store, request, now, requestId, client, params, binding }
    const response = await server.issueTokens(
      { ...context, clientAuthMethod: 'none', grantType: this.grantType },
      {
        ...(grant.subject === undefined ? {} : { subject: grant.subject }),
        ...(await narrowTarget(context, grant, grant.scope)),
        grant,
        createsGrant: true,
        signedIn: false,
      },
    )
    const { access_token, token_type, expires_in, scope } = response
    return {
      access_token,
      token_type,
      ...(expires_in === undefined ? {} : { expires_in: String(expires_in) }),
      ...(scope === undefined ? {} : { scope }),
    }
  }
}
