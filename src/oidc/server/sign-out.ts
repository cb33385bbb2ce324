import type { HttpResponse } from '../../http/response.ts'
import { redirect, withHeaders } from '../../http/response.ts'
import type { RequestContext, SessionRecord, SessionStore } from '../../oauth2/server/index.ts'
import type { EndSessionRequest } from './end-session-request.ts'
import type { InteractionSettings } from './interaction-settings.ts'
import { isolate, viewClient } from './pages/client-view.ts'
import { fill } from './pages/html.ts'
import { renderNotice } from './pages/notice.ts'
import { endSession } from './session.ts'

/** Ends the session and sees the person off. */
export async function signOut(
  settings: InteractionSettings,
  context: RequestContext<SessionStore>,
  session: SessionRecord,
  request: EndSessionRequest,
): Promise<HttpResponse> {
  return withHeaders(leave(settings, request, true), [await endSession(context, session)])
}

/**
 * Where the person goes when nothing is left to end. Without a proof or the person's word there is no redirect, only a
 * link: a redirect that anybody can cause serves those who want to look like us.
 *
 * @spec OIDC RP-Initiated Logout §3
 */
export function leave(
  settings: InteractionSettings,
  { client, returnTo }: EndSessionRequest,
  mayRedirect: boolean,
): HttpResponse {
  const { look } = settings
  if (returnTo === undefined || client === undefined) return renderNotice(look, 'signed-out')
  if (mayRedirect) return redirect(returnTo)
  const text = fill(look.messages.returnTo, { client: isolate(viewClient(client).name) })
  return renderNotice(look, 'signed-out', { id: 'return', url: returnTo, text })
}
