import { HttpError } from '../../http/errors.ts'
import type { RequestParameters } from '../../http/form.ts'
import { type HttpRequest, queryOf } from '../../http/request.ts'
import { ClientError } from '../../oauth2/client/errors.ts'

/** The parameters that a browser brings back, and the state among them. */
export interface CallbackParameters {
  readonly parameters: RequestParameters
  readonly state: string
}

/** The parameters that the browser brings, in its URL or in a form; why not, where it brings none. @spec OIDC Form Post §2 */
export async function readCallback(request: HttpRequest): Promise<CallbackParameters | ClientError> {
  try {
    const parameters = request.method === 'POST' ? await request.form() : queryOf(request)
    const state = parameters.get('state')
    if (state !== undefined) return { parameters, state }
    return new ClientError('state_missing', '"state" is missing in the response', { parameter: 'state' })
  } catch (cause) {
    if (!(cause instanceof HttpError)) throw cause
    return new ClientError('callback_invalid', 'response must be parameters in percent-encoded UTF-8', { cause })
  }
}
