import { randomToken } from '../../../crypto/random.ts'
import type { HttpResponse } from '../../../http/response.ts'
import { html as respond } from '../../../http/response.ts'
import type { Html } from './html.ts'
import { html } from './html.ts'
import type { Messages } from './messages.ts'

/** How the pages of one provider look and speak. */
export interface Look {
  /** Whose pages these are. */
  readonly brandName: string
  /** The icon of the browser's tab, as a `data:` address. */
  readonly icon: string
  readonly messages: Messages
  readonly css: string
}

export interface Page {
  /** Which page this is, as `data-page` of its `main`: stable, for tests and user agents that recognise pages. */
  readonly name: string
  readonly status: number
  readonly title: string
  readonly main: Html
  /** Where the page's form may lead, as CSP sources. Absent: it has none. */
  readonly formAction?: readonly string[]
  /** Where the page's pictures come from, as CSP sources. Absent: it has none but the icon. */
  readonly images?: readonly string[] | undefined
}

/**
 * A page that works without scripts and loads nothing but the pictures it names. It is never cached, never framed, and
 * never tells its address to others: its query may hold the handle of a login.
 */
export function renderPage(look: Look, page: Page): HttpResponse {
  const nonce = randomToken(16)
  return respond(page.status, `<!doctype html>${writeDocument(look, page, nonce).markup}`, [
    ['content-security-policy', buildPolicy(page, nonce)],
  ])
}

function buildPolicy(page: Page, nonce: string): string {
  return [
    "default-src 'none'",
    `style-src 'nonce-${nonce}'`,
    `img-src ${['data:', ...(page.images ?? [])].join(' ')}`,
    `form-action ${listSources(page.formAction)}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; ')
}

function listSources(sources: readonly string[] = []): string {
  return sources.length === 0 ? "'none'" : sources.join(' ')
}

function writeDocument(look: Look, page: Page, nonce: string): Html {
  return html`<html lang="${look.messages.lang}" dir="${look.messages.dir}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex, nofollow">
<title>${page.title} · ${look.brandName}</title>
<link rel="icon" href="${look.icon}">
<style nonce="${nonce}">${{ markup: look.css }}</style>
</head>
<body>
<header class="brand"><span class="mark" aria-hidden="true">${firstLetter(look.brandName)}</span><bdi>${look.brandName}</bdi></header>
<main data-page="${page.name}">
${page.main}
</main>
</body>
</html>`
}

/** The first letter of a name, for the round or square badge beside it. */
export function firstLetter(name: string): string {
  return /[\p{L}\p{N}]/u.exec(name)?.[0] ?? '·'
}
