import type { HttpResponse } from '../../../http/response.ts'
import type { ClientView } from './client-view.ts'
import { imageSources, isolate, renderClientLinks, renderLogo } from './client-view.ts'
import { renderAccount, renderScopes } from './consent.ts'
import type { FormView } from './form.ts'
import { renderHiddenFields } from './form.ts'
import type { Html } from './html.ts'
import { fill, fillText, html } from './html.ts'
import type { Look } from './layout.ts'
import { renderPage } from './layout.ts'

/** What the two pages have in common. */
interface DeviceView {
  readonly form: FormView
  /** What the signed-in person is called. */
  readonly account: string
  readonly otherAccountUrl: string
  /** What was typed, or came with the link; what the device shows once it was found. */
  readonly userCode: string
}

export interface DeviceCodeView extends DeviceView {
  readonly problem?: 'wrongDeviceCode' | 'tooManyDeviceCodes'
}

const STATUS_OF_PROBLEM = { wrongDeviceCode: 422, tooManyDeviceCodes: 429 } as const

/** The page that asks for the code which a device shows. @spec RFC 8628 §3.3 */
export function renderDeviceCode(look: Look, view: DeviceCodeView): HttpResponse {
  const { messages } = look
  return renderPage(look, {
    name: 'device',
    status: view.problem === undefined ? 200 : STATUS_OF_PROBLEM[view.problem],
    title: messages.deviceTitle,
    formAction: view.form.sources,
    main: html`<h1>${messages.deviceTitle}</h1>
<p class="muted">${messages.deviceLead}</p>
${renderAccount(look, view)}
${view.problem && html`<p class="alert" id="problem" role="alert">${messages[view.problem]}</p>`}
<form method="post" action="${view.form.action}">
${renderHiddenFields(view.form)}
<div class="field"><label for="user-code">${messages.deviceCode}</label>
<input class="code" id="user-code" name="user_code" type="text" value="${view.userCode}" autocomplete="off" autocapitalize="characters" autocorrect="off" spellcheck="false" maxlength="64" required${attributes(view)}></div>
<div class="actions"><button class="primary" id="continue" type="submit" name="action" value="continue">${messages.deviceContinue}</button></div>
</form>`,
  })
}

function attributes({ problem, userCode }: DeviceCodeView): Html {
  const hasFocus = userCode === '' || problem !== undefined
  return html`${problem && html` aria-invalid="true" aria-describedby="problem"`}${hasFocus && html` autofocus`}`
}

export interface DeviceConsentView extends DeviceView {
  readonly client: ClientView
  readonly scopes: readonly string[]
}

/**
 * The page that asks whether this is the device, and whether it may have what it asks for. What the client is called and
 * what it looks like may be anybody's; that the code is the one in front of the person may not.
 *
 * @spec RFC 8628 §5.4
 */
export function renderDeviceConsent(look: Look, view: DeviceConsentView): HttpResponse {
  const { messages } = look
  const client = isolate(view.client.name)
  return renderPage(look, {
    name: 'device-consent',
    status: 200,
    title: fillText(messages.deviceConsentTitle, { client: view.client.name }),
    formAction: view.form.sources,
    images: imageSources(view.client),
    main: html`${renderLogo(view.client)}
<h1>${fill(messages.deviceConsentTitle, { client })}</h1>
<h2 id="compare">${messages.deviceCompare}</h2>
<p class="code"><span id="user-code">${view.userCode}</span></p>
<p class="small" id="warning">${messages.deviceWarning}</p>
${renderAccount(look, view)}
<h2>${fill(messages.consentLead, { client })}</h2>
${renderScopes(view.scopes, messages)}
<form method="post" action="${view.form.action}">
${renderHiddenFields(view.form)}
<div class="actions">
<button class="primary" id="allow" type="submit" name="action" value="allow" aria-describedby="compare user-code warning">${messages.allow}</button>
<button id="deny" type="submit" name="action" value="deny">${messages.deny}</button>
</div>
</form>
${renderClientLinks(view.client, messages)}`,
  })
}
