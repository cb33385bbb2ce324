import { decodeUtf8 } from '../util/bytes.ts'
import { type Duration, toSeconds } from '../util/duration.ts'
import { type JsonObject, parseJsonObject } from '../util/json.ts'
import { mediaTypeOf, readAtMost } from './body.ts'
import { FetchError } from './fetch-error.ts'
import { type Header, headerOf } from './response.ts'
import { isHttpsOrLoopback, parseUrl } from './url.ts'

/** A request that this side makes. Plain data, so that any transport can carry it. */
export interface OutgoingRequest {
  /** Absolute, https; http only on a loopback address. */
  readonly url: string
  /** Default `GET`. */
  readonly method?: string
  readonly headers?: readonly Header[]
  readonly body?: string | Uint8Array
  /** Ends the request from the outside. What it was aborted with is then thrown. */
  readonly signal?: AbortSignal
}

/** What came back, whole and within bounds. */
export interface OutgoingResponse {
  readonly status: number
  /** Names are lower-case. */
  readonly headers: readonly Header[]
  readonly body: Uint8Array
}

/**
 * The one way out: discovery, keys, tokens, userinfo and API calls all go through it. Rejects with a `FetchError`.
 *
 * A transport of your own keeps the same promises: no redirect is followed, time and size are bounded, nothing goes over
 * plain http to another machine.
 */
export type Transport = (request: OutgoingRequest) => Promise<OutgoingResponse>

export interface OutgoingFetchOptions {
  /** Default: the platform's. */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>
  /** Handed on to Node's `fetch`: a `ProxyAgent`, or an `Agent` with certificates, of undici. */
  readonly dispatcher?: object
  /** For everything, body included. Default 10 s. */
  readonly timeout?: Duration
  /** How long a response may be. Default 1 MiB. */
  readonly maxBytes?: number
}

/** A transport over `fetch`. */
export function outgoingFetch(options: OutgoingFetchOptions = {}): Transport {
  const timeout = toSeconds(options.timeout ?? 10)
  const maxBytes = options.maxBytes ?? 1_048_576
  const platformInit = options.dispatcher === undefined ? {} : { dispatcher: options.dispatcher }
  return async (request) => {
    requireSecure(request)
    const deadline = new AbortController()
    const timer = setTimeout(() => deadline.abort(new FetchError('timeout', request)), timeout * 1000)
    // By hand: what `AbortSignal.any` makes is kept for as long as the signal lives that a program has for all its requests.
    const onAbort = (): void => deadline.abort(request.signal?.reason)
    if (request.signal?.aborted === true) onAbort()
    request.signal?.addEventListener('abort', onAbort)
    try {
      // Looked up on each call: programs and tests that replace the global one are heard.
      const exchange = receive(
        request,
        (options.fetch ?? globalThis.fetch)(request.url, { ...toInit(request, deadline.signal), ...platformInit }),
        maxBytes,
      )
      return await Promise.race([exchange, abortion(deadline.signal)])
    } catch (error) {
      throw explain(request, deadline.signal, error)
    } finally {
      clearTimeout(timer)
      request.signal?.removeEventListener('abort', onAbort)
    }
  }
}

/**
 * Sends a request for a JSON object, and reads it whatever the status: OAuth answers errors as JSON too.
 *
 * @throws FetchError
 */
export async function fetchJson(
  transport: Transport,
  request: OutgoingRequest,
): Promise<{ status: number; headers: readonly Header[]; value: JsonObject }> {
  const { status, headers, body } = await transport({
    ...request,
    headers: [['accept', 'application/json'], ...(request.headers ?? [])],
  })
  const type = mediaTypeOf(headerOf({ headers }, 'content-type') ?? '')
  if (!/^application\/(?:[\w.-]+\+)?json$/.test(type)) throw new FetchError('content_type', request, { status })
  try {
    return { status, headers, value: parseJsonObject(decodeUtf8(body)) }
  } catch {
    throw new FetchError('invalid_json', request, { status })
  }
}

/** Where a request goes. @throws FetchError `insecure` @spec RFC 9700 §2.6 */
export function requireSecure(request: OutgoingRequest): URL {
  const url = parseUrl(request.url)
  // A password in it would stand in the errors of platforms, or be dropped without a word.
  if (url !== undefined && isHttpsOrLoopback(url) && url.username === '' && url.password === '') return url
  throw new FetchError('insecure', request)
}

/** Rejects when the signal says so, also under a fetch or a body that does not listen to it. */
function abortion(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}

function toInit({ method = 'GET', headers = [], body }: OutgoingRequest, signal: AbortSignal): RequestInit {
  return {
    method,
    headers: headers.map(toPair),
    // A copy where the bytes may lie in shared memory, which fetch does not take.
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : new Uint8Array(body) }),
    // Credentials must not travel to where a redirect points.
    redirect: 'manual',
    signal,
  }
}

/** Says only which header it is: the platform's own error quotes the value, which may be a token. @spec RFC 9110 §5.5 */
export function toPair([name, value]: Header): [string, string] {
  if (/^[\t\x20-\x7e\x80-\xff]*$/.test(value.trim())) return [name, value]
  throw new TypeError(`value of the header "${name}" has a character that HTTP does not allow`)
}

async function receive(
  request: OutgoingRequest,
  pending: Promise<Response>,
  maxBytes: number,
): Promise<OutgoingResponse> {
  const response = await pending
  const { status } = response
  const refusal = response.type === 'opaqueredirect' ? 'redirect' : refusalOf(status)
  // To HEAD a server says how long the content would be.
  const isTooLarge = response.body !== null && Number(response.headers.get('content-length')) > maxBytes
  if (refusal !== undefined || isTooLarge) {
    await response.body?.cancel()
    throw new FetchError(refusal ?? 'too_large', request, { status })
  }
  const body = response.body === null ? new Uint8Array() : await readAtMost(response.body, maxBytes)
  if (body === undefined) throw new FetchError('too_large', request, { status })
  return { status, headers: [...response.headers], body }
}

/** What there is against a status. One that is none counts as a failure of the server. @spec RFC 9110 §15 */
export function refusalOf(status: number): 'redirect' | 'network' | undefined {
  if (status >= 300 && status < 400 && status !== 304) return 'redirect'
  return status >= 200 && status <= 599 ? undefined : 'network'
}

/** What fetch throws, as one of ours; what the caller aborted with stays what it is. */
function explain(request: OutgoingRequest, deadline: AbortSignal, error: unknown): unknown {
  if (error instanceof FetchError) return error
  return deadline.aborted ? deadline.reason : new FetchError('network', request, { cause: error })
}
