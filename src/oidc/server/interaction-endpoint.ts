import { sha256Base64url } from '../../crypto/hash.ts'
import type { RequestParameters } from '../../http/form.ts'
import type { HttpRequest } from '../../http/request.ts'
import { queryOf } from '../../http/request.ts'
import type { HttpResponse } from '../../http/response.ts'
import { redirect, withHeaders } from '../../http/response.ts'
import { formatScope, parseScope } from '../../oauth2/scope.ts'
import type { AuthorizationRequest } from '../../oauth2/server/authorization/request.ts'
import type { RequestContext } from '../../oauth2/server/context.ts'
import type { Endpoint } from '../../oauth2/server/endpoint.ts'
import type { AuthorizationDecision, Denial } from '../../oauth2/server/grant.ts'
import type { SessionRecord } from '../../oauth2/server/records.ts'
import { isAuthenticationRequest } from './authentication-request.ts'
import { bindForm, isBoundForm } from './csrf.ts'
import { approve, beginInteraction, findStanding, interactionUrl, urlOf } from './interaction-flow.ts'
import type { InteractionHandle } from './interaction-handle.ts'
import { endOf, isExpired } from './interaction-handle.ts'
import type { InteractionSettings, InteractionStore } from './interaction-settings.ts'
import { viewClient } from './pages/client-view.ts'
import { renderConsent } from './pages/consent.ts'
import { formSources } from './pages/form.ts'
import type { LoginView } from './pages/login.ts'
import { renderLogin } from './pages/login.ts'
import { renderNotice } from './pages/notice.ts'
import { startSession } from './session.ts'

/** A request that was taken up again: checked anew, and with time left. */
interface Waiting {
  readonly text: string
  readonly handle: InteractionHandle
  readonly request: AuthorizationRequest
}

type Context = RequestContext<InteractionStore>

/**
 * The pages on which a person signs in and agrees. Which of them is shown is found out anew each time, from the handle
 * and the browser's session: there is no state that could be lost between two tabs.
 */
export class InteractionEndpoint implements Endpoint<InteractionStore> {
  readonly name = 'interaction'
  readonly path = '/interaction'
  readonly methods = ['GET', 'POST'] as const
  readonly errors = 'page'
  readonly #settings: InteractionSettings

  constructor(settings: InteractionSettings) {
    this.#settings = settings
  }

  async handle(context: Context): Promise<HttpResponse> {
    const isForm = context.request.method === 'POST'
    const params = isForm ? await context.request.form() : queryOf(context.request)
    const waiting = await this.#takeUp(context, params.get('handle'))
    if ('status' in waiting) return waiting
    return isForm ? this.#submit(context, waiting, params) : this.#show(context, waiting, params)
  }

