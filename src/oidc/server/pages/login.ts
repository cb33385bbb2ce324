import { type HttpResponse, withHeaders } from '../../../http/response.ts'
import type { Seconds } from '../../../util/clock.ts'
import type { ClientView } from './client-view.ts'
import { imageSources, isolate, renderClientLinks, renderLogo } from './client-view.ts'
import type { FormView } from './form.ts'
import { renderHiddenFields } from './form.ts'
import type { Html } from './html.ts'
import { fill, html } from './html.ts'
import type { Look } from './layout.ts'
import { renderPage } from './layout.ts'

export interface LoginView {
  /** Absent: the person came by themself, to connect a device. */
  readonly client?: ClientView
  readonly form: FormView
  /** What was typed before, or the request's `login_hint`. */
  readonly username: string
  readonly problem?: 'missingCredentials' | 'wrongCredentials' | 'tooManySignIns'
  /** How long the person has to wait, where that is the problem. */
  readonly retryAfter?: Seconds
}

/** The page that asks who the person is. */
export function renderLogin(look: Look, view: LoginView): HttpResponse {
  const { messages } = look
  const page = renderPage(look, {
    name: 'sign-in',
    status: statusOf(view),
    title: messages.signInTitle,
    formAction: view.form.sources,
    images: view.client && imageSources(view.client),
    main: html`${view.client && renderLogo(view.client)}
<h1>${messages.signInTitle}</h1>
<p class="muted">${renderLead(look, view)}</p>
${view.problem && html`<p class="alert" id="problem" role="alert">${messages[view.problem]}</p>`}
<form method="post" action="${view.form.action}">
${renderHiddenFields(view.form)}
${renderUsername(look, view)}
${renderPassword(look, view)}
<div class="actions">
<button class="primary" id="sign-in" type="submit" name="action" value="login">${messages.signIn}</button>
${view.client && html`<button id="cancel" type="submit" name="action" value="deny" formnovalidate>${messages.cancel}</button>`}
</div>
</form>
${view.client && renderClientLinks(view.client, messages)}`,
  })
  return view.retryAfter === undefined ? page : withHeaders(page, [['retry-after', String(view.retryAfter)]])
}

/** 422: the request is understood, its content is not right. Browsers keep what was typed. @spec RFC 6585 §4 */
function statusOf({ problem }: LoginView): number {
  if (problem === undefined) return 200
  return problem === 'tooManySignIns' ? 429 : 422
}

function renderLead({ messages }: Look, { client }: LoginView): Html {
  if (client === undefined) return html`${messages.signInDeviceLead}`
  return fill(messages.signInLead, { client: isolate(client.name) })
}

function renderUsername(look: Look, view: LoginView): Html {
  return html`<div class="field"><label for="username">${look.messages.username}</label>
<input id="username" name="username" type="text" value="${view.username}" autocomplete="username" autocapitalize="none" autocorrect="off" spellcheck="false" required${attributes(view, view.username === '')}></div>`
}

function renderPassword(look: Look, view: LoginView): Html {
  return html`<div class="field"><label for="password">${look.messages.password}</label>
<input id="password" name="password" type="password" autocomplete="current-password" required${attributes(view, view.username !== '')}></div>`
}

/** The field to fill in next has the focus; after a problem both fields say so, and where it is explained. */
function attributes(view: LoginView, isNext: boolean): Html {
  return html`${view.problem && html` aria-invalid="true" aria-describedby="problem"`}${isNext && html` autofocus`}`
}
