import { type HttpResponse, withHeaders } from '../../../http/response.ts'
import type { OAuth2Error } from '../../errors.ts'
import type { RequestContext } from '../context.ts'
import type { ServerCore } from '../core.ts'
import type { AuthorizationParameters } from '../decisions.ts'
import { plainErrorPage } from './error-page.ts'
import type { ProvenRequest } from './request.ts'

/** Sends an authorization response to the client, with what every response carries. @spec RFC 6749 §4.1.2 */
export async function sendToClient<S>(
  core: ServerCore<S>,
  context: RequestContext<S>,
  request: ProvenRequest,
  issued: AuthorizationParameters,
): Promise<HttpResponse> {
  const parameters: AuthorizationParameters = { ...issued }
  if (request.state !== undefined) parameters['state'] = request.state
  for (const extension of core.registry.extensions) {
    if (extension.onAuthorizationResponse)
      await extension.onAuthorizationResponse({ ...context, authorization: request, parameters })
  }
  const mode = core.registry.responseModes.get(request.responseMode)
  if (mode === undefined) throw new Error('the response mode of a checked request is no longer registered')
  return mode.respond(Object.entries(parameters), request.redirectUri)
}

/**
 * Shows an error to the person. The page is the options', else the one that an extension brings, else the plain one; a
 * page that fails is replaced by the plain one.
 *
 * @spec RFC 6749 §4.1.2.1
 */
export async function showToPerson<S>(
  core: ServerCore<S>,
  context: RequestContext<S>,
  error: OAuth2Error,
): Promise<HttpResponse> {
  const page = await renderError(core, context, error)
  const { retryAfter } = error
  return retryAfter === undefined ? page : withHeaders(page, [['retry-after', String(retryAfter)]])
}

async function renderError<S>(
  core: ServerCore<S>,
  context: RequestContext<S>,
  error: OAuth2Error,
): Promise<HttpResponse> {
  const page = core.settings.errorPage ?? core.registry.extensionErrorPage()
  if (page === undefined) return plainErrorPage(error, context)
  try {
    return await page(error, context)
  } catch (cause) {
    core.server.logger.error('error page failed', { requestId: context.requestId, cause })
    return plainErrorPage(error, context)
  }
}
