import crypto from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createMac } from './node-hmac.ts'
import type { BufferConstructor, NodeCrypto } from './node-types.ts'
import type { HashName } from './primitives.ts'

const nodeCrypto = crypto as unknown as NodeCrypto
const buffer = Buffer as unknown as BufferConstructor
const hashes: readonly HashName[] = ['sha-1', 'sha-256', 'sha-384', 'sha-512']

function macOf(name: HashName, secret: Uint8Array, platform: NodeCrypto = nodeCrypto): ReturnType<typeof createMac> {
  return createMac(platform, buffer, name, crypto.createSecretKey(secret) as ReturnType<NodeCrypto['createSecretKey']>)
}

function reference(name: HashName, secret: Uint8Array, data: string | Uint8Array): string {
  return crypto.createHmac(name.replace('-', ''), secret).update(data).digest('base64url')
}

function hex(latin1: string): string {
  return Buffer.from(latin1, 'latin1').toString('hex')
}

describe('RFC 4231 §4 HMAC of one key', () => {
  it.each<[HashName, string]>([
    ['sha-256', '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54'],
    ['sha-384', '4ece084485813e9088d2c63a041bc5b44f9ef1012a2b588f3cd11f05033ac4c60c2ef6ab4030fe8296248df163f44952'],
    [
      'sha-512',
      '80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f3526b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598',
    ],
  ])('§4.7, RFC 6234 §4: hashes a key that is longer than the block of %s', (name, expected) => {
    const mac = macOf(name, new Uint8Array(131).fill(0xaa))
    expect(hex(mac('Test Using Larger Than Block-Size Key - Hash Key First', 'latin1'))).toBe(expected)
  })

  it('§4.4 fills up a key that is shorter', () => {
    const mac = macOf('sha-256', new Uint8Array(20).fill(0xaa))
    expect(hex(mac(new Uint8Array(50).fill(0xdd), 'latin1'))).toBe(
      '773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe',
    )
  })
})

describe('RFC 2104 §2 HMAC of one key', () => {
  it.each(hashes)('is the HMAC of the platform for any key and data, one after the other, with %s', (name) => {
    const key = fc.uint8Array({ minLength: 1, maxLength: 200 })
    const data = fc.oneof(fc.uint8Array({ maxLength: 3000 }), fc.string({ maxLength: 3000 }))
    fc.assert(
      fc.property(key, fc.array(data, { minLength: 1, maxLength: 4 }), (secret, inputs) => {
        const mac = macOf(name, secret)
        const written = inputs.map((input) => mac(input, 'base64url'))
        expect(written).toEqual(inputs.map((input) => reference(name, secret, input)))
      }),
    )
  })

  it.each([0, 1, 2047, 2048, 2049, 100_000])('takes %i characters of three bytes each', (length) => {
    const secret = new Uint8Array(32).fill(7)
    const data = '€'.repeat(length)
    expect(macOf('sha-256', secret)(data, 'base64url')).toBe(reference('sha-256', secret, data))
  })

  it('takes text as UTF-8, as the platform does', () => {
    const secret = new Uint8Array(32).fill(7)
    const data = 'é€😀 and half a pair: \ud800'
    expect(macOf('sha-256', secret)(data, 'base64url')).toBe(reference('sha-256', secret, data))
  })

  it('works where the platform has no one-shot hash', () => {
    const secret = new Uint8Array(32).fill(7)
    const older = { createHmac: crypto.createHmac } as unknown as NodeCrypto
    expect(macOf('sha-256', secret, older)('data', 'base64url')).toBe(reference('sha-256', secret, 'data'))
  })
})
