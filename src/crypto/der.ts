/** One element of DER. */
export interface DerElement {
  readonly tag: number
  readonly content: Uint8Array
  /** Tag, length and content together. */
  readonly whole: Uint8Array
}

export const derTags = {
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectIdentifier: 0x06,
  sequence: 0x30,
} as const

/** Reads bytes that are one element and nothing behind it. @throws SyntaxError where they are not. */
export function readDer(der: Uint8Array): DerElement {
  const element = readAt(der, 0)
  if (element.whole.length !== der.length) throw new SyntaxError('DER has bytes behind its end')
  return element
}

/** The elements inside a constructed one. @throws SyntaxError where its content is none. */
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

/** Lengths take three bytes at most, which is more than any key needs. @spec RFC 5280 §4.1 */
function readAt(der: Uint8Array, offset: number): DerElement {
  const [tag, first] = [der[offset], der[offset + 1]]
  if (tag === undefined || first === undefined) throw new SyntaxError('DER ends early')
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f
  if (first === 0x80 || lengthBytes > 3) throw new SyntaxError('DER element is of no or of too great a length')
  let length = lengthBytes === 0 ? first : 0
  for (let index = 0; index < lengthBytes; index++) length = length * 256 + (der[offset + 2 + index] ?? 0)
  const start = offset + 2 + lengthBytes
  if (start + length > der.length) throw new SyntaxError('DER ends early')
  return { tag, content: der.subarray(start, start + length), whole: der.subarray(offset, start + length) }
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