  /** The request is checked anew: the client may have changed while the person was away. */
  async #takeUp(context: Context, text: string | undefined): Promise<Waiting | HttpResponse> {
    const handle = await this.#settings.handles.read(text)
    if (text === undefined || handle === undefined) return renderNotice(this.#settings.look, 'broken')
    if (context.now >= endOf(handle)) return renderNotice(this.#settings.look, 'expired')
    const request = await context.server.getConsentGrant(rebuildRequest(context, handle), context.requestId)
    if (isExpired(handle, context.now)) {
      return context.server.createAuthorizationResponse(request, refuseExpired(request))
    }
    return { text, handle, request }
  }

  async #show(context: Context, waiting: Waiting, query: RequestParameters): Promise<HttpResponse> {
    if (waiting.handle.isUnseen) {
      const outcome = await beginInteraction(this.#settings, context, waiting.request)
      return 'status' in outcome ? outcome : this.#finish(context, waiting, outcome)
    }
    const { step, session } = await findStanding(this.#settings, context, waiting.request, waiting.handle)
    if (step === 'login' || query.get('account') === 'other') {
      return this.#showLogin(context, waiting, { username: waiting.request.params.get('login_hint') ?? '' })
    }
    return step === 'consent'
      ? this.#showConsent(context, waiting, session)
      : this.#finish(context, waiting, approve(session))
  }

  async #submit(context: Context, waiting: Waiting, form: RequestParameters): Promise<HttpResponse> {
    if (!(await isBoundForm(context, waiting.handle.id, form.get('csrf')))) {
      return renderNotice(this.#settings.look, 'forbidden')
    }
    switch (form.get('action')) {
      case 'login':
        return this.#signIn(context, waiting, form)
      case 'allow':
        return this.#allow(context, waiting, form)
      case 'deny':
        return this.#finish(context, waiting, { denied: true })
      default:
        return renderNotice(this.#settings.look, 'broken')
    }
  }

  async #signIn(context: Context, waiting: Waiting, form: RequestParameters): Promise<HttpResponse> {
    const { server, request, requestId } = context
    const username = form.get('username') ?? ''
    const password = form.get('password') ?? ''
    if (username === '' || password === '') {
      return this.#showLogin(context, waiting, { username, problem: 'missingCredentials' })
    }
    const person = await this.#settings.authenticate({ username, password, request })
    if (person === undefined) {
      server.emit('login.failed', { requestId })
      return this.#showLogin(context, waiting, { username, problem: 'wrongCredentials' })
    }
    const { demands } = await findStanding(this.#settings, context, waiting.request, waiting.handle)
    if (demands.subject !== undefined && demands.subject !== person.subject) {
      return this.#finish(context, waiting, OTHER_PERSON)
    }
    return this.#reload(context, waiting, [await startSession(context, person, this.#settings.sessionLifetime)])
  }

  async #allow(context: Context, waiting: Waiting, form: RequestParameters): Promise<HttpResponse> {
    const { step, session } = await findStanding(this.#settings, context, waiting.request, waiting.handle)
    // The session ended, or another person signed in, while the page was open: they have not seen it.
    if (step === 'login' || form.get('account') !== (await tagAccount(waiting, session))) {
      return this.#reload(context, waiting)
    }
    await rememberConsent(context, waiting.request, session.subject)
    return this.#finish(context, waiting, approve(session))
  }

  /** Answers the client, once. */
  async #finish(
    context: Context,
    { handle, request }: Waiting,
    decision: AuthorizationDecision,
  ): Promise<HttpResponse> {
    const isFirst = await context.store.rememberOnce(`interaction:${handle.id}`, endOf(handle))
    if (!isFirst) return renderNotice(this.#settings.look, 'finished')
    return context.server.createAuthorizationResponse(request, decision)
  }

  #reload(context: Context, { text }: Waiting, headers: HttpResponse['headers'] = []): HttpResponse {
    return redirect(interactionUrl(context, { handle: text }), 303, headers)
  }

  async #showLogin(
    context: Context,
    { text, handle, request }: Waiting,
    view: Pick<LoginView, 'username' | 'problem'>,
  ): Promise<HttpResponse> {
    const { token, headers } = await bindForm(context, handle.id)
    const form = {
      action: urlOf(context, 'interaction'),
      fields: { handle: text, csrf: token },
      sources: formSources(request.redirectUri),
    }
    return withHeaders(renderLogin(this.#settings.look, { ...view, form, client: viewClient(request.client) }), headers)
  }

  async #showConsent(context: Context, waiting: Waiting, session: SessionRecord): Promise<HttpResponse> {
    const { text, handle, request } = waiting
    const { token, headers } = await bindForm(context, handle.id)
    const page = renderConsent(this.#settings.look, {
      client: viewClient(request.client),
      form: {
        action: urlOf(context, 'interaction'),
        fields: { handle: text, csrf: token, account: await tagAccount(waiting, session) },
        sources: formSources(request.redirectUri),
      },
      account: session.display_name ?? session.subject,
      otherAccountUrl: interactionUrl(context, { handle: text, account: 'other' }),
      scopes: parseScope(request.scope),
      redirectUri: request.redirectUri,
    })
    return withHeaders(page, headers)
  }
}

const OTHER_PERSON: Denial = {
  denied: true,
  error: 'login_required',
  description: 'the person who signed in is not the one that "id_token_hint" names',
}

/** Not a dead end: the client is told, and can start again. `login_required` is a word of OpenID Connect only. */
function refuseExpired(request: AuthorizationRequest): Denial {
  const error = isAuthenticationRequest(request) ? 'login_required' : 'access_denied'
  return { denied: true, error, description: 'the person did not sign in and decide in time' }
}

/** The authorization request as it came in, with what the browser sends now. */
function rebuildRequest({ server, request }: Context, handle: InteractionHandle): HttpRequest {
  return {
    method: 'GET',
    url: `${server.endpointUrl('authorization') ?? '/'}?${handle.parameters}`,
    header: (name) => request.header(name),
    form: () => request.form(),
    json: () => request.json(),
  }
}

/** Says in the form whom the page was shown to, without saying it to who reads the page's source. */
async function tagAccount({ handle }: Waiting, session: SessionRecord): Promise<string> {
  return sha256Base64url(`account.${handle.id}.${session.subject}`)
}

/** What was agreed to before stays agreed to. */
async function rememberConsent({ store, now }: Context, request: AuthorizationRequest, subject: string): Promise<void> {
  const { client_id } = request.client
  const before = await store.findConsent(subject, client_id)
  const scope = formatScope([...parseScope(before?.scope), ...parseScope(request.scope)])
  await store.saveConsent({ subject, client_id, scope, created_at: now })
}
