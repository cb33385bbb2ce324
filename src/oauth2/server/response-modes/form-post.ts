import { type HttpResponse, html } from '../../../http/response.ts'
import { escapeHtml } from '../../../util/escape-html.ts'
import type { ResponseMode } from '../response-mode.ts'

const SCRIPT = 'document.forms[0].submit()'
/** Where scripts run, the page stays empty for the second that the next one takes to come. */
const STYLE =
  ':root{color-scheme:light dark}body{margin:20vh auto 0;padding:0 24px;max-width:360px;font:16px/1.5 system-ui,sans-serif;text-align:center}h1{font-size:1.375rem}button{min-height:46px;padding:10px 24px;font:inherit;font-weight:600}@media (scripting:enabled){body{animation:appear 1ms 1s backwards}@keyframes appear{from{visibility:hidden}}}'
/**
 * The SHA-256 of the script and of the style: no others have an effect. No form-action: the client may redirect on from
 * its answer.
 */
const CSP =
  "default-src 'none'; script-src 'sha256-ePniVEkSivX/c7XWBGafqh8tSpiRrKiqYeqbG7N1TOE='; style-src 'sha256-0W1Qr9d4tKWEIhmG0HYunG1zbgXkmeRX1QKaZoVZT5g='; img-src data:; base-uri 'none'; frame-ancestors 'none'"

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
<link rel="icon" href="data:,">
<style>${STYLE}</style>
<main>
<h1>Back to the application</h1>
<form method="post" action="${escapeHtml(redirectUri)}">
${inputs.join('\n')}
<p>Press the button to go on.</p>
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
