import type { HttpResponse } from '../../http/response.ts'
import type { ClientStore, Endpoint, RequestContext, SessionStore } from '../../oauth2/server/index.ts'
import { isBoundForm } from './csrf.ts'
import { readEndSessionRequest } from './end-session-request.ts'
import type { InteractionSettings } from './interaction-settings.ts'
import { renderNotice } from './pages/notice.ts'
import { findSession } from './session.ts'
import { leave, signOut } from './sign-out.ts'

/** Takes the person's word from the page that asked for it. */
export class EndSessionConfirmation implements Endpoint<SessionStore & ClientStore> {
  readonly name = 'end_session_confirmation'
  readonly path = '/logout/confirm'
  readonly methods = ['POST'] as const
  readonly errors = 'page'
  readonly #settings: InteractionSettings

  constructor(settings: InteractionSettings) {
    this.#settings = settings
  }

  async handle(context: RequestContext<SessionStore & ClientStore>): Promise<HttpResponse> {
    const { look, signOutHandles } = this.#settings
    const form = await context.request.form()
    const handle = await signOutHandles.read(form.get('handle'), context.now)
    if (handle === undefined) return renderNotice(look, 'expired')
    if (!(await isBoundForm(context, handle.id, form.get('csrf')))) return renderNotice(look, 'forbidden')
    const request = await readEndSessionRequest(context, handle.params)
    if (typeof request === 'string') return renderNotice(look, request)
    const session = await findSession(context)
    return session === undefined
      ? leave(this.#settings, request, true)
      : signOut(this.#settings, context, session, request)
  }
}
