import { parseUrl } from './url.ts'

/** An address of IPv4 as a number; nothing where it is none. */
export function parseIpv4(text: string): number | undefined {
  if (!/^\d{1,3}(?:\.\d{1,3}){3}$/.test(text)) return undefined
  const bytes = text.split('.').map(Number)
  return bytes.every((byte) => byte < 256) ? bytes.reduce((sum, byte) => ((sum << 8) | byte) >>> 0, 0) : undefined
}

/** The eight groups of an address of IPv6. The parser of URLs knows every spelling and writes one. @spec RFC 5952 §4 */
export function parseIpv6(text: string): number[] | undefined {
  const host = parseUrl(`http://[${text}]`)?.hostname
  if (host === undefined) return undefined
  const [left = '', right] = host.slice(1, -1).split('::')
  const before = toGroups(left)
  const after = toGroups(right ?? '')
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => 0)
  return [...before, ...zeros, ...after]
}

/**
 * An address as sockets and proxies write it, in one spelling: without brackets, port and zone, and as IPv4 where an
 * address of IPv6 is only its wrapping. Nothing where it is no address.
 *
 * @spec RFC 4291 §2.5.5.2
 */
export function normalizeAddress(text: string): string | undefined {
  const bare = /^\[([^\]]*)\](?::\d+)?$/.exec(text)?.[1] ?? text.replace(/^([\d.]+):\d+$/, '$1')
  const [unzoned = ''] = bare.split('%', 1)
  const v4 = parseIpv4(unzoned)
  if (v4 !== undefined) return formatIpv4(v4)
  const groups = parseIpv6(unzoned)
  if (groups === undefined) return undefined
  const [g = 0, h = 0] = groups.slice(6)
  if (isMapped(groups)) return formatIpv4(((g << 16) | h) >>> 0)
  return parseUrl(`http://[${unzoned}]`)?.hostname.slice(1, -1)
}

/**
 * What one party surely holds of the network that an address is in: of IPv6 the first 64 bits, since every subscriber has
 * at least these to choose from; of IPv4 the address.
 *
 * @spec RFC 6177 §2
 */
export function networkOf(address: string): string {
  // Platforms hand out addresses of IPv4 in their wrapping: the first 64 bits of that would be the same for all of them.
  const normal = normalizeAddress(address) ?? address
  const groups = parseIpv4(normal) === undefined ? parseIpv6(normal) : undefined
  if (groups === undefined) return normal
  const network = groups.slice(0, 4).map((group) => group.toString(16))
  return `${network.join(':')}::/64`
}

function isMapped(groups: readonly number[]): boolean {
  return groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff
}

function formatIpv4(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 0xff).join('.')
}

function toGroups(text: string): number[] {
  return text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16))
}
