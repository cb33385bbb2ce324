import { OAuth2Error } from '../../errors.ts'
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
    const { client, params, server } = context
    if (!isConfidential(client)) {
      throw new OAuth2Error('unauthorized_client', 'client credentials grant is for clients that have credentials', {
        reason: 'client_credentials_public',
      })
    }
    return chooseTarget(context, reduceScope(params.get('scope') ?? client.scope, client, server.scopes))
  }
}
