import { isHttpsOrLoopback, parseUrl } from '../../../http/url.ts'
import { isNonEmptyString } from '../../../util/assert.ts'
import type { Seconds } from '../../../util/clock.ts'
import type { JsonObject } from '../../../util/json.ts'
import type { EndpointAnswer } from '../endpoint-call.ts'
import { ClientError, nameOfRefusal, readRefusal } from '../errors.ts'

/** What a device is given to begin with. @spec RFC 8628 §3.2 */
export interface DeviceResponse {
  readonly device_code: string
  readonly user_code: string
  readonly verification_uri: string
  readonly verification_uri_complete: string | undefined
  readonly expires_in: Seconds
  readonly interval: Seconds
}

/** How long a device waits between two questions where the server does not say it. @spec RFC 8628 §3.2 */
const DEFAULT_INTERVAL: Seconds = 5

/** No server has to be asked more often; one that says less would have the device ask without a pause. */
const SHORTEST_INTERVAL: Seconds = 1

/**
 * Reads the answer of the device authorization endpoint.
 *
 * @throws ClientError `device_refused`, `device_response_invalid`, `request_failed`
 * @spec RFC 8628 §3.2
 */
export function readDeviceResponse(answer: EndpointAnswer): DeviceResponse {
  requireSuccess(answer)
  const { verification_uri_complete: complete, interval } = answer.value
  return {
    device_code: read(answer, 'device_code', isNonEmptyString, 'a text'),
    user_code: read(answer, 'user_code', isShowable, 'a text without control characters'),
    verification_uri: read(withVerificationUri(answer), 'verification_uri', isAddress, ADDRESS),
    verification_uri_complete:
      complete === undefined || complete === null
        ? undefined
        : read(answer, 'verification_uri_complete', isAddress, ADDRESS),
    expires_in: Number(read(answer, 'expires_in', isSpan, SPAN)),
    interval:
      interval === undefined || interval === null
        ? DEFAULT_INTERVAL
        : Math.max(SHORTEST_INTERVAL, Number(read(answer, 'interval', isSpan, SPAN))),
  }
}

function requireSuccess({ endpoint, status, value }: EndpointAnswer): void {
  const refusal = readRefusal((name) => value[name])
  if (status === 200 && refusal === undefined) return
  const code = status >= 500 ? 'request_failed' : 'device_refused'
  const message = `device authorization endpoint answered with status ${status}${nameOfRefusal(refusal)}: expected 200`
  throw new ClientError(code, message, { stage: 'device', endpoint, status, refusal })
}

/** `verification_url` is what drafts of the specification had, and what Google has kept. */
function withVerificationUri(answer: EndpointAnswer): EndpointAnswer {
  const { verification_url } = answer.value
  return verification_url === undefined
    ? answer
    : { ...answer, value: { verification_uri: verification_url, ...answer.value } }
}

const SPAN = 'a number of seconds'
/** A number, or as some servers write it, the text of one. */
const isSpan = (value: unknown): value is Seconds | string => {
  const seconds = typeof value === 'string' && value !== '' ? Number(value) : value
  return typeof seconds === 'number' && Number.isFinite(seconds) && seconds > 0
}

/** What is written on terminals must not command them. */
const isShowable = (value: unknown): value is string => isNonEmptyString(value) && !/\p{Cc}/u.test(value)

const ADDRESS = 'an absolute URL with https'
/** People are sent there, and programs open it: nothing that runs, and nothing that somebody on the way can replace. */
const isAddress = (value: unknown): value is string => {
  const url = isShowable(value) ? parseUrl(value) : undefined
  return url !== undefined && isHttpsOrLoopback(url)
}

function read<T>(
  { value, endpoint, status }: EndpointAnswer,
  name: keyof DeviceResponse,
  is: (member: JsonObject[string] | undefined) => member is T & JsonObject[string],
  expectation: string,
): T {
  const member = value[name]
  if (is(member)) return member
  const message = `"${name}" in the device authorization response is missing or invalid: expected ${expectation}`
  throw new ClientError('device_response_invalid', message, { endpoint, status, parameter: name })
}
