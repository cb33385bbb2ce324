import type { Clock, Seconds } from '../../../util/clock.ts'
import { ClientError } from '../errors.ts'

/** How much slower to be for a server that asks for it. @spec RFC 8628 §3.5 */
const SLOWER: Seconds = 5

/** Timers know no longer spans, in milliseconds: they would end at once. */
const LONGEST_WAIT = 2 ** 31 - 1

export interface PollDeadline {
  readonly clock: Clock
  /** Milliseconds. */
  readonly expiresAt: number
  readonly signal: AbortSignal | undefined
}

/** How often to ask, and when to stop. @spec RFC 8628 §3.5 */
export class PollPace {
  #interval: Seconds

  constructor(interval: Seconds) {
    this.#interval = interval
  }

  /**
   * Waits until the next question may be asked.
   *
   * @throws ClientError `device_expired` where the code will have ended by then.
   */
  async wait({ clock, expiresAt, signal }: PollDeadline): Promise<void> {
    signal?.throwIfAborted()
    const milliseconds = Math.min(this.#interval * 1000, LONGEST_WAIT)
    if (clock() + milliseconds > expiresAt) throw expired()
    await sleep(milliseconds, signal)
  }

  /**
   * Learns from an answer that is no token: whether to go on, and how fast. A server that did not answer, or has too much to
   * do, is asked half as often from then on.
   *
   * @throws what there is no going on from.
   */
  adapt(error: unknown): void {
    if (!(error instanceof ClientError)) throw error
    const answer = error.refusal?.error
    if (answer === 'authorization_pending') return
    if (answer === 'slow_down') this.#interval += SLOWER
    else if (error.code === 'request_failed' || error.status === 429) this.#interval *= 2
    else throw toDeviceError(error)
  }
}

function toDeviceError(error: ClientError): ClientError {
  const { refusal, endpoint, status } = error
  if (refusal?.error === 'expired_token') return expired(error)
  if (refusal?.error !== 'access_denied') return error
  const message = 'device was not connected: the request was denied'
  return new ClientError('device_denied', message, { endpoint, status, refusal, cause: error })
}

function expired(cause?: ClientError): ClientError {
  const message = 'device was not connected in time: the code has expired'
  const { endpoint, status, refusal } = cause ?? {}
  return new ClientError('device_expired', message, { endpoint, status, refusal, ...(cause && { cause }) })
}

function sleep(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort)
      resolve()
    }, milliseconds)
    signal?.addEventListener('abort', abort, { once: true })
  })
}
