import type { RequestParameters } from '../../http/form.ts'
import { queryOf } from '../../http/request.ts'
import type { Header, HttpResponse } from '../../http/response.ts'
import { redirect } from '../../http/response.ts'
import { formatScope, parseScope } from '../../oauth2/scope.ts'
import type {
  AuthorizationDecision,
  AuthorizationRequest,
  Denial,
  Endpoint,
  RequestContext,
} from '../../oauth2/server/index.ts'
import { readAuthenticationRequest } from './authentication-request.ts'
import { isBoundForm } from './csrf.ts'
import { approve, beginInteraction, findStanding, interactionUrl } from './interaction-flow.ts'
import { endOf } from './interaction-handle.ts'
import { showConsent, showLogin, tagAccount } from './interaction-pages.ts'
import { fitsHint } from './interaction-policy.ts'
import type { WaitingRequest } from './interaction-request.ts'
import { takeUp } from './interaction-request.ts'
import type { InteractionSettings, InteractionStore } from './interaction-settings.ts'
import { viewClient } from './pages/client-view.ts'
import { linkToClient, renderNotice } from './pages/notice.ts'
import { startSession } from './session.ts'
import { readSignIn } from './sign-in.ts'

type Context = RequestContext<InteractionStore>
type Action = (context: Context, waiting: WaitingRequest, form: RequestParameters) => Promise<HttpResponse>

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
  /** By the `action` of the button that was pressed. */
  readonly #actions: ReadonlyMap<string | undefined, Action> = new Map<string, Action>([
    ['login', (context, waiting, form) => this.#signIn(context, waiting, form)],
    ['allow', (context, waiting, form) => this.#allow(context, waiting, form)],
    ['deny', (context, waiting) => this.#finish(context, waiting, { denied: true })],
  ])

  constructor(settings: InteractionSettings) {
    this.#settings = settings
  }

  async handle(context: Context): Promise<HttpResponse> {
    const isForm = context.request.method === 'POST'
    const params = isForm ? await context.request.form() : queryOf(context.request)
    const waiting = await takeUp(this.#settings, context, params.get('handle'))
    if ('status' in waiting) return waiting
    return isForm ? this.#submit(context, waiting, params) : this.#show(context, waiting, params)
  }

  async #show(context: Context, waiting: WaitingRequest, query: RequestParameters): Promise<HttpResponse> {
    const { handle, request } = waiting
    if (handle.isUnseen) return this.#beginLate(context, waiting)
    const { step, session } = await findStanding(this.#settings, context, request, handle)
    if (step === 'login' || query.get('account') === 'other') {
      return showLogin(this.#settings.look, context, waiting, { username: request.params.get('login_hint') ?? '' })
    }
    return step === 'consent'
      ? showConsent(this.#settings.look, context, waiting, session)
      : this.#finish(context, waiting, approve(session))
  }

  /** What could not be done at the authorization endpoint, where the browser's cookies were missing. */
  async #beginLate(context: Context, waiting: WaitingRequest): Promise<HttpResponse> {
    const outcome = await beginInteraction(this.#settings, context, waiting.request)
    return 'status' in outcome ? outcome : this.#finish(context, waiting, outcome)
  }

  async #submit(context: Context, waiting: WaitingRequest, form: RequestParameters): Promise<HttpResponse> {
    const isOurs = await isBoundForm(context, waiting.handle.id, form.get('csrf'))
    if (!isOurs) return renderNotice(this.#settings.look, 'forbidden')
    const action = this.#actions.get(form.get('action'))
    return action === undefined ? renderNotice(this.#settings.look, 'broken') : action(context, waiting, form)
  }

  async #signIn(context: Context, waiting: WaitingRequest, form: RequestParameters): Promise<HttpResponse> {
    const { look, authenticate, sessionLifetime } = this.#settings
    const person = await readSignIn(context, authenticate, form)
    if ('problem' in person) return showLogin(look, context, waiting, person)
    const demands = await readAuthenticationRequest(context.server, waiting.request)
    if (!fitsHint(demands, person.subject)) return this.#finish(context, waiting, OTHER_PERSON)
    return showAgain(context, waiting, [await startSession(context, person, sessionLifetime)])
  }

  async #allow(context: Context, waiting: WaitingRequest, form: RequestParameters): Promise<HttpResponse> {
    const { handle, request } = waiting
    const { step, session } = await findStanding(this.#settings, context, request, handle)
    // The session ended, or another person signed in, while the page was open.
    if (step === 'login' || form.get('account') !== (await tagAccount(waiting, session))) {
      return showAgain(context, waiting)
    }
    await rememberConsent(context, request, session.subject)
    return this.#finish(context, waiting, approve(session))
  }

  /** Answers the client, once. */
  async #finish(context: Context, waiting: WaitingRequest, decision: AuthorizationDecision): Promise<HttpResponse> {
    const { handle, request } = waiting
    const isFirst = await context.store.rememberOnce(`interaction:${handle.id}`, endOf(handle))
    return isFirst
      ? context.server.createAuthorizationResponse(request, decision)
      : renderNotice(this.#settings.look, 'finished', linkToClient(this.#settings.look, viewClient(request.client)))
  }
}

/** @spec OIDC Core §3.1.2.1 */
const OTHER_PERSON: Denial = {
  denied: true,
  error: 'login_required',
  description: 'the person who signed in is not the one that "id_token_hint" names',
  reason: 'other_person',
}

/** Back to the page by GET, which finds out what comes next; reloading it sends no form twice. */
function showAgain(context: Context, { text }: WaitingRequest, headers: readonly Header[] = []): HttpResponse {
  return redirect(interactionUrl(context, { handle: text }), 303, headers)
}

/** What was agreed to before stays agreed to. */
async function rememberConsent({ store, now }: Context, request: AuthorizationRequest, subject: string): Promise<void> {
  const { client_id } = request.client
  const before = await store.findConsent(subject, client_id)
  const scope = formatScope([...parseScope(before?.scope), ...parseScope(request.scope)])
  await store.saveConsent({ subject, client_id, scope, created_at: now })
}
