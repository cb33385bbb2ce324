import { RequestParameters } from '../../../http/form.ts'
import { type HttpResponse, redirect } from '../../../http/response.ts'
import type { ResponseMode } from '../response-mode.ts'

/** The answer in the fragment, which the browser keeps from servers. @spec RFC 6749 §4.2.2 */
export class Fragment implements ResponseMode {
  readonly name = 'fragment'

  respond(parameters: ReadonlyArray<readonly [name: string, value: string]>, redirectUri: string): HttpResponse {
    return redirect(`${redirectUri}#${RequestParameters.fromEntries(parameters)}`)
  }
}
