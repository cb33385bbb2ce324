import { RequestParameters } from '../../../http/form.ts'
import { type HttpResponse, redirect } from '../../../http/response.ts'
import type { ResponseMode } from '../response-mode.ts'

/** The answer in the query of the redirect URI, behind what the client registered there. @spec RFC 6749 §4.1.2 */
export class Query implements ResponseMode {
  readonly name = 'query'

  respond(parameters: ReadonlyArray<readonly [name: string, value: string]>, redirectUri: string): HttpResponse {
    return redirect(`${redirectUri}${separatorAfter(redirectUri)}${RequestParameters.fromEntries(parameters)}`)
  }
}

function separatorAfter(uri: string): string {
  if (!uri.includes('?')) return '?'
  return uri.endsWith('?') || uri.endsWith('&') ? '' : '&'
}
