import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { derToRaw, rawToDer } from './ecdsa-signature.ts'

const widths = [32, 48, 66]
/** Room that was used before. */
const allocate = (length: number): Uint8Array => new Uint8Array(length).fill(0xff)
const rawOf = (width: number): fc.Arbitrary<Uint8Array> =>
  fc
    .tuple(fc.nat(width), fc.nat(width), fc.uint8Array({ minLength: 2 * width, maxLength: 2 * width }))
    .map(([zerosOfR, zerosOfS, raw]) => raw.fill(0, 0, zerosOfR).fill(0, width, width + zerosOfS))

describe('RFC 7518 §3.4 ECDSA signatures in DER and as r || s', () => {
  it.each(widths)('come back from DER as they were, leading zeros included (%i bytes)', (width) => {
    fc.assert(
      fc.property(rawOf(width), (raw) => {
        expect(derToRaw(rawToDer(raw, allocate), width, new Uint8Array(2 * width))).toEqual(raw)
      }),
    )
  })

  it.each([
    ['both short', '01', '02', '3006020101020102'],
    ['top bit set', '80', 'ff', '300802020080020200ff'],
    ['zero', '00', '00', '3006020100020100'],
  ])('write the shortest integers: %s', (_, r, s, der) => {
    const raw = Buffer.concat([Buffer.from(r.padStart(64, '0'), 'hex'), Buffer.from(s.padStart(64, '0'), 'hex')])
    expect(Buffer.from(rawToDer(raw, allocate)).toString('hex')).toBe(der)
  })

  it('write a long sequence with its length in two bytes', () => {
    const der = rawToDer(new Uint8Array(132).fill(0x7f), allocate)
    expect([...der.subarray(0, 5)]).toEqual([0x30, 0x81, 0x88, 0x02, 0x42])
  })
})
