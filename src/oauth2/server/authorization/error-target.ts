import type { HttpRequest } from '../../../http/request.ts'
import type { ServerCore } from '../core.ts'
import type { AuthorizationDecision } from '../decisions.ts'
import type { ProvenRequest } from './request.ts'

/**
 * Whether an error may be told to the client by redirect. Whoever registered a client could otherwise make any link to
 * this server lead to a place of their choice, at once and under this server's name. So a client that nobody vouches for
 * is told only after a person has decided.
 *
 * @param decision what the person, or somebody for them, decided; absent: nothing yet.
 * @spec RFC 9700 §4.11.2
 */
export function mayTellClient<S>(
  { settings }: ServerCore<S>,
  { client, http }: ProvenRequest,
  decision?: AuthorizationDecision,
): boolean {
  return settings.trustsRedirects(client) || (decision !== undefined && isDecided(decision)) || isFramed(http)
}

/** Other errors than the plain refusal are found without anybody: the person has to sign in, or to agree first. */
function isDecided(decision: AuthorizationDecision): boolean {
  return !('denied' in decision) || (decision.error ?? 'access_denied') === 'access_denied'
}

/**
 * In a frame the page around it has the address that the person sees: nobody is led astray. It is where clients ask
 * silently whether the person is signed in still. Scripts cannot set this header.
 */
function isFramed(http: HttpRequest): boolean {
  return /^i?frame$/.test(http.header('sec-fetch-dest') ?? '')
}
