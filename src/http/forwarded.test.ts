import { describe, expect, it } from 'vitest'
import { remoteAddressOf } from './forwarded.ts'

describe('RFC 7239 §8.1 whom to believe about where a request comes from', () => {
  it.each([
    ['the connection, where no proxy is trusted', '203.0.113.9', '198.51.100.7', 0, '203.0.113.9'],
    ['the connection, where no proxy says anything', '203.0.113.9', undefined, 1, '203.0.113.9'],
    ['what one proxy appended', '10.0.0.1', '6.6.6.6, 198.51.100.7', 1, '198.51.100.7'],
    ['what the outer of two appended', '10.0.0.1', '6.6.6.6, 198.51.100.7, 10.0.0.2', 2, '198.51.100.7'],
    ['the outermost there is, where fewer came', '10.0.0.1', '198.51.100.7', 3, '198.51.100.7'],
    ['an entry with a port', '10.0.0.1', '198.51.100.7:4711', 1, '198.51.100.7'],
    ['an entry of IPv6 with a port', '10.0.0.1', '"x", [2001:DB8::1]:443', 1, '2001:db8::1'],
    ['IPv4 in its wrapping of IPv6', '::ffff:198.51.100.7', undefined, 0, '198.51.100.7'],
    ['an address of one link', 'fe80::1%eth0', undefined, 0, 'fe80::1'],
  ])('is %s', (_title, peer, forwarded, proxies, expected) => {
    expect(remoteAddressOf(peer, forwarded, proxies)).toBe(expected)
  })

  it.each(['unknown', '_hidden', '', '1.2.3.999', '<script>'])('is nothing where the proxy wrote %j', (forwarded) => {
    expect(remoteAddressOf('10.0.0.1', forwarded, 1)).toBeUndefined()
  })

  it('is nothing where there is no connection to ask', () => {
    expect(remoteAddressOf(undefined, undefined, 0)).toBeUndefined()
  })
})
