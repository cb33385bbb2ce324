import { RequestParameters } from '../../http/form.ts'
import type { HttpRequest } from '../../http/request.ts'
import type { HttpResponse } from '../../http/response.ts'
import type { AuthorizationRequest, Denial, RequestContext } from '../../oauth2/server/index.ts'
import { isAuthenticationRequest } from './authentication-request.ts'
import { urlOf } from './interaction-flow.ts'
import type { InteractionHandle } from './interaction-handle.ts'
import { endOf, isExpired } from './interaction-handle.ts'
import type { InteractionSettings } from './interaction-settings.ts'
import { renderNotice } from './pages/notice.ts'

/** A request that was taken up again: checked anew, and with time left. */
export interface WaitingRequest {
  /** As it came, for the forms and links of the next page. */
  readonly text: string
  readonly handle: InteractionHandle
  readonly request: AuthorizationRequest
}

/**
 * Takes a request up again, or says why that is not possible. It is checked anew, since the client may have changed while
 * the person was away. One whose time is up is answered to the client, which can start again: no dead end for anybody.
 *
 * @throws AuthorizationRefusal where the request would not be accepted any more.
 */
export async function takeUp(
  { handles, look }: InteractionSettings,
  context: RequestContext,
  text: string | undefined,
): Promise<WaitingRequest | HttpResponse> {
  const handle = await handles.read(text)
  if (text === undefined || handle === undefined) return renderNotice(look, 'broken')
  if (context.now >= endOf(handle)) return renderNotice(look, 'expired')
  const { source, isReference } = handle
  const resumed = { params: RequestParameters.parse(handle.parameters), source, isReference }
  const request = await context.server.getConsentGrant(rebuildRequest(context, handle), context.requestId, resumed)
  return isExpired(handle, context.now)
    ? context.server.createAuthorizationResponse(request, refuseExpired(request))
    : { text, handle, request }
}

/** The authorization request as it came in, with what the browser sends now. */
function rebuildRequest(context: RequestContext, { parameters }: InteractionHandle): HttpRequest {
  const { request } = context
  return {
    method: 'GET',
    url: `${urlOf(context, 'authorization')}?${parameters}`,
    remoteAddress: request.remoteAddress,
    header: (name) => request.header(name),
    form: () => request.form(),
    json: () => request.json(),
  }
}

/** `login_required` is a word of OpenID Connect only. @spec OIDC Core §3.1.2.6 */
function refuseExpired(request: AuthorizationRequest): Denial {
  const description = 'the person did not sign in and decide in time'
  return isAuthenticationRequest(request)
    ? { denied: true, error: 'login_required', description, reason: 'sign_in_expired' }
    : { denied: true, description, reason: 'decision_expired' }
}
