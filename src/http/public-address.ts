import { parseIpv4, parseIpv6 } from './ip-address.ts'

type Block = readonly [start: number, bits: number]

/** What is not, or not only, the public internet. @spec RFC 6890 §2.2.2 */
const SPECIAL_IPV4: readonly Block[] = [
  block4('0.0.0.0', 8), //      this network
  block4('10.0.0.0', 8), //     private
  block4('100.64.0.0', 10), //  shared by carriers, clouds put metadata services here
  block4('127.0.0.0', 8), //    loopback
  block4('169.254.0.0', 16), // link-local, metadata services
  block4('172.16.0.0', 12), //  private
  block4('192.0.0.0', 24), //   protocol assignments
  block4('192.0.2.0', 24), //   documentation
  block4('192.88.99.0', 24), // 6to4 relays
  block4('192.168.0.0', 16), // private
  block4('198.18.0.0', 15), //  benchmarks
  block4('198.51.100.0', 24), // documentation
  block4('203.0.113.0', 24), // documentation
  block4('224.0.0.0', 3), //    multicast, reserved, broadcast
]

/**
 * Whether an IP address is one of the public internet: not of this machine, its networks or its cloud, and not a form of
 * IPv6 that hides such an address of IPv4. What cannot be read is not.
 *
 * @spec RFC 6890 §2.2
 */
export function isPublicAddress(address: string): boolean {
  const v4 = parseIpv4(address)
  if (v4 !== undefined) return isPublicIpv4(v4)
  const groups = parseIpv6(address)
  return groups !== undefined && isPublicIpv6(groups)
}

function isPublicIpv4(address: number): boolean {
  return !SPECIAL_IPV4.some(([start, bits]) => (address ^ start) >>> (32 - bits) === 0)
}

function isPublicIpv6(groups: readonly number[]): boolean {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = groups
  const embedded = ((g << 16) | h) >>> 0
  const isMapped = [a, b, c, d, e].every((group) => group === 0) && f === 0xffff
  const isTranslated = a === 0x64 && b === 0xff9b && [c, d, e, f].every((group) => group === 0)
  if (isMapped || isTranslated) return isPublicIpv4(embedded)
  const isGlobalUnicast = a >>> 13 === 1
  const isSpecial =
    (a === 0x2001 && (b < 0x200 || b === 0xdb8)) || // protocol assignments, Teredo, documentation
    a === 0x2002 || //                                 6to4, which carries an address of IPv4
    (a === 0x3fff && b < 0x1000) //                    documentation
  return isGlobalUnicast && !isSpecial
}

function block4(start: string, bits: number): Block {
  return [parseIpv4(start) ?? 0, bits]
}
