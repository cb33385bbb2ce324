import { type HttpResponse, html } from '../../../http/response.ts'
import type { Awaitable } from '../../../util/awaitable.ts'
import { escapeHtml } from '../../../util/escape-html.ts'
import type { OAuth2Error } from '../../errors.ts'
import type { RequestContext } from '../context.ts'
import { type DevelopmentHint, findDevelopmentHint } from './development-hint.ts'

/**
 * Shows a person why an authorization request cannot go on, where the client must not be told: it may be the attacker.
 * The context's `requestId` is what the person may quote to the operator.
 *
 * @spec RFC 6749 §4.1.2.1
 */
export type ErrorPage = (error: OAuth2Error, context: RequestContext) => Awaitable<HttpResponse>

/** The page of a server that was given no other: semantic HTML, no style, no script. */
export function plainErrorPage(error: OAuth2Error, context: RequestContext): HttpResponse {
  const hint = findDevelopmentHint(error, context)
  return html(
    error.status,
    `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>This request cannot be answered</title>
<main>
<h1>This request cannot be answered</h1>
<p>The application that sent you here made a request that is not valid. You can go back and try again, or tell its
developers:</p>
<dl>
<dt>Error</dt><dd><code>${escapeHtml(error.code)}</code></dd>
<dt>Description</dt><dd>${escapeHtml(error.description)}</dd>
<dt>Reference</dt><dd><code>${escapeHtml(context.requestId)}</code></dd>${hint === undefined ? '' : renderHint(hint)}
</dl>
</main>
</html>
`,
  )
}

function renderHint({ reason, url }: DevelopmentHint): string {
  return `
<dt>For developers</dt><dd><code>${escapeHtml(reason)}</code> in the <a href="${escapeHtml(url)}">error catalogue</a></dd>`
}
