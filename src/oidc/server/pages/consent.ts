import type { HttpResponse } from '../../../http/response.ts'
import { isLoopbackHost } from '../../../http/url.ts'
import type { ClientView } from './client-view.ts'
import { imageSources, isolate, renderClientLinks, renderLogo } from './client-view.ts'
import type { FormView } from './form.ts'
import { renderHiddenFields } from './form.ts'
import type { Html } from './html.ts'
import { fill, fillText, html } from './html.ts'
import type { Look } from './layout.ts'
import { firstLetter, renderPage } from './layout.ts'
import type { Messages } from './messages.ts'

export interface ConsentView {
  readonly client: ClientView
  readonly form: FormView
  /** What the signed-in person is called. */
  readonly account: string
  /** Leads to the sign-in page of the same request. */
  readonly otherAccountUrl: string
  readonly scopes: readonly string[]
  readonly redirectUri: string
}

/** The page that asks whether the client may have what it asks for. */
export function renderConsent(look: Look, view: ConsentView): HttpResponse {
  const { messages } = look
  const client = isolate(view.client.name)
  return renderPage(look, {
    name: 'consent',
    status: 200,
    title: fillText(messages.consentTitle, { client: view.client.name }),
    formAction: view.form.sources,
    images: imageSources(view.client),
    main: html`${renderLogo(view.client)}
<h1>${fill(messages.consentTitle, { client })}</h1>
${renderAccount(look, view)}
<h2>${fill(messages.consentLead, { client })}</h2>
${renderScopes(view.scopes, messages)}
<p class="destination small muted" id="redirect">${renderDestination(view.redirectUri, messages)}</p>
<form method="post" action="${view.form.action}">
${renderHiddenFields(view.form)}
<div class="actions">
<button class="primary" id="allow" type="submit" name="action" value="allow" aria-describedby="redirect">${messages.allow}</button>
<button id="deny" type="submit" name="action" value="deny" aria-describedby="redirect">${messages.deny}</button>
</div>
</form>
${renderClientLinks(view.client, messages)}`,
  })
}

/** Who is signed in, and the way to be somebody else. */
export function renderAccount(look: Look, view: Pick<ConsentView, 'account' | 'otherAccountUrl'>): Html {
  return html`<div class="account"><span class="mark" aria-hidden="true">${firstLetter(view.account)}</span>
<div><p>${fill(look.messages.signedInAs, { account: isolate(view.account) })}</p>
<p class="small"><a id="other-account" href="${view.otherAccountUrl}">${look.messages.useAnotherAccount}</a></p></div></div>`
}

/** What the client will be able to do, in words. */
export function renderScopes(scopes: readonly string[], messages: Messages): Html {
  const items = describeScopes(scopes, messages).map((words) => html`<li><span>${words}</span></li>`)
  return html`<ul class="scopes">${items}</ul>`
}

function describeScopes(scopes: readonly string[], messages: Messages): readonly Html[] {
  return scopes.length === 0 ? [html`${messages.noScope}`] : scopes.map((scope) => describeScope(scope, messages))
}

function describeScope(scope: string, messages: Messages): Html {
  const words = Object.hasOwn(messages.scopes, scope) ? messages.scopes[scope] : undefined
  return words === undefined ? fill(messages.otherScope, { scope: html`<code>${scope}</code>` }) : html`${words}`
}

/**
 * Says where the answer goes: a client's name and logo can be anybody's, the host of its redirect URI cannot.
 */
function renderDestination(redirectUri: string, messages: Messages): Html {
  const url = new URL(redirectUri)
  const isWeb = url.protocol === 'https:' || url.protocol === 'http:'
  const host = isolate(isWeb ? url.host : url.protocol.slice(0, -1))
  return fill(isWeb && !isLoopbackHost(url.hostname) ? messages.redirectNotice : messages.deviceRedirectNotice, {
    host,
  })
}
