import { describe, expect, it } from 'vitest'
import { networkOf, normalizeAddress } from './ip-address.ts'

describe('RFC 4291 §2.5.5.2, RFC 5952 §4 one spelling for each address', () => {
  it.each([
    ['198.51.100.7', '198.51.100.7'],
    ['::ffff:c633:6407', '198.51.100.7'],
    ['::FFFF:198.51.100.7', '198.51.100.7'],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['::', '::'],
  ])('writes %s as %s', (text, expected) => {
    expect(normalizeAddress(text)).toBe(expected)
  })

  it.each(['', 'localhost', '1.2.3', '1.2.3.4.5', '::1::', '1.2.3.4/8', 'http://x'])('takes %j for none', (text) => {
    expect(normalizeAddress(text)).toBeUndefined()
  })
})

describe('RFC 6177 §2 what one party holds of a network', () => {
  it.each(['198.51.100.7', '::ffff:198.51.100.7', '[::ffff:c633:6407]:443'])(
    'is the address of IPv4: %s',
    (address) => {
      expect(networkOf(address)).toBe('198.51.100.7')
    },
  )

  it('is the first half of an address of IPv6, however the rest is chosen', () => {
    expect(networkOf('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2::/64')
    expect(networkOf('2001:db8:1:2::9')).toBe('2001:db8:1:2::/64')
    expect(networkOf('[2001:db8:1:2::9%eth0]:443')).toBe('2001:db8:1:2::/64')
    expect(networkOf('2001:db8:1:3::9')).not.toBe(networkOf('2001:db8:1:2::9'))
  })

  it('is the text itself where it is no address', () => {
    expect(networkOf('a socket')).toBe('a socket')
  })
})
