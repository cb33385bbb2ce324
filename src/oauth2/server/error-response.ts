import { NO_STORE } from '../../http/cache-control.ts'
import { HttpError } from '../../http/errors.ts'
import { type Header, type HttpResponse, json } from '../../http/response.ts'
import { OAuth2Error } from '../errors.ts'
import type { RequestContext } from './context.ts'

/**
 * The refusal that an exception amounts to. What nobody expected becomes `server_error` with the id under which the log
 * has the exception itself: nothing of it goes out.
 */
export function toOAuth2Error(error: unknown, requestId: string): OAuth2Error {
  if (error instanceof OAuth2Error) return error
  if (error instanceof HttpError) {
    const { code, status, message } = error
    return new OAuth2Error('invalid_request', message, { reason: `http_${code}`, status })
  }
  return new OAuth2Error('server_error', `unexpected error, reference ${requestId}`, {
    reason: 'unexpected',
    cause: error,
  })
}

/**
 * Writes the one log line of a refusal, and tells the listeners.
 *
 * @param clientId the client that is refused, where the request has not said so before.
 */
export function logRefusal(context: RequestContext, error: OAuth2Error, clientId?: string): void {
  const { server, requestId } = context
  const fields = {
    error: error.code,
    description: error.description,
    reason: error.reason,
    detail: error.detail,
    requestId,
  }
  if (error.status >= 500) server.logger.error('request failed', { ...fields, cause: error.cause })
  else server.logger.info('request refused', fields)
  const { code, reason, status } = error
  const who = clientId === undefined ? {} : { clientId }
  server.emit('request.refused', { error: code, reason, status, requestId, ...who })
}

/** An error as JSON. @spec RFC 6749 §5.2 */
export function errorResponse(error: OAuth2Error): HttpResponse {
  const headers: Header[] = [...NO_STORE]
  if (error.challenge !== undefined) headers.push(['www-authenticate', error.challenge])
  if (error.retryAfter !== undefined) headers.push(['retry-after', String(error.retryAfter)])
  return json(error.status, error.toParameters(), headers)
}
