import { sha256Base64url } from '../../../crypto/hash.ts'
import { networkOf } from '../../../http/ip-address.ts'
import type { Seconds } from '../../../util/clock.ts'
import { OAuth2Error } from '../../errors.ts'
import type { RequestContext } from '../context.ts'
import type { CounterStore } from '../store.ts'

/** How many codes may be tried. */
export interface AttemptBudget {
  readonly perViewer: number
  readonly perAddress: number
  /** The time in which they count. */
  readonly within: Seconds
}

/** Who tries a code. */
export interface Contender {
  readonly viewer: string
  readonly address?: string | undefined
}

/**
 * Counts an attempt before anything is looked up, so that attempts at the same time count too.
 *
 * @throws OAuth2Error `temporarily_unavailable`, 429, when the budget is spent.
 * @spec RFC 8628 §5.1
 */
export async function countAttempt(
  { store, now }: Pick<RequestContext<CounterStore>, 'store' | 'now'>,
  { viewer, address }: Contender,
  { perViewer, perAddress, within }: AttemptBudget,
): Promise<void> {
  const expiresAt = now + within
  const byViewer = await store.incrementCounter(await counterKey('viewer', viewer), expiresAt)
  const byAddress =
    address === undefined ? 0 : await store.incrementCounter(await counterKey('address', networkOf(address)), expiresAt)
  if (byViewer <= perViewer && byAddress <= perAddress) return
  throw new OAuth2Error('temporarily_unavailable', 'too many user codes were tried: wait before trying another one', {
    reason: 'user_code_attempts_exceeded',
    status: 429,
    retryAfter: within,
  })
}

/** A hash: an address may be long, and need not stand in the store. */
async function counterKey(kind: string, name: string): Promise<string> {
  return `user_code:${await sha256Base64url(`${kind}.${name}`)}`
}
