import { derTags } from '../../../crypto/der.ts'
import { decodeBase64url } from '../../../util/base64url.ts'
import { concatBytes } from '../../../util/bytes.ts'

/* The few forms of DER that keys are written in. */

/** An element: its tag, the length in as few bytes as it needs, and what is in it. */
export function element(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const content = concatBytes(...parts)
  return concatBytes(Uint8Array.of(tag), lengthOf(content.length), content)
}

function lengthOf(length: number): Uint8Array {
  if (length < 0x80) return Uint8Array.of(length)
  const bytes = [length >> 16, (length >> 8) & 0xff, length & 0xff]
  const used = bytes.slice(bytes.findIndex((byte) => byte > 0))
  return Uint8Array.of(0x80 | used.length, ...used)
}

export const sequence = (...parts: readonly Uint8Array[]): Uint8Array => element(derTags.sequence, ...parts)
export const octetString = (...parts: readonly Uint8Array[]): Uint8Array => element(derTags.octetString, ...parts)
/** Keys are whole bytes: no bit of the last one is unused. */
export const bitString = (content: Uint8Array): Uint8Array => element(derTags.bitString, Uint8Array.of(0), content)
export const nothing = (): Uint8Array => Uint8Array.of(0x05, 0)

export function objectIdentifier(hex: string): Uint8Array {
  const bytes = (hex.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16))
  return element(derTags.objectIdentifier, Uint8Array.from(bytes))
}

/** A number that is not negative: no zeros in front, but one where the top bit would mean minus. */
export function integer(bytes: Uint8Array): Uint8Array {
  const first = bytes.findIndex((byte) => byte !== 0)
  const number = first === -1 ? Uint8Array.of(0) : bytes.subarray(first)
  const isNegative = (number[0] ?? 0) >= 0x80
  return element(derTags.integer, isNegative ? Uint8Array.of(0) : new Uint8Array(), number)
}

/** A small number. */
export function smallInteger(value: number): Uint8Array {
  return integer(Uint8Array.of((value >> 24) & 0xff, (value >> 16) & 0xff, (value >> 8) & 0xff, value & 0xff))
}

/** The bytes of a JWK member, which must be there. */
export function memberBytes(text: string | undefined): Uint8Array {
  if (text === undefined) throw new TypeError('JWK member is missing')
  return decodeBase64url(text)
}
