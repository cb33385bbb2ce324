import { randomToken } from '../../crypto/random.ts'
import type { HttpRequest } from '../../http/request.ts'
import { nowInSeconds } from '../../util/clock.ts'
import type { RequestContext, ServerHandle } from './context.ts'
import type { Diagnostics } from './diagnostics.ts'
import type { Registry } from './registry.ts'
import type { Settings } from './settings.ts'
import type { Trails } from './trails.ts'

/** What the inner parts of one server share. */
export interface ServerCore<S> {
  readonly settings: Settings<S>
  readonly registry: Registry<S>
  /** The face that registered parts see. */
  readonly server: ServerHandle
  readonly trails: Trails
  readonly diagnostics: Diagnostics
}

/** Opens the context of one request. */
export function createContext<S>(
  core: ServerCore<S>,
  request: HttpRequest,
  requestId?: string,
  endpoint?: string,
): RequestContext<S> {
  return {
    server: core.server,
    store: core.settings.store,
    request,
    now: nowInSeconds(core.settings.clock),
    requestId: requestId ?? createRequestId(),
    endpoint,
  }
}

/** Long enough that no two meet in a log. */
export function createRequestId(): string {
  return randomToken(12)
}
