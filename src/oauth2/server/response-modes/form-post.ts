import { type HttpResponse, html } from '../../../http/response.ts'
import { escapeHtml } from '../../../util/escape-html.ts'
import type { ResponseMode } from '../response-mode.ts'

const SCRIPT = 'document.forms[0].submit()'
/** The SHA-256 of the script: it is the only one that may run. No form-action: the client may redirect on from its answer. */
const CSP =
  "default-src 'none'; script-src 'sha256-ePniVEkSivX/c7XWBGafqh8tSpiRrKiqYeqbG7N1TOE='; base-uri 'none'; frame-ancestors 'none'"

/**
 * A page that posts the answer to the client by itself; with scripting off it has a button. Values are escaped, not
 * percent-encoded: they arrive as they left.
 *
 * @spec OIDC Form Post §2
 */
export class FormPost implements ResponseMode {
  readonly name = 'form_post'

  respond(parameters: ReadonlyArray<readonly [name: string, value: string]>, redirectUri: string): HttpResponse {
    const inputs = parameters.map(
      ([name, value]) => `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}">`,
    )
    return html(
      200,
      `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Back to the application</title>
<main>
<h1>Back to the application</h1>
<form method="post" action="${escapeHtml(redirectUri)}">
${inputs.join('\n')}
<noscript><p>Press the button to go on.</p></noscript>
<button type="submit" id="continue">Continue</button>
</form>
</main>
<script>${SCRIPT}</script>
</html>
`,
      [['content-security-policy', CSP]],
    )
  }
}
