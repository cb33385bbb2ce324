import { type CryptoBackend, PlatformUnsupportedError } from '../../../crypto/backend.ts'
import {
  type DerElement,
  DerError,
  derChildren,
  derTags,
  expectDer,
  keyAlgorithmOf,
  readDer,
} from '../../../crypto/der.ts'
import { derObjectIdentifier } from '../../../crypto/der-keys.ts'
import { encodeBase64url } from '../../../util/base64url.ts'
import { JoseError } from '../../errors.ts'
import { objectIdentifier, octetString, sequence, smallInteger } from './asn1.ts'

export interface ReadContext {
  readonly backend: CryptoBackend
  /** Opens an encrypted private key. */
  readonly password: string | Uint8Array | undefined
}

/** A key as a format yields it: the members of a JWK, which are checked where all JWKs are. */
export type ReadKey = Readonly<Record<string, unknown>>

/** Reads one form of DER. What it throws may be anything: see `reading`. */
export type DerReader = (der: Uint8Array, context: ReadContext) => Promise<ReadKey>

/** Turns whatever a reader throws into an error that says which form was read, and nothing of what was in it. */
export async function reading(form: string, step: () => Promise<ReadKey>): Promise<ReadKey> {
  try {
    return await step()
  } catch (cause) {
    if (cause instanceof JoseError) throw cause
    if (cause instanceof PlatformUnsupportedError) {
      throw new JoseError('key_unsupported', `${form} unsupported: ${cause.message}`, { cause })
    }
    if (cause instanceof DerError) {
      throw new JoseError('key_invalid', `${form} invalid: expected ${asDerWantsIt}`, { cause })
    }
    throw new JoseError('key_invalid', `${form} invalid: expected an RSA, EC, OKP or ML-DSA key`, { cause })
  }
}

const asDerWantsIt =
  'one element of DER with nothing behind it, its lengths definite and its numbers as short as they can be'

/** The elements that a key in DER is made of. */
export function readSequence(der: Uint8Array): DerElement[] {
  return derChildren(expectDer(readDer(der), derTags.sequence))
}

/** Of the keys that a BIT STRING can hold, those of RSA are DER themselves. @spec RFC 5280 §4.1.2.7 @spec RFC 3279 §2.3.1 */
export const readSpki: DerReader = async (der, { backend }) => {
  const [, key] = readSequence(der)
  const isRsa = keyAlgorithmOf('spki', der).algorithm === derObjectIdentifier('RSA')
  if (isRsa) readDer(expectDer(key, derTags.bitString).content.subarray(1))
  return { ...(await backend.importDer('spki', der)) }
}

/** Private keys of all kinds are DER within. @spec RFC 5958 §2 */
export const readPkcs8: DerReader = async (der, { backend }) => {
  const [, , key] = readSequence(der)
  readDer(expectDer(key, derTags.octetString).content)
  return { ...(await backend.importDer('pkcs8', der)) }
}

/** @spec RFC 8017 §A.1.1 */
export const readPkcs1Public: DerReader = async (der) => {
  const [n, e, ...others] = readSequence(der)
  if (others.length > 0) throw new SyntaxError('PKCS #1 key has more than two numbers')
  return { kty: 'RSA', n: number(n), e: number(e) }
}

/** @spec RFC 8017 §A.1.2 */
export const readPkcs1Private: DerReader = async (der) => {
  const [version, n, e, d, p, q, dp, dq, qi, ...others] = readSequence(der)
  if (expectDer(version, derTags.integer).content[0] !== 0 || others.length > 0) {
    throw new JoseError('key_unsupported', 'PKCS #1 key unsupported: expected an RSA key of two primes')
  }
  const numbers = Object.entries({ n, e, d, p, q, dp, dq, qi }).map(([name, element]) => [name, number(element)])
  return { kty: 'RSA', ...Object.fromEntries(numbers) }
}

/** Zeros in front are DER's, not the number's. @spec RFC 7518 §2 */
function number(element: DerElement | undefined): string {
  const { content } = expectDer(element, derTags.integer)
  const first = content.findIndex((byte) => byte !== 0)
  if ((content[0] ?? 0x80) >= 0x80) throw new RangeError('number is negative or missing')
  return encodeBase64url(first === -1 ? Uint8Array.of(0) : content.subarray(first))
}

/** The platform finds the point where it is left out; the curve must be there. @spec RFC 5915 §3 */
export const readSec1: DerReader = async (der, context) => {
  const parts = readSequence(der)
  const parameters = parts.find(({ tag }) => tag === 0xa0)
  if (parameters === undefined) throw new SyntaxError('SEC 1 key does not name its curve')
  const curve = expectDer(derChildren(parameters)[0], derTags.objectIdentifier)
  const identifier = sequence(objectIdentifier(derObjectIdentifier('EC')), curve.whole)
  return readPkcs8(sequence(smallInteger(0), identifier, octetString(der)), context)
}
