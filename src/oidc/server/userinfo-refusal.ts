import { buildChallenge } from '../../http/authorization.ts'
import { NO_STORE } from '../../http/cache-control.ts'
import { empty, type Header, type HttpResponse, json } from '../../http/response.ts'
import type { OAuth2Error } from '../../oauth2/errors.ts'
import type { ServerHandle } from '../../oauth2/server/index.ts'

/** What is wrong with a userinfo request. */
export interface UserinfoRefusal {
  /** Absent: there was no token, and then nothing is said to be wrong with it. */
  readonly error?: OAuth2Error
  /** The scheme that the request used. */
  readonly scheme?: string | undefined
  /** The scope that would do. */
  readonly scope?: string | undefined
}

/**
 * Answers with a challenge for each kind of token that would do: what is wrong is said about the one that was used.
 *
 * @spec RFC 6750 §3
 * @spec RFC 9449 §7.1
 */
export function refuseUserinfo(server: ServerHandle, refusal: UserinfoRefusal = {}): HttpResponse {
  const { error, scheme = 'Bearer', scope } = refusal
  const wrong = error && { ...error.toParameters(), scope }
  const algorithms = server.metadata().dpop_signing_alg_values_supported
  const challenge = (type: string, further: Record<string, string> = {}): Header => [
    'www-authenticate',
    buildChallenge(type, { realm: server.issuer, ...(type === scheme && wrong), ...further }),
  ]
  const headers: Header[] = [
    challenge('Bearer'),
    ...(algorithms === undefined ? [] : [challenge('DPoP', { algs: algorithms.join(' ') })]),
    ...NO_STORE,
  ]
  if (error?.retryAfter !== undefined) headers.push(['retry-after', String(error.retryAfter)])
  return error === undefined ? empty(401, headers) : json(statusOf(error), error.toParameters(), headers)
}

/** A proof is a credential here: without a good one the request is not authenticated. @spec RFC 9449 §7.1, §9 */
function statusOf({ code, status }: OAuth2Error): number {
  return code === 'invalid_dpop_proof' || code === 'use_dpop_nonce' ? 401 : status
}
