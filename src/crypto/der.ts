/** One element of DER. */
export interface DerElement {
  readonly tag: number
  readonly content: Uint8Array
  /** Tag, length and content together. */
  readonly whole: Uint8Array
}

/** Bytes are not DER: cut off, too long, or written in another way than the one that DER has for each value. */
export class DerError extends SyntaxError {
  override readonly name: string = 'DerError'
}

export const derTags = {
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectIdentifier: 0x06,
  sequence: 0x30,
} as const

/**
 * Reads bytes that are one element and nothing behind it, and DER to the innermost. Platforms read BER as well, and
 * pass over what follows, so that one key could be written in any number of ways.
 *
 * @throws DerError where they are not.
 * @spec RFC 5280 §4.1
 */
export function readDer(der: Uint8Array): DerElement {
  const root = readAt(der, 0)
  if (root.whole.length !== der.length) throw new DerError('DER has bytes behind its end')
  const pending = [root]
  for (let element = pending.pop(); element !== undefined; element = pending.pop()) {
    if (element.tag === derTags.integer) checkInteger(element)
    if ((element.tag & constructed) !== 0) for (const child of derChildren(element)) pending.push(child)
  }
  return root
}

/** The bit of a tag that says that elements are within. */
const constructed = 0x20

/** The elements inside a constructed one. @throws DerError where its content is none. */
export function derChildren({ content }: DerElement): DerElement[] {
  const children: DerElement[] = []
  for (let offset = 0; offset < content.length; offset += children.at(-1)?.whole.length ?? content.length) {
    children.push(readAt(content, offset))
  }
  return children
}

/** An element that must be there and have this tag. @throws SyntaxError where it has not. */
export function expectDer(element: DerElement | undefined, tag: number): DerElement {
  if (element?.tag === tag) return element
  throw new SyntaxError('DER element is missing or has another tag')
}

/** Bytes as hex, which is how object identifiers are compared here. */
export function derHex({ content }: DerElement): string {
  return Array.from(content, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

function readAt(der: Uint8Array, offset: number): DerElement {
  const [tag, first] = [der[offset], der[offset + 1]]
  if (tag === undefined || first === undefined) throw new DerError('DER ends early')
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f
  const length = first < 0x80 ? first : longLength(der.subarray(offset + 2, offset + 2 + lengthBytes), lengthBytes)
  const start = offset + 2 + lengthBytes
  if (start + length > der.length) throw new DerError('DER ends early')
  return { tag, content: der.subarray(start, start + length), whole: der.subarray(offset, start + length) }
}

/** Lengths take three bytes at most, which is more than any key needs, and no byte more than they must. */
function longLength(bytes: Uint8Array, count: number): number {
  if (count === 0 || count > 3) throw new DerError('DER element is of no or of too great a length')
  if (bytes.length < count) throw new DerError('DER ends early')
  const length = bytes.reduce((value, byte) => value * 256 + byte, 0)
  if (length < 0x80 || bytes[0] === 0) throw new DerError('DER length is longer than it must be')
  return length
}

/** A number has a byte at least, and none in front that only repeats its sign. */
function checkInteger({ content: [first, second] }: DerElement): void {
  if (first === undefined) throw new DerError('DER number has no bytes')
  if (second !== undefined && first === (second < 0x80 ? 0 : 0xff)) {
    throw new DerError('DER number is longer than it must be')
  }
}

/**
 * The object identifiers of a key's AlgorithmIdentifier, as hex: the algorithm and, for elliptic curves, the curve.
 * WebCrypto must be told the algorithm of a key before it reads the key; this is where the key says it.
 *
 * @spec RFC 5280 §4.1.2.7
 * @spec RFC 5958 §2
 */
export function keyAlgorithmOf(format: 'spki' | 'pkcs8', der: Uint8Array): { algorithm: string; curve?: string } {
  const parts = derChildren(expectDer(readDer(der), derTags.sequence))
  const identifier = derChildren(expectDer(parts[format === 'pkcs8' ? 1 : 0], derTags.sequence))
  const algorithm = expectDer(identifier[0], derTags.objectIdentifier)
  const parameters = identifier[1]
  const curve = parameters?.tag === derTags.objectIdentifier ? derHex(parameters) : undefined
  return { algorithm: derHex(algorithm), ...(curve !== undefined && { curve }) }
}
