import { RequestParameters } from '../../http/form.ts'
import { queryOf } from '../../http/request.ts'
import type { HttpResponse } from '../../http/response.ts'
import { redirect, withHeaders } from '../../http/response.ts'
import type { ClientStore, Endpoint, RequestContext, SessionRecord, SessionStore } from '../../oauth2/server/index.ts'
import type { OpenIdProviderMetadata } from '../discovery.ts'
import { bindForm } from './csrf.ts'
import type { EndSessionRequest } from './end-session-request.ts'
import { readEndSessionRequest } from './end-session-request.ts'
import type { IdTokenHint } from './id-token-hint.ts'
import { urlOf } from './interaction-flow.ts'
import type { InteractionSettings } from './interaction-settings.ts'
import { viewClient } from './pages/client-view.ts'
import { formSources } from './pages/form.ts'
import type { NoticeLink } from './pages/notice.ts'
import { renderNotice } from './pages/notice.ts'
import { renderSignOut } from './pages/sign-out.ts'
import { findSession, hasSessionCookie } from './session.ts'
import { leave, signOut } from './sign-out.ts'

type Context = RequestContext<SessionStore & ClientStore>

/**
 * Ends the person's session on a client's request. At once where the client proves by an ID token that it is this
 * person's; otherwise the person is asked, since any page may send a browser here.
 *
 * @spec OIDC RP-Initiated Logout §2
 */
export class EndSessionEndpoint implements Endpoint<SessionStore & ClientStore> {
  readonly name = 'end_session'
  readonly path = '/logout'
  readonly methods = ['GET', 'POST'] as const
  readonly errors = 'page'
  readonly #settings: InteractionSettings

  constructor(settings: InteractionSettings) {
    this.#settings = settings
  }

  metadata(url: string): Partial<OpenIdProviderMetadata> {
    return { end_session_endpoint: url }
  }

  async handle(context: Context): Promise<HttpResponse> {
    const isForm = context.request.method === 'POST'
    const sent = isForm ? await context.request.form() : queryOf(context.request)
    // A form that another site sent brings no cookies (SameSite=Lax); a redirect to ourselves will.
    if (isForm && !hasSessionCookie(context)) return this.#comeBack(context, sent)
    const handle = await this.#settings.signOutHandles.read(sent.get('handle'), context.now)
    return this.#answer(context, handle?.params ?? sent)
  }

  async #comeBack(context: Context, params: RequestParameters): Promise<HttpResponse> {
    const { text } = await this.#settings.signOutHandles.open(context, params)
    return redirect(`${urlOf(context, this.name)}?${RequestParameters.fromEntries([['handle', text]])}`)
  }

  async #answer(context: Context, params: RequestParameters): Promise<HttpResponse> {
    const request = await readEndSessionRequest(context, params)
    if (typeof request === 'string') return renderNotice(this.#settings.look, request, this.#offerSignOut(context))
    const session = await findSession(context)
    if (session === undefined) return leave(this.#settings, request, request.hint !== undefined)
    return isOfSession(request.hint, session)
      ? signOut(this.#settings, context, session, request)
      : this.#ask(context, params, request, session)
  }

  async #ask(
    context: Context,
    params: RequestParameters,
    request: EndSessionRequest,
    session: SessionRecord,
  ): Promise<HttpResponse> {
    const { id, text } = await this.#settings.signOutHandles.open(context, params)
    const { token, headers } = await bindForm(context, id)
    const page = renderSignOut(this.#settings.look, {
      form: {
        action: urlOf(context, 'end_session_confirmation'),
        fields: { handle: text, csrf: token },
        sources: formSources(request.returnTo),
      },
      account: session.display_name ?? session.subject,
      asker: request.client ? viewClient(request.client) : request.isEmpty ? 'person' : 'unnamed',
    })
    return withHeaders(page, headers)
  }

  #offerSignOut(context: Context): NoticeLink {
    return { id: 'sign-out-anyway', url: urlOf(context, this.name), text: this.#settings.look.messages.signOutAnyway }
  }
}

/**
 * Whether the client knows this very session. A token from another session, though of the same person, may have leaked
 * long ago: the person is asked.
 *
 * @spec OIDC RP-Initiated Logout §2
 */
function isOfSession(hint: IdTokenHint | undefined, { id, subject }: SessionRecord): boolean {
  return hint?.subject === subject && (hint.session === undefined || hint.session === id)
}
