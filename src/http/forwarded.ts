import { normalizeAddress } from './ip-address.ts'

/**
 * Where a request comes from. Each proxy appends to `X-Forwarded-For` whom it took the request from, so that only as many
 * entries from the right can be believed as proxies are trusted; what stands further left anybody may have written.
 *
 * @param peer the address at the other end of the connection.
 * @param forwarded the `X-Forwarded-For` header.
 * @param proxies how many proxies stand in front.
 * @spec RFC 7239 §8.1
 */
export function remoteAddressOf(
  peer: string | undefined,
  forwarded: string | undefined,
  proxies: number,
): string | undefined {
  const hops = proxies > 0 && forwarded !== undefined ? forwarded.split(',') : []
  const claimed = hops.at(-Math.min(proxies, hops.length))?.trim()
  const address = hops.length === 0 ? peer : claimed
  return address === undefined ? undefined : normalizeAddress(address)
}
