import { OAuth2Error } from '../errors.ts'
import type { Attempt } from './attempt.ts'
import type { RequestContext } from './context.ts'
import type { ServerCore } from './core.ts'

/**
 * Asks whether an attempt may go on.
 *
 * @param code how it is said to the client; `slow_down` to devices that poll.
 * @throws OAuth2Error with status 429 and `retryAfter`.
 * @spec RFC 6585 §4
 */
export async function checkRateLimit<S>(
  { settings, server }: ServerCore<S>,
  attempt: Attempt,
  code: 'temporarily_unavailable' | 'slow_down' = 'temporarily_unavailable',
): Promise<void> {
  const refusal = await settings.rateLimit?.(attempt)
  // Counters often answer null.
  if (!refusal) return
  const retryAfter = Math.max(1, Math.ceil(refusal.retryAfter))
  const { kind, clientId, address, requestId } = attempt
  // Not the account: people type passwords into the field for names.
  const who = { ...(clientId === undefined ? {} : { clientId }), ...(address === undefined ? {} : { address }) }
  server.emit('rate.limited', { kind, retryAfter, requestId, ...who })
  const description = 'too many requests: wait before trying again'
  throw code === 'slow_down'
    ? new OAuth2Error('slow_down', description, { reason: 'polling_limited', status: 429, retryAfter })
    : new OAuth2Error('temporarily_unavailable', description, { reason: 'rate_limited', status: 429, retryAfter })
}

/** What every attempt of a request says about it. */
export function attemptOf({
  endpoint,
  request,
  requestId,
  now,
}: Pick<RequestContext, 'endpoint' | 'request' | 'requestId' | 'now'>): Omit<Attempt, 'kind'> {
  return { endpoint, address: request.remoteAddress, requestId, at: now }
}
