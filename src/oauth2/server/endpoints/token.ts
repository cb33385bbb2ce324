import { NO_STORE } from '../../../http/cache-control.ts'
import { PUBLIC_CORS } from '../../../http/cors.ts'
import type { RequestParameters } from '../../../http/form.ts'
import { type Header, type HttpResponse, json } from '../../../http/response.ts'
import { OAuth2Error } from '../../errors.ts'
import type { ServerMetadata } from '../../server-metadata.ts'
import { authenticateClient } from '../client-authentication.ts'
import { allowsGrantType } from '../client-rules.ts'
import type { AuthenticatedClient, RequestContext, TokenContext } from '../context.ts'
import type { ServerCore } from '../core.ts'
import type { Endpoint } from '../endpoint.ts'
import { findClient } from '../find-client.ts'
import type { TokenGrant } from '../grant.ts'
import { attemptOf } from '../rate-limit.ts'
import type { ClientStore, TokenStore } from '../store.ts'
import { issueTokens } from '../tokens/issuer.ts'

/** What every token request may carry, whatever its grant. */
const COMMON_PARAMETERS: ReadonlySet<string> = new Set([
  'grant_type',
  'client_id',
  'client_secret',
  'client_assertion',
  'client_assertion_type',
])

/** Those of every answer with tokens. With the ones for scripts here, the router need not copy the answer to add them. */
const HEADERS: readonly Header[] = [...NO_STORE, ...PUBLIC_CORS]

/**
 * Exchanges grants for tokens. Parameters come in the body only; what is in the query is not read.
 *
 * @spec RFC 6749 §3.2
 */
export class TokenEndpoint<S extends ClientStore & TokenStore> implements Endpoint<S> {
  readonly name = 'token'
  readonly path = '/token'
  readonly methods = ['POST'] as const
  readonly cors = 'public'
  readonly #core: ServerCore<S>

  constructor(core: ServerCore<S>) {
    this.#core = core
  }

  metadata(url: string): Partial<ServerMetadata> {
    return { token_endpoint: url }
  }

  async handle(context: RequestContext<S>): Promise<HttpResponse> {
    const params = await context.request.form()
    const grant = this.#findGrant(params)
    checkDuplicates(params, grant)
    const unnamed = grant.identifyClient && (await findUnnamedClient(context, params, grant))
    const authenticated = unnamed ?? (await authenticateClient(this.#core, context.request, params, context))
    const request = toTokenContext(context, params, grant, authenticated)
    for (const extension of this.#core.registry.extensions) {
      if (extension.onTokenRequest) await extension.onTokenRequest(request)
    }
    const decision = await grant.grant(request)
    const answer = 'repeat' in decision ? decision.repeat : await issueTokens(this.#core, request, decision)
    return json(200, answer, HEADERS)
  }

  #findGrant(params: RequestParameters): TokenGrant<S> {
    if (params.duplicates.includes('grant_type')) {
      throw new OAuth2Error('invalid_request', 'grant_type must be sent once', { reason: 'parameter_repeated' })
    }
    const grantType = params.get('grant_type')
    if (grantType === undefined) {
      throw new OAuth2Error('invalid_request', 'grant_type is missing', { reason: 'grant_type_missing' })
    }
    const grant = this.#core.registry.tokenGrants.get(grantType)
    if (grant === undefined) {
      throw new OAuth2Error('unsupported_grant_type', 'grant_type is not one that this server supports', {
        reason: 'grant_type_unsupported',
      })
    }
    return grant
  }
}

/** @throws OAuth2Error `unauthorized_client` where the client may not use this grant. @spec RFC 6749 §5.2 */
function toTokenContext<S>(
  { server, store, request, now, requestId, endpoint }: RequestContext<S>,
  params: RequestParameters,
  { grantType }: TokenGrant<S>,
  { client, method: clientAuthMethod }: AuthenticatedClient,
): TokenContext<S> {
  if (!allowsGrantType(client, grantType)) {
    throw new OAuth2Error('unauthorized_client', 'client is not registered for this grant_type', {
      reason: 'grant_type_not_registered',
    })
  }
  const proven = { client, clientAuthMethod, grantType, params, binding: {} }
  return { server, store, request, now, requestId, endpoint, ...proven }
}

/** What says who the client is. */
const CLIENT_PARAMETERS = ['client_id', 'client_secret', 'client_assertion', 'client_assertion_type'] as const

/**
 * The client of a request that does not name one, where the grant knows whose it is. A client that is named
 * authenticates, whatever the grant says.
 *
 * @spec RFC 7521 §4.1
 */
async function findUnnamedClient<S extends ClientStore>(
  context: RequestContext<S>,
  params: RequestParameters,
  grant: TokenGrant<S>,
): Promise<AuthenticatedClient | undefined> {
  if (grant.identifyClient === undefined) return undefined
  const { server, request, store } = context
  const isNamed = request.header('authorization') !== undefined || CLIENT_PARAMETERS.some((name) => params.has(name))
  const clientId = isNamed ? undefined : await grant.identifyClient(params)
  const client = clientId === undefined ? undefined : await findClient(store, clientId)
  if (client === undefined) return undefined
  await server.checkRateLimit({ kind: 'client', clientId: client.client_id, ...attemptOf(context) })
  return { client, method: 'none' }
}

/**
 * Parameters that are read must come once; a grant that does not say which it reads may read any of them.
 *
 * @spec RFC 6749 §3.2
 */
function checkDuplicates({ duplicates }: RequestParameters, { parameters }: Pick<TokenGrant, 'parameters'>): void {
  const isRead = (name: string): boolean =>
    COMMON_PARAMETERS.has(name) || parameters === undefined || parameters.includes(name)
  if (duplicates.some(isRead)) {
    throw new OAuth2Error('invalid_request', 'each parameter must be sent once', { reason: 'parameter_repeated' })
  }
}
