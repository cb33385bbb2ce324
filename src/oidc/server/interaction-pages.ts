import { sha256Base64url } from '../../crypto/hash.ts'
import type { HttpResponse } from '../../http/response.ts'
import { withHeaders } from '../../http/response.ts'
import { parseScope } from '../../oauth2/scope.ts'
import type { RequestContext, SessionRecord } from '../../oauth2/server/index.ts'
import { bindForm } from './csrf.ts'
import { interactionUrl, urlOf } from './interaction-flow.ts'
import type { WaitingRequest } from './interaction-request.ts'
import { viewClient } from './pages/client-view.ts'
import { renderConsent } from './pages/consent.ts'
import type { FormView } from './pages/form.ts'
import { formSources } from './pages/form.ts'
import type { Look } from './pages/layout.ts'
import type { LoginView } from './pages/login.ts'
import { renderLogin } from './pages/login.ts'

/** The sign-in page of a waiting request. */
export async function showLogin(
  look: Look,
  context: RequestContext,
  waiting: WaitingRequest,
  view: Pick<LoginView, 'username' | 'problem' | 'retryAfter'>,
): Promise<HttpResponse> {
  const { form, headers } = await openForm(context, waiting, {})
  return withHeaders(renderLogin(look, { ...view, form, client: viewClient(waiting.request.client) }), headers)
}

/** The consent page of a waiting request. */
export async function showConsent(
  look: Look,
  context: RequestContext,
  waiting: WaitingRequest,
  session: SessionRecord,
): Promise<HttpResponse> {
  const { request, text } = waiting
  const { form, headers } = await openForm(context, waiting, { account: await tagAccount(waiting, session) })
  const page = renderConsent(look, {
    client: viewClient(request.client),
    form,
    account: session.display_name ?? session.subject,
    otherAccountUrl: interactionUrl(context, { handle: text, account: 'other' }),
    scopes: parseScope(request.scope),
    redirectUri: request.redirectUri,
  })
  return withHeaders(page, headers)
}

/** Whom a consent page was shown to, as its form says it: whoever else is signed in by then has not seen it. */
export async function tagAccount({ handle }: WaitingRequest, { subject }: SessionRecord): Promise<string> {
  return sha256Base64url(`account.${handle.id}.${subject}`)
}

async function openForm(
  context: RequestContext,
  { text, handle, request }: WaitingRequest,
  fields: Readonly<Record<string, string>>,
): Promise<{ form: FormView; headers: HttpResponse['headers'] }> {
  const { token, headers } = await bindForm(context, handle.id)
  const form = {
    action: urlOf(context, 'interaction'),
    fields: { handle: text, csrf: token, ...fields },
    sources: formSources(request.redirectUri),
  }
  return { form, headers }
}
