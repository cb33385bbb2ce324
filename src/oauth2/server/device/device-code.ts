import { randomToken } from '../../../crypto/random.ts'
import type { Seconds } from '../../../util/clock.ts'

/** @spec RFC 8628 §3.4 */
export const DEVICE_CODE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code'

/**
 * A new device code. It says when it ends: so one that is too old can be told from one that never was, though nothing is
 * kept of either.
 */
export function createDeviceCode(expiresAt: Seconds): string {
  return `${randomToken(32)}.${expiresAt.toString(36)}`
}

/** Whether a code of which nothing is kept says itself that its time is over. Anybody may write that: it opens nothing. */
export function saysItExpired(code: string, now: Seconds): boolean {
  const [, end] = /^[\w-]{43}\.([0-9a-z]{1,8})$/.exec(code) ?? []
  return end !== undefined && Number.parseInt(end, 36) <= now
}
