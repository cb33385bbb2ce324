/** One element of DER: its tag and where its content lies. */
interface Element {
  readonly tag: number
  readonly start: number
  readonly end: number
}

const sequence = 0x30
const objectIdentifier = 0x06

/**
 * The object identifiers of a key's AlgorithmIdentifier, as hex: the algorithm and, for elliptic curves, the curve.
 * WebCrypto must be told the algorithm of a key before it reads the key; this is where the key says it.
 *
 * @spec RFC 5280 §4.1.2.7
 * @spec RFC 5958 §2
 */
export function keyAlgorithmOf(format: 'spki' | 'pkcs8', der: Uint8Array): { algorithm: string; curve?: string } {
  const outer = expect(read(der, 0), sequence)
  const version = format === 'pkcs8' ? read(der, outer.start).end : outer.start
  const identifier = expect(read(der, version), sequence)
  const algorithm = expect(read(der, identifier.start), objectIdentifier)
  const parameters = algorithm.end < identifier.end ? read(der, algorithm.end) : undefined
  const curve = parameters?.tag === objectIdentifier ? hex(der, parameters) : undefined
  return { algorithm: hex(der, algorithm), ...(curve !== undefined && { curve }) }
}

function read(der: Uint8Array, offset: number): Element {
  const tag = der[offset]
  const first = der[offset + 1]
  if (tag === undefined || first === undefined) throw new RangeError('DER ends early')
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f
  if (lengthBytes > 3) throw new RangeError('DER element is too long')
  let length = lengthBytes === 0 ? first : 0
  for (let index = 0; index < lengthBytes; index++) length = length * 256 + (der[offset + 2 + index] ?? 0)
  const start = offset + 2 + lengthBytes
  if (start + length > der.length) throw new RangeError('DER ends early')
  return { tag, start, end: start + length }
}

function expect(element: Element, tag: number): Element {
  if (element.tag !== tag) throw new TypeError('DER is not a key')
  return element
}

function hex(der: Uint8Array, { start, end }: Element): string {
  return Array.from(der.subarray(start, end), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
