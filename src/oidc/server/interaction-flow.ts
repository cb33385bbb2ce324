import { RequestParameters } from '../../http/form.ts'
import type { HttpResponse } from '../../http/response.ts'
import { redirect } from '../../http/response.ts'
import type {
  Approval,
  AuthorizationDecision,
  AuthorizationRequest,
  Denial,
  RequestContext,
  SessionRecord,
} from '../../oauth2/server/index.ts'
import type { Seconds } from '../../util/clock.ts'
import type { AuthenticationRequest } from './authentication-request.ts'
import { readAuthenticationRequest } from './authentication-request.ts'
import type { SeenSession } from './interaction-policy.ts'
import { fitsHint, isLaterSession, needsConsent, needsLogin } from './interaction-policy.ts'
import type { InteractionSettings, InteractionStore } from './interaction-settings.ts'
import { findSession, hasSessionCookie } from './session.ts'

/** What stands between an authorization request and its answer, in the browser it is looked at in. */
export type Standing = (
  | { readonly step: 'login'; readonly session: SessionRecord | undefined }
  | { readonly step: 'consent' | 'none'; readonly session: SessionRecord }
) & { readonly demands: AuthenticationRequest }

/** @param seen how things stood when the request came in; absent while it is looked at for the first time. */
export async function findStanding(
  settings: InteractionSettings,
  context: RequestContext<InteractionStore>,
  request: AuthorizationRequest,
  seen?: SeenSession,
): Promise<Standing> {
  const demands = await readAuthenticationRequest(context.server, request)
  const session = await findSession(context)
  if (session === undefined || !isEnough(demands, session, context.now, seen))
    return { step: 'login', session, demands }
  const asks = await needsConsent(context, request, demands, session.subject, settings.requireConsent)
  return { step: asks ? 'consent' : 'none', session, demands }
}

/** A sign-in that came after the request meets every demand for a fresh one, however long the person then thinks. */
function isEnough(demands: AuthenticationRequest, session: SessionRecord, now: Seconds, seen?: SeenSession): boolean {
  if (seen !== undefined && isLaterSession(session, seen)) return fitsHint(demands, session.subject)
  return !needsLogin(demands, { subject: session.subject, authTime: session.authentication.auth_time }, now)
}

/**
 * What the authorization endpoint does with a request that passed all checks: answers it where the person has nothing to
 * do, else lets it wait for them on our pages.
 *
 * @spec OIDC Core §3.1.2.3
 */
export async function beginInteraction(
  settings: InteractionSettings,
  context: RequestContext<InteractionStore>,
  request: AuthorizationRequest,
): Promise<HttpResponse | AuthorizationDecision> {
  // A form that another site sent brings no cookies (SameSite=Lax); the redirect to our page will.
  if (context.request.method === 'POST' && !hasSessionCookie(context))
    return wait(settings, context, request, undefined)
  const { step, session, demands } = await findStanding(settings, context, request)
  if (step === 'none') return approve(session)
  if (demands.prompt.has('none')) return refuseSilently(step)
  return wait(settings, context, request, session?.id ?? null)
}

/** The person's agreement, with when and how they proved who they are. */
export function approve(session: SessionRecord): Approval {
  const { auth_time: authTime, ...authentication } = session.authentication
  return { subject: session.subject, authTime, authentication }
}

/** The page of a waiting request. */
export function interactionUrl(context: RequestContext, parameters: Readonly<Record<string, string>>): string {
  return `${urlOf(context, 'interaction')}?${RequestParameters.fromEntries(Object.entries(parameters))}`
}

export function urlOf(context: RequestContext, endpoint: string): string {
  const url = context.server.endpointUrl(endpoint)
  if (url === undefined) throw new Error(`endpoint "${endpoint}" is not registered`)
  return url
}

async function wait(
  settings: InteractionSettings,
  context: RequestContext,
  request: AuthorizationRequest,
  session: string | null | undefined,
): Promise<HttpResponse> {
  return redirect(interactionUrl(context, { handle: await settings.handles.open(context, request, session) }))
}

const NEEDS_LOGIN = '"prompt" is "none", but the person has to sign in'
const NEEDS_CONSENT = '"prompt" is "none", but the person has to agree first'

/** @spec OIDC Core §3.1.2.6 */
function refuseSilently(step: 'login' | 'consent'): Denial {
  return step === 'login'
    ? { denied: true, error: 'login_required', description: NEEDS_LOGIN, reason: 'prompt_none_login' }
    : { denied: true, error: 'consent_required', description: NEEDS_CONSENT, reason: 'prompt_none_consent' }
}
