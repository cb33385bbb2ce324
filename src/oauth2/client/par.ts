import { isNonEmptyString } from '../../util/assert.ts'
import { nowInSeconds, type Seconds } from '../../util/clock.ts'
import type { EndpointAnswer } from './endpoint-call.ts'
import type { KnownServer } from './endpoint-request.ts'
import { ClientError, nameOfRefusal, readRefusal } from './errors.ts'
import type { ClientSettings } from './options.ts'
import type { WireParameters } from './wire-parameters.ts'

/** A request that waits at the server: what the browser carries in its place, and until when. */
export interface PushedRequest {
  readonly parameters: WireParameters
  readonly expiresAt: Seconds
}

/**
 * Whether a request goes to the server first. By itself a client does that where it must, and where it can and the
 * parameters are too long or too private for a URL (`pushedAuthorizationRequests`).
 *
 * @spec RFC 9126 §5
 */
export function isPushed(client: ClientSettings, server: KnownServer, parameters: WireParameters): boolean {
  const { pushedAuthorizationRequests: choice, requestObjects } = client
  if (choice !== 'auto') return choice === 'always'
  if (server.require_pushed_authorization_requests === true) return true
  const isAwkward = requestObjects !== undefined || parameters['authorization_details'] !== undefined
  return isAwkward && server.pushed_authorization_request_endpoint !== undefined
}

/**
 * Reads what the server says of a request that was sent ahead.
 *
 * @throws ClientError `pushed_request_refused`, `pushed_response_invalid`, `request_failed`
 * @spec RFC 9126 §2.2
 */
export function readPushedRequest(client: ClientSettings, answer: EndpointAnswer): PushedRequest {
  requireAccepted(answer)
  const { request_uri: uri, expires_in: lifetime } = answer.value
  if (!isNonEmptyString(uri)) throw invalid(answer, 'request_uri', 'the reference to the request')
  if (typeof lifetime !== 'number' || !Number.isFinite(lifetime) || lifetime <= 0)
    throw invalid(answer, 'expires_in', 'a number of seconds above 0')
  return {
    parameters: { client_id: client.clientId, request_uri: uri },
    expiresAt: nowInSeconds(client.clock) + Math.floor(lifetime),
  }
}

/** @spec RFC 9126 §2.3 */
function requireAccepted({ endpoint, status, value }: EndpointAnswer): void {
  const refusal = readRefusal((name) => value[name])
  if (refusal === undefined && status >= 200 && status < 300) return
  const code = refusal === undefined && status >= 500 ? 'request_failed' : 'pushed_request_refused'
  const message = `pushed authorization request was answered with status ${status}${nameOfRefusal(refusal)}: expected 201`
  throw new ClientError(code, message, { stage: 'authorization', endpoint, status, refusal })
}

function invalid({ endpoint, status }: EndpointAnswer, parameter: string, expectation: string): ClientError {
  const message = `"${parameter}" in the answer to the pushed request is missing or invalid: expected ${expectation}`
  return new ClientError('pushed_response_invalid', message, { endpoint, status, parameter })
}
