import type { RequestParameters } from '../../http/form.ts'
import { type Client, type ClientStore, findClient, type RequestContext } from '../../oauth2/server/index.ts'
import type { IdTokenHint } from './id-token-hint.ts'
import { readIdTokenHint } from './id-token-hint.ts'

/** A logout request in which nothing is wrong. What it does not say stays open. */
export interface EndSessionRequest {
  readonly client: Client | undefined
  readonly hint: IdTokenHint | undefined
  /** Where to go when it is done, `state` included: one of the client's registered addresses. */
  readonly returnTo: string | undefined
  /** Whether anything was asked for at all, or the person just came to the page. */
  readonly isEmpty: boolean
}

/** What is wrong with a logout request, by the name of the page that says so. */
export type EndSessionProblem = 'sign-out-bad-hint' | 'sign-out-bad-return'

const PARAMETERS = ['id_token_hint', 'client_id', 'post_logout_redirect_uri', 'state', 'logout_hint'] as const

/**
 * Checks a logout request.
 *
 * @spec OIDC RP-Initiated Logout §2
 */
export async function readEndSessionRequest(
  { server, store }: RequestContext<ClientStore>,
  params: RequestParameters,
): Promise<EndSessionRequest | EndSessionProblem> {
  const token = params.get('id_token_hint')
  const hint = token === undefined ? undefined : await readIdTokenHint(server, token)
  const clientId = params.get('client_id') ?? onlyAudience(hint)
  if (token !== undefined && !isHintOf(hint, clientId)) return 'sign-out-bad-hint'
  const client = clientId === undefined ? undefined : await findClient(store, clientId)
  const isEmpty = !PARAMETERS.some((name) => params.has(name))
  const uri = params.get('post_logout_redirect_uri')
  // Without any word about the client nothing can be said about the address: it is left out, see `unnamed` on the page.
  if (uri === undefined || clientId === undefined) return { client, hint, returnTo: undefined, isEmpty }
  if (!client?.post_logout_redirect_uris?.includes(uri)) return 'sign-out-bad-return'
  return { client, hint, returnTo: addState(uri, params.get('state')), isEmpty }
}

function onlyAudience(hint: IdTokenHint | undefined): string | undefined {
  return hint?.audience.length === 1 ? hint.audience[0] : undefined
}

/** The token must have been issued to the client that the request names. @spec OIDC RP-Initiated Logout §2 */
function isHintOf(hint: IdTokenHint | undefined, clientId: string | undefined): boolean {
  return hint !== undefined && (clientId === undefined || hint.audience.includes(clientId))
}

/** The address stays as it was registered. @spec OIDC RP-Initiated Logout §3 */
function addState(uri: string, state: string | undefined): string {
  if (state === undefined) return uri
  return `${uri}${uri.includes('?') ? '&' : '?'}state=${encodeURIComponent(state)}`
}
