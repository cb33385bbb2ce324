import { NO_STORE } from '../../http/cache-control.ts'
import { PUBLIC_CORS } from '../../http/cors.ts'
import type { Header, HttpResponse } from '../../http/response.ts'
import { json } from '../../http/response.ts'
import { OAuth2Error } from '../../oauth2/errors.ts'
import { findPresentedToken, type PresentedToken } from '../../oauth2/presented-token.ts'
import { parseScope } from '../../oauth2/scope.ts'
import type {
  AccessTokenRecord,
  Client,
  ClientStore,
  Endpoint,
  RequestContext,
  TokenStore,
} from '../../oauth2/server/index.ts'
import { logRefusal } from '../../oauth2/server/index.ts'
import { isPending } from '../../util/awaitable.ts'
import type { UserClaims } from '../claims.ts'
import type { OpenIdProviderMetadata } from '../discovery.ts'
import type { ClaimsOfScope, LoadClaims } from './user-claims.ts'
import { selectClaims } from './user-claims.ts'
import { refuseUserinfo } from './userinfo-refusal.ts'

type Context = RequestContext<ClientStore & TokenStore>

const SCHEMES = ['Bearer', 'DPoP'] as const
/** With the ones for scripts here, the router need not copy the answer to add them. */
const HEADERS: readonly Header[] = [...NO_STORE, ...PUBLIC_CORS]

/**
 * Tells a client about the person, as far as the access token's scope goes. The token comes in the `Authorization` header
 * or, with POST, in the body; never in the query. One that is bound to a key comes with a proof.
 *
 * @spec OIDC Core §5.3
 */
export class UserinfoEndpoint implements Endpoint<ClientStore & TokenStore> {
  readonly name = 'userinfo'
  readonly path = '/userinfo'
  readonly methods = ['GET', 'POST'] as const
  readonly cors = 'public'
  readonly #load: LoadClaims
  readonly #claimsOfScope: ClaimsOfScope

  constructor(load: LoadClaims, claimsOfScope: ClaimsOfScope) {
    this.#load = load
    this.#claimsOfScope = claimsOfScope
  }

  metadata(url: string): Partial<OpenIdProviderMetadata> {
    return { userinfo_endpoint: url }
  }

  /** @spec RFC 6750 §3 */
  async handle(context: Context): Promise<HttpResponse> {
    const { request, server } = context
    let scheme: string | undefined
    try {
      const presented = await findPresentedToken(request, { schemes: SCHEMES, body: true })
      if (presented === undefined) return refuseUserinfo(server)
      scheme = presented.scheme
      return json(200, await this.#describe(context, presented), HEADERS)
    } catch (error) {
      if (!(error instanceof OAuth2Error)) throw error
      logRefusal(context, error)
      return refuseUserinfo(server, {
        error,
        scheme,
        scope: error.code === 'insufficient_scope' ? 'openid' : undefined,
      })
    }
  }

  async #describe(context: Context, presented: PresentedToken): Promise<UserClaims> {
    const { subject, scope, client } = await readGrant(
      context,
      await context.server.authenticateToken(context, presented),
    )
    const loaded = this.#load(subject, { scope, client })
    const claims = isPending(loaded) ? await loaded : loaded
    if (claims === undefined) {
      throw new OAuth2Error('invalid_token', 'the person is not known any more', { reason: 'userinfo_person_gone' })
    }
    // Whatever the claims say: the subject is the one of the ID token.
    return { sub: subject, ...selectClaims(claims, scope, this.#claimsOfScope) }
  }
}

interface UserinfoGrant {
  readonly subject: string
  readonly scope: string
  readonly client: Client
}

async function readGrant({ store }: Context, record: AccessTokenRecord | undefined): Promise<UserinfoGrant> {
  if (record === undefined) {
    throw new OAuth2Error('invalid_token', 'access token is unknown, has expired or was revoked', {
      reason: 'userinfo_token_gone',
    })
  }
  const { subject, scope, client_id: clientId } = record
  if (!parseScope(scope).includes('openid')) {
    throw new OAuth2Error('insufficient_scope', 'access token was not issued for the scope "openid"', {
      reason: 'userinfo_scope_missing',
    })
  }
  if (subject === undefined) {
    throw new OAuth2Error('invalid_token', 'access token is about no person', { reason: 'userinfo_no_person' })
  }
  const found = store.findClient(clientId)
  const client = isPending(found) ? await found : found
  if (client === undefined) {
    throw new OAuth2Error('invalid_token', 'the client of the access token is not known any more', {
      reason: 'userinfo_client_gone',
    })
  }
  return { subject, scope, client }
}
