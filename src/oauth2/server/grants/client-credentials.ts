import { OAuth2Error } from '../../errors.ts'
import { formatScope, includesScope, parseScope } from '../../scope.ts'
import { isConfidential } from '../client-rules.ts'
import type { TokenContext } from '../context.ts'
import type { GrantDecision } from '../decisions.ts'
import type { TokenGrant } from '../grant.ts'
import { chooseTarget } from '../requested-resource.ts'
import { reduceScope } from '../requested-scope.ts'

/**
 * A client gets a token for itself. There is no person, so there is no family and no refresh token: the client can always
 * ask again.
 *
 * @spec RFC 6749 §4.4
 */
export class ClientCredentialsGrant implements TokenGrant {
  readonly grantType = 'client_credentials'
  readonly parameters = ['scope'] as const

  async grant(context: TokenContext): Promise<GrantDecision> {
    if (!isConfidential(context.client)) {
      throw new OAuth2Error('unauthorized_client', 'client credentials grant is for clients that have credentials', {
        reason: 'client_credentials_public',
      })
    }
    return chooseTarget(context, findScope(context))
  }
}

/**
 * What is asked for, else all that the client is registered for. What is about a person is left out, since there is none:
 * many clients send `openid` with every request. The response says what is left.
 *
 * @throws OAuth2Error `invalid_scope` where that is nothing: a response without scope would say that all of it was granted.
 * @spec RFC 6749 §3.3
 * @spec OIDC Core §11
 */
function findScope({ client, params, server }: TokenContext): string {
  const asked = params.get('scope')
  const scope = reduceScope(asked ?? client.scope, client, server.scopes)
  if (!server.personalScopes.some((personal) => includesScope(scope, personal))) return scope
  const own = formatScope(parseScope(scope).filter((one) => !server.personalScopes.includes(one)))
  if (own !== '' || asked === undefined) return own
  throw new OAuth2Error('invalid_scope', 'scope names nothing that a client can have without a person', {
    reason: 'scope_needs_person',
  })
}
