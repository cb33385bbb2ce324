import type { Seconds } from '../../../util/clock.ts'
import type { ServerHandle } from '../context.ts'
import { isIntactToken } from '../tokens/token-format.ts'

/** @spec RFC 8628 §3.4 */
export const DEVICE_CODE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code'

/**
 * A new device code. It says when it ends: so one that is too old can be told from one that never was, though nothing is
 * kept of either.
 */
export function createDeviceCode(server: Pick<ServerHandle, 'createToken'>, expiresAt: Seconds): string {
  return `${server.createToken('device_code')}.${expiresAt.toString(36)}`
}

/** Whether a text can be a device code: what cannot is not worth a question to the store. */
export function isDeviceCode(text: string): boolean {
  return endOf(text) !== undefined
}

/** Whether a code of which nothing is kept says itself that its time is over. Anybody may write that: it opens nothing. */
export function saysItExpired(code: string, now: Seconds): boolean {
  const end = endOf(code)
  return end !== undefined && end <= now
}

function endOf(text: string): Seconds | undefined {
  const [, token = '', end = ''] = /^(\w[\w-]*)\.([0-9a-z]{1,8})$/.exec(text) ?? []
  return isIntactToken('device_code', token) ? Number.parseInt(end, 36) : undefined
}
