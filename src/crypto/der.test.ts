import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { keyAlgorithmOf } from './der.ts'

const fromHex = (hex: string): Uint8Array => Buffer.from(hex.replaceAll(' ', ''), 'hex')

describe('RFC 5280 §4.1.2.7 and RFC 5958 §2 the algorithm of a DER key', () => {
  it('is read with its curve', () => {
    const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const p256 = { algorithm: '2a8648ce3d0201', curve: '2a8648ce3d030107' }
    expect(keyAlgorithmOf('spki', pair.publicKey.export({ format: 'der', type: 'spki' }))).toEqual(p256)
    expect(keyAlgorithmOf('pkcs8', pair.privateKey.export({ format: 'der', type: 'pkcs8' }))).toEqual(p256)
  })

  it('is read without one: RSA has NULL there, Ed25519 nothing', () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
    const ed25519 = generateKeyPairSync('ed25519').publicKey
    expect(keyAlgorithmOf('pkcs8', rsa.export({ format: 'der', type: 'pkcs8' }))).toEqual({
      algorithm: '2a864886f70d010101',
    })
    expect(keyAlgorithmOf('spki', ed25519.export({ format: 'der', type: 'spki' }))).toEqual({ algorithm: '2b6570' })
  })

  it.each([
    ['nothing', '', 'DER ends early'],
    ['a tag alone', '30', 'DER ends early'],
    ['a length beyond the end', '30 05 30', 'DER ends early'],
    ['a length that is cut', '30 82 01', 'DER ends early'],
    ['a length that is left open', '30 80 00 00', 'DER element is of no or of too great a length'],
    ['more than one element', '30 00 30 00', 'DER has bytes behind its end'],
    ['a length of four bytes', '30 84 01 00 00 00 30 00', 'DER element is of no or of too great a length'],
    ['a length with a zero in front', `30 82 00 80 ${'05 00 '.repeat(64)}`, 'DER length is longer than it must be'],
    ['a length that fits into one byte', '30 81 02 30 00', 'DER length is longer than it must be'],
    ['such a length further in', '30 05 30 03 30 81 00', 'DER length is longer than it must be'],
    ['a number without bytes', '30 04 30 02 02 00', 'DER number has no bytes'],
    ['a number with a zero in front', '30 04 02 02 00 7f', 'DER number is longer than it must be'],
    ['a negative number with ones in front', '30 04 02 02 ff 80', 'DER number is longer than it must be'],
    ['something that is no sequence', '04 02 30 00', 'DER element is missing or has another tag'],
    ['no algorithm identifier', '30 02 04 00', 'DER element is missing or has another tag'],
    ['no object identifier', '30 04 30 02 04 00', 'DER element is missing or has another tag'],
  ])('is not read from %s', (_, hex, message) => {
    expect(() => keyAlgorithmOf('spki', fromHex(hex))).toThrow(message)
  })
})
