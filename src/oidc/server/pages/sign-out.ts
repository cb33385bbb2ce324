import type { HttpResponse } from '../../../http/response.ts'
import type { ClientView } from './client-view.ts'
import { imageSources, isolate, renderLogo } from './client-view.ts'
import type { FormView } from './form.ts'
import { renderHiddenFields } from './form.ts'
import type { Html } from './html.ts'
import { fill, html } from './html.ts'
import type { Look } from './layout.ts'
import { renderPage } from './layout.ts'

export interface SignOutView {
  readonly form: FormView
  readonly account: string
  /** Who asks: a client, somebody who did not say who they are, or the person themself. */
  readonly asker: ClientView | 'unnamed' | 'person'
}

/** The page that asks whether the person wants to sign out. @spec OIDC RP-Initiated Logout §2 */
export function renderSignOut(look: Look, view: SignOutView): HttpResponse {
  const { messages } = look
  const client = typeof view.asker === 'string' ? undefined : view.asker
  return renderPage(look, {
    name: view.asker === 'person' ? 'sign-out' : 'sign-out-requested',
    status: 200,
    title: messages.signOutTitle,
    formAction: view.form.sources,
    images: client && imageSources(client),
    main: html`${client && renderLogo(client)}
<h1>${messages.signOutTitle}</h1>
${renderAsker(look, view.asker)}
<p class="muted">${fill(messages.signOutText, { account: isolate(view.account), brand: isolate(look.brandName) })}</p>
<form method="post" action="${view.form.action}">
${renderHiddenFields(view.form)}
<div class="actions"><button class="primary" id="sign-out" type="submit" name="action" value="sign-out">${messages.signOut}</button></div>
</form>
<p class="small muted">${messages.staySignedIn}</p>`,
  })
}

function renderAsker(look: Look, asker: SignOutView['asker']): Html | undefined {
  if (asker === 'person') return undefined
  if (asker === 'unnamed') return html`<p>${look.messages.signOutUnnamedText}</p>`
  return html`<p>${fill(look.messages.signOutRequestedText, { client: isolate(asker.name) })}</p>`
}
