import { type Duration, toSeconds } from '../util/duration.ts'
import { wholeNumber } from '../util/whole-number.ts'
import type { OutgoingRequest, OutgoingResponse, Transport } from './fetch.ts'
import { FetchError } from './fetch-error.ts'
import { headerOf } from './response.ts'

export interface RetryOptions {
  /** How often a request is sent again at most. Default 2. */
  readonly retries?: number
  /** The longest pause, also where a server asks for a longer one: then its answer is what there is. Default 5 s. */
  readonly longestPause?: Duration
}

/** Seconds; each further pause is twice as long. */
const FIRST_PAUSE = 0.2

/** Sending them twice does what sending them once does. @spec RFC 9110 §9.2.2 */
const IDEMPOTENT: readonly string[] = ['GET', 'HEAD']

/** The server could not answer now, and says so. */
const PASSING: readonly number[] = [429, 502, 503, 504]

/**
 * The transport with another try for requests that only read, where the network fails or a server is out of order for a
 * moment. Nothing else is ever sent twice: a code that was redeemed, or a refresh token that was rotated, would look
 * stolen.
 *
 * @example
 * const oauth = new OAuth({ secret, transport: retrying(nodeTransport()), clients })
 */
export function retrying(transport: Transport, options: RetryOptions = {}): Transport {
  const retries = wholeNumber('retries', options.retries ?? 2, 0)
  const longest = toSeconds(options.longestPause ?? 5)
  return async (request) => {
    const limit = mayBeRepeated(request) ? retries : 0
    for (let attempt = 0; ; attempt++) {
      const outcome = await attemptOnce(transport, request)
      const seconds = attempt === limit ? undefined : pauseAfter(outcome, FIRST_PAUSE * 2 ** attempt)
      if (seconds === undefined || seconds > longest) return conclude(outcome)
      await sleep(seconds, request.signal)
    }
  }
}

/** A proof of possession is good for one request: whoever sees it again takes it for stolen. @spec RFC 9449 §11.1 */
function mayBeRepeated({ method = 'GET', headers = [] }: OutgoingRequest): boolean {
  return IDEMPOTENT.includes(method) && !headers.some(([name]) => name === 'dpop')
}

type Outcome = { readonly response: OutgoingResponse } | { readonly error: unknown }

async function attemptOnce(transport: Transport, request: OutgoingRequest): Promise<Outcome> {
  try {
    return { response: await transport(request) }
  } catch (error) {
    return { error }
  }
}

function conclude(outcome: Outcome): OutgoingResponse {
  if ('error' in outcome) throw outcome.error
  return outcome.response
}

/** For how long to wait before the next try; nothing where another try would change nothing. */
function pauseAfter(outcome: Outcome, backOff: number): number | undefined {
  // Clients that failed together come back apart.
  const pause = backOff * (0.5 + Math.random() / 2)
  if ('error' in outcome) {
    const { error } = outcome
    const isPassing = error instanceof FetchError && (error.code === 'network' || error.code === 'timeout')
    return isPassing ? pause : undefined
  }
  if (!PASSING.includes(outcome.response.status)) return undefined
  return Math.max(pause, retryAfter(outcome.response))
}

/** In its form as seconds; a date depends on clocks that agree. @spec RFC 9110 §10.2.3 */
function retryAfter(response: OutgoingResponse): number {
  const value = headerOf(response, 'retry-after') ?? ''
  return /^\d{1,9}$/.test(value) ? Number(value) : 0
}

function sleep(seconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }, seconds * 1000)
    if (signal?.aborted === true) stop()
    else signal?.addEventListener('abort', stop, { once: true })
  })
}
