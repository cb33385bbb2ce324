import type { RequestContext } from './context.ts'
import type { EventOrigin, ServerEvent, ServerEvents } from './events.ts'

/** What is known about a request while it is answered: for events, the log and traces. */
export interface RequestTrail {
  readonly endpoint: string | undefined
  readonly address: string | undefined
  /** As soon as it is known; where authentication failed, who it claimed to be. */
  clientId?: string
  subject?: string
  /** How it was refused, if it was: the last word. */
  refusal?: { readonly error: string; readonly reason: string | undefined }
}

/** What is asked of a request that is followed. */
type Followed = Pick<RequestContext, 'requestId' | 'endpoint' | 'request'>

/** The events that say who a request is from. In others a client may be the one that something is about. */
const INTRODUCTIONS: ReadonlySet<keyof ServerEvents> = new Set([
  'client.authenticated',
  'client.refused',
  'authorization.granted',
  'authorization.denied',
  'token.issued',
  'login.succeeded',
])

/**
 * The requests that are being answered, by their ids. Whoever tells of something names the request; who it came from
 * and where it went is joined here, so that no place that tells can forget it.
 */
export class Trails {
  readonly #open: Map<string, RequestTrail> = new Map()

  /** Keeps the trail of a request while it is answered. What runs as a part of another shares its trail. */
  follow<T>(context: Followed, run: (trail: RequestTrail) => Promise<T>): Promise<T> {
    const around = this.#open.get(context.requestId)
    return around === undefined ? this.#followFirst(context, run) : run(around)
  }

  async #followFirst<T>(
    { requestId, endpoint, request }: Followed,
    run: (trail: RequestTrail) => Promise<T>,
  ): Promise<T> {
    const trail: RequestTrail = { endpoint, address: request.remoteAddress }
    this.#open.set(requestId, trail)
    try {
      return await run(trail)
    } finally {
      this.#open.delete(requestId)
    }
  }

  /** Lets what is known about a request grow by an event. */
  learn<E extends keyof ServerEvents>(event: E, payload: ServerEvent<E>): void {
    const trail = this.#open.get(payload.requestId)
    if (trail !== undefined) learn(trail, event, payload)
  }

  /** An event with what is known about its request. */
  complete<E extends keyof ServerEvents>(payload: ServerEvent<E>): ServerEvent<E> {
    const trail = this.#open.get(payload.requestId)
    return trail === undefined ? payload : { ...originOf(trail), ...payload }
  }
}

function learn(trail: RequestTrail, event: keyof ServerEvents, payload: object): void {
  if (event === 'request.refused') {
    const { error, reason } = payload as ServerEvents['request.refused']
    trail.refusal = { error, reason }
  } else if (INTRODUCTIONS.has(event)) {
    const { clientId, subject } = payload as { clientId?: string; subject?: string }
    if (clientId !== undefined) trail.clientId = clientId
    if (subject !== undefined) trail.subject = subject
  }
}

function originOf({ endpoint, address, clientId }: RequestTrail): EventOrigin {
  return {
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(address === undefined ? {} : { address }),
    ...(clientId === undefined ? {} : { clientId }),
  }
}
