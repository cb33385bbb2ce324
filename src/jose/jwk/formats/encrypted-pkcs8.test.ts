import { describe, expect, it } from 'vitest'
import { Key } from '../key.ts'
import { integer, nothing, objectIdentifier, octetString, sequence } from './asn1.ts'

const bytes16 = new Uint8Array(16)
const bigNumber = (value: number): Uint8Array => {
  const view = new DataView(new ArrayBuffer(8))
  view.setBigUint64(0, BigInt(value))
  return integer(new Uint8Array(view.buffer))
}

/** An encrypted key that costs what it says: nothing opens it. */
function encrypted(derivation: string, ...costs: readonly Uint8Array[]): Uint8Array {
  const parameters = sequence(octetString(bytes16), ...costs)
  const cipher = sequence(objectIdentifier('60864801650304012a'), octetString(bytes16))
  const scheme = sequence(sequence(objectIdentifier(derivation), parameters), cipher)
  return sequence(sequence(objectIdentifier('2a864886f70d01050d'), scheme), octetString(bytes16))
}

const byPbkdf2 = (iterations: number): Uint8Array => {
  const prf = sequence(objectIdentifier('2a864886f70d0209'), nothing())
  return encrypted('2a864886f70d01050c', bigNumber(iterations), prf)
}
const byScrypt = (...costs: readonly number[]): Uint8Array => encrypted('2b06010401da47040b', ...costs.map(bigNumber))

const open = (der: Uint8Array): Promise<Key> => Key.import(der, { format: 'der', password: 'x' })
const unsupported = (expectation: string): object => ({
  name: 'JoseError',
  code: 'key_unsupported',
  message: `encrypted private key unsupported: ${expectation}`,
})

describe('RFC 8018 §4.2 how often PBKDF2 hashes', () => {
  it.each([0, 1, 999, 10_000_001, 0x7fffffff])('not %i times', async (iterations) => {
    await expect(open(byPbkdf2(iterations))).rejects.toMatchObject(
      unsupported('expected from 1000 to 10000000 iterations'),
    )
  })

  it('not a number of more bytes than it may have', async () => {
    await expect(open(byPbkdf2(2 ** 48))).rejects.toMatchObject(unsupported('expected a smaller cost'))
  })

  it('a thousand times', async () => {
    await expect(open(byPbkdf2(1000))).rejects.toMatchObject({ code: 'password_invalid' })
  })
})

describe('RFC 7914 §6 what scrypt costs', () => {
  const smaller = unsupported('expected a smaller cost')
  const powerOfTwo = unsupported('expected scrypt with a cost that is a power of two from 1024')

  it.each<[string, readonly number[], object]>([
    ['more memory than 128 MiB', [2 ** 17, 16, 1], smaller],
    ['blocks without end', [1024, 2 ** 31, 1], smaller],
    ['a cost without end', [2 ** 31, 8, 1], smaller],
    ['more than sixteen at a time', [16_384, 8, 17], smaller],
    ['no cost', [0, 8, 1], powerOfTwo],
    ['a cost of nearly nothing', [512, 8, 1], powerOfTwo],
    ['a cost that is no power of two', [16_383, 8, 1], powerOfTwo],
    ['no blocks', [16_384, 0, 1], powerOfTwo],
    ['nobody at work', [16_384, 8, 0], powerOfTwo],
  ])('not %s', async (_, costs, expected) => {
    await expect(open(byScrypt(...costs))).rejects.toMatchObject(expected)
  })

  it('a number is not left out', async () => {
    await expect(open(byScrypt(16_384, 8))).rejects.toMatchObject({ code: 'key_invalid' })
  })

  it('what its makers propose', async () => {
    await expect(open(byScrypt(16_384, 8, 1))).rejects.toMatchObject({ code: 'password_invalid' })
  })
})
