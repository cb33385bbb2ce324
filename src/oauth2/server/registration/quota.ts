import { sha256Base64url } from '../../../crypto/hash.ts'
import { networkOf } from '../../../http/ip-address.ts'
import { OAuth2Error } from '../../errors.ts'
import type { RequestContext } from '../context.ts'
import type { CounterStore } from '../store.ts'
import type { InitialAccess } from './options.ts'
import type { RegistrationSettings } from './settings.ts'

/**
 * Counts a client that is about to be registered: for its initial access token and for the address that the request comes
 * from (of IPv6 its first 64 bits). Where neither is known, for everybody.
 *
 * @throws OAuth2Error `temporarily_unavailable` with status 429
 * @spec RFC 7591 §5
 */
export async function countRegistration(
  { store, request, now }: RequestContext<CounterStore>,
  { quota }: Pick<RegistrationSettings, 'quota'>,
  access: InitialAccess | undefined,
): Promise<void> {
  const { remoteAddress: from } = request
  const counted = [
    ...(access === undefined ? [] : [`token.${access.id}`]),
    ...(from === undefined ? [] : [`address.${networkOf(from)}`]),
  ]
  for (const name of counted.length === 0 ? ['everybody'] : counted) {
    const sum = await store.incrementCounter(await counterKey(name), now + quota.within)
    if (sum > quota.clients) throw exhausted(quota.within)
  }
}

/** A hash: a name may be long, and need not stand in the store. */
async function counterKey(name: string): Promise<string> {
  return `registration:${await sha256Base64url(name)}`
}

function exhausted(retryAfter: number): OAuth2Error {
  return new OAuth2Error('temporarily_unavailable', 'too many clients were registered: try again later', {
    reason: 'registration_quota_exhausted',
    status: 429,
    retryAfter,
  })
}
