import type { HttpResponse } from '../../http/response.ts'
import {
  type Channel,
  findChannel,
  findTracingChannel,
  isListenedTo,
  type TracingChannel,
} from '../../util/diagnostics-channel.ts'
import type { RequestContext } from './context.ts'
import type { ServerEvent, ServerEvents } from './events.ts'
import type { RequestTrail } from './trails.ts'

/**
 * What subscribers of the tracing channel `authwright:request` are told about each request to an endpoint: the members
 * without a question mark when it starts, all of them when it ends. Never a token, a code or a secret.
 */
export interface RequestTrace {
  readonly issuer: string
  /** The name of the endpoint, such as `token`. */
  readonly endpoint: string | undefined
  readonly method: string
  readonly requestId: string
  readonly address: string | undefined
  /** `refused`: an error of OAuth, by a response or a redirect. `failed`: one of the server. */
  outcome?: 'done' | 'refused' | 'failed'
  /** The HTTP status. */
  status?: number
  clientId?: string
  subject?: string
  /** The error of OAuth, such as `invalid_grant`. */
  refusal?: string
  /** Its entry in the error catalogue. */
  reason?: string
}

/** What subscribers of the channel `authwright:event` are told. */
export interface EventMessage<E extends keyof ServerEvents = keyof ServerEvents> {
  readonly issuer: string
  readonly event: E
  readonly payload: ServerEvent<E>
}

/**
 * Tells `diagnostics_channel`, where the runtime has it, what listeners are told and how long each request takes.
 * Whoever wants traces and counters subscribes; where nobody does, nothing is made.
 */
export class Diagnostics {
  readonly #issuer: string
  readonly #requests: TracingChannel | undefined = findTracingChannel('authwright:request')
  readonly #events: Channel | undefined = findChannel('authwright:event')

  constructor(issuer: string) {
    this.#issuer = issuer
  }

  /** Whether anybody is told of events. */
  get hearsEvents(): boolean {
    return this.#events?.hasSubscribers === true
  }

  tell<E extends keyof ServerEvents>(event: E, payload: ServerEvent<E>): void {
    if (!this.hearsEvents) return
    const message: EventMessage<E> = { issuer: this.#issuer, event, payload }
    this.#events?.publish(message)
  }

  trace(context: RequestContext, trail: RequestTrail, run: () => Promise<HttpResponse>): Promise<HttpResponse> {
    const channel = this.#requests
    return channel !== undefined && isListenedTo(channel) ? this.#trace(channel, context, trail, run) : run()
  }

  async #trace(
    channel: TracingChannel,
    { endpoint, request, requestId }: RequestContext,
    trail: RequestTrail,
    run: () => Promise<HttpResponse>,
  ): Promise<HttpResponse> {
    const { method } = request
    const trace: RequestTrace = { issuer: this.#issuer, endpoint, method, requestId, address: trail.address }
    let response: HttpResponse | undefined
    // The channel keeps what the promise brings for its subscribers to see: tokens are none of theirs.
    await channel.tracePromise(async () => {
      response = await run()
      Object.assign(trace, conclude(response, trail))
      if (trace.outcome === 'failed') channel.error.publish(trace)
    }, trace)
    if (response === undefined) throw new Error('a request ended without a response')
    return response
  }
}

function conclude({ status }: HttpResponse, { clientId, subject, refusal }: RequestTrail): Partial<RequestTrace> {
  const isRefused = refusal !== undefined || status >= 400
  return {
    status,
    outcome: status >= 500 || refusal?.error === 'server_error' ? 'failed' : isRefused ? 'refused' : 'done',
    ...(clientId === undefined ? {} : { clientId }),
    ...(subject === undefined ? {} : { subject }),
    ...(refusal === undefined ? {} : { refusal: refusal.error }),
    ...(refusal?.reason === undefined ? {} : { reason: refusal.reason }),
  }
}
