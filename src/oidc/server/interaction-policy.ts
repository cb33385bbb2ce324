import { isLoopbackHost, parseUrl } from '../../http/url.ts'
import { isScopeSubset, parseScope } from '../../oauth2/scope.ts'
import type { AuthorizationRequest, ConsentStore, RequestContext, SessionRecord } from '../../oauth2/server/index.ts'
import type { Awaitable } from '../../util/awaitable.ts'
import type { Seconds } from '../../util/clock.ts'
import type { AuthenticationRequest } from './authentication-request.ts'

/** Whether the person has to be asked before this client gets anything. */
export type ConsentPolicy = (request: AuthorizationRequest, subject: string) => Awaitable<boolean>

/** How things stood in the browser when the request came in. */
export interface SeenSession {
  /** The session at that time, or that there was none. */
  readonly session: string | null
  readonly createdAt: Seconds
}

/** Who is signed in, and since when. */
export interface Login {
  readonly subject: string
  readonly authTime: Seconds
}

/**
 * Whether the person has to sign in (again) for this request. For login pages of your own, too: ask it when the request
 * comes in, not when they come back from signing in, which has met every demand.
 *
 * @spec OIDC Core §3.1.2.3
 */
export function needsLogin(demands: AuthenticationRequest, login: Login | undefined, now: Seconds): boolean {
  if (login === undefined || !fitsHint(demands, login.subject)) return true
  // There is one account a browser here: choosing another one is signing in again.
  if (demands.prompt.has('login') || demands.prompt.has('select_account')) return true
  return demands.maxAge !== undefined && isOlder(login.authTime, demands.maxAge, now)
}

/** Whether the session is of the person that the client means, if it means one. @spec OIDC Core §3.1.2.1 */
export function fitsHint({ subject }: AuthenticationRequest, actual: string): boolean {
  return subject === undefined || subject === actual
}

/**
 * Whether the person has signed in since the request came in. The id alone is not enough: a handle that is opened in
 * another browser meets another session, maybe an old one.
 */
export function isLaterSession({ id, authentication }: SessionRecord, seen: SeenSession): boolean {
  return id !== seen.session && authentication.auth_time >= seen.createdAt
}

/** `max_age=0` asks for a fresh sign-in, even within the same second. @spec OIDC Core §3.1.2.1 */
function isOlder(authTime: Seconds, maxAge: Seconds, now: Seconds): boolean {
  return maxAge === 0 || now - authTime > maxAge
}

/**
 * Whether the person has to agree (again).
 *
 * Offline access is agreed to explicitly at least once, whatever the policy says, because it goes on when the person
 * has left.
 *
 * @spec OIDC Core §3.1.2.4
 * @spec OIDC Core §11
 */
export async function needsConsent(
  context: RequestContext<ConsentStore>,
  request: AuthorizationRequest,
  demands: AuthenticationRequest,
  subject: string,
  policy: ConsentPolicy,
): Promise<boolean> {
  if (demands.prompt.has('consent')) return true
  const scopes = parseScope(request.scope)
  const given = await context.store.findConsent(subject, request.client.client_id)
  if (given === undefined || !isScopeSubset(scopes, parseScope(given.scope))) {
    return scopes.includes('offline_access') || policy(request, subject)
  }
  return !provesClient(request) && policy(request, subject)
}

/**
 * Whether the answer can reach this client only. Any program on a device may listen on a loopback port or claim a scheme:
 * where the client has no secret either, an earlier consent may have been given to another one.
 *
 * @spec RFC 8252 §8.6
 */
function provesClient({ client, redirectUri }: AuthorizationRequest): boolean {
  if (client.token_endpoint_auth_method !== 'none') return true
  const url = parseUrl(redirectUri)
  return url?.protocol === 'https:' && !isLoopbackHost(url.hostname)
}
