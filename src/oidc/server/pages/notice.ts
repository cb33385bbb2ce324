import type { HttpResponse } from '../../../http/response.ts'
import type { DevelopmentHint } from '../../../oauth2/server/index.ts'
import type { ClientView } from './client-view.ts'
import { isolate } from './client-view.ts'
import type { Html } from './html.ts'
import { fill, html } from './html.ts'
import type { Look } from './layout.ts'
import { renderPage } from './layout.ts'

/** The pages that only say something: name, status and the texts of each. */
const NOTICES = {
  finished: { status: 410, title: 'finishedTitle', text: 'finishedText' },
  expired: { status: 410, title: 'expiredTitle', text: 'expiredText' },
  broken: { status: 400, title: 'brokenTitle', text: 'brokenText' },
  forbidden: { status: 403, title: 'forbiddenTitle', text: 'forbiddenText' },
  'device-connected': { status: 200, title: 'deviceConnectedTitle', text: 'deviceConnectedText' },
  'device-refused': { status: 200, title: 'deviceRefusedTitle', text: 'deviceRefusedText' },
  'device-expired': { status: 410, title: 'deviceExpiredTitle', text: 'deviceExpiredText' },
  'signed-out': { status: 200, title: 'signedOutTitle', text: 'signedOutText' },
  'sign-out-bad-return': { status: 400, title: 'badReturnTitle', text: 'badReturnText' },
  'sign-out-bad-hint': { status: 400, title: 'badHintTitle', text: 'badHintText' },
} as const

export type NoticeName = keyof typeof NOTICES

/** The way back to a client, where it says where it is at home. @spec RFC 7591 §2 */
export function linkToClient({ messages }: Look, { home, name }: ClientView): NoticeLink | undefined {
  return home && { id: 'return', url: home.href, text: fill(messages.returnTo, { client: isolate(name) }) }
}

/** A page that says one thing and, where there is a way on, offers one link. */
export function renderNotice(look: Look, name: NoticeName, link?: NoticeLink): HttpResponse {
  const { status, title, text } = NOTICES[name]
  return renderPage(look, {
    name,
    status,
    title: look.messages[title],
    main: html`<h1>${look.messages[title]}</h1>
<p class="muted">${look.messages[text]}</p>
${link && html`<p class="next"><a class="button" id="${link.id}" href="${link.url}">${link.text}</a></p>`}`,
  })
}

export interface NoticeLink {
  readonly id: string
  readonly url: string
  readonly text: string | Html
}

export interface ErrorView {
  readonly status: number
  readonly code: string
  readonly description: string
  /** Identifies the request in the log. */
  readonly reference: string
  /** For developers, on their own machine only. */
  readonly hint?: DevelopmentHint | undefined
}

/**
 * The page for a request that cannot be answered to the client, since the client or its redirect URI is not proven, and
 * for what went wrong at our own pages.
 *
 * @spec RFC 6749 §4.1.2.1
 */
export function renderErrorPage(look: Look, error: ErrorView): HttpResponse {
  const { messages } = look
  const [title, text] =
    error.status < 500 ? [messages.errorTitle, messages.errorText] : [messages.failureTitle, messages.failureText]
  return renderPage(look, {
    name: 'error',
    status: error.status,
    title,
    main: html`<h1>${title}</h1>
<p class="muted">${text}</p>
<p class="alert"><code id="error">${error.code}</code>: <span id="error-description">${error.description}</span></p>
<p class="small muted">${fill(messages.errorReference, { id: html`<code id="reference">${error.reference}</code>` })}</p>
${error.hint && renderHint(error.hint)}`,
  })
}

/** Not for people: it needs no translation. */
function renderHint({ reason, url }: DevelopmentHint): Html {
  return html`<p class="small muted" lang="en" dir="ltr"><code id="reason">${reason}</code> in the <a href="${url}">error catalogue</a> (shown because the issuer is this machine)</p>`
}
