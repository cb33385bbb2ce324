import type { CryptoBackend, KeyMembers } from '../../../crypto/backend.ts'
import { derChildren, derTags, expectDer } from '../../../crypto/der.ts'
import { decodeBase64url, encodeBase64url } from '../../../util/base64url.ts'
import { JoseError } from '../../errors.ts'
import { publicMembers } from '../members.ts'
import { decodeBase64, encodeBase64 } from './base64.ts'
import { type DerReader, type ReadContext, type ReadKey, reading, readSequence, readSpki } from './read.ts'

/**
 * The certificates of a key, as a JWK carries them. That they are those of the key is checked; who issued them, when
 * they end and whether they were revoked is not: they are data, no reason to trust the key.
 *
 * @spec RFC 7517 §4.6 §4.7 §4.8 §4.9
 */
export interface CertificateParameters {
  readonly x5u?: string
  readonly x5c?: readonly string[]
  readonly x5t?: string
  readonly 'x5t#S256'?: string
}

/** The key in a certificate, with the certificate and its fingerprint as parameters. @spec RFC 5280 §4.1 */
export const readCertificate: DerReader = async (der, context) => ({
  ...(await publicKeyOf(der, context)),
  x5c: [encodeBase64(der)],
  'x5t#S256': await context.backend.hashBase64url('sha-256', der),
})

/** Where the version is said, the fields move by one. */
async function publicKeyOf(der: Uint8Array, context: ReadContext): Promise<ReadKey> {
  const [signed] = readSequence(der)
  const fields = derChildren(expectDer(signed, derTags.sequence))
  const spki = expectDer(fields[fields[0]?.tag === 0xa0 ? 6 : 5], derTags.sequence)
  return readSpki(spki.whole, context)
}

/** Adds a chain to the key that its first certificate is of. */
export function withCertificates(key: ReadKey, chain: readonly Uint8Array[]): ReadKey {
  return chain.length === 0 ? key : { ...key, x5c: chain.map(encodeBase64) }
}

/** A chain has a handful of links; each is a few thousand characters. */
const longestChain = 10
const longestCertificate = 65_536

/** Reads the certificate parameters of a JWK, and checks that they are of its key and of one another. */
export async function readCertificateParameters(
  jwk: ReadKey,
  members: KeyMembers,
  backend: CryptoBackend,
): Promise<CertificateParameters> {
  const { x5c, x5u } = jwk
  if (x5u !== undefined && typeof x5u !== 'string') throw invalid('x5u', 'X.509 URL', 'expected a string')
  const thumbprints = readThumbprints(jwk)
  if (x5c === undefined) return { ...(x5u !== undefined && { x5u }), ...thumbprints }
  const chain = readChain(x5c)
  await checkKeyOf(chain[0], members, backend)
  await checkThumbprints(chain[0], thumbprints, backend)
  return { ...(x5u !== undefined && { x5u }), x5c: chain.map(encodeBase64), ...thumbprints }
}

const thumbprints = [
  { name: 'x5t', meaning: 'X.509 Certificate SHA-1 Thumbprint', hash: 'sha-1', length: 20 },
  { name: 'x5t#S256', meaning: 'X.509 Certificate SHA-256 Thumbprint', hash: 'sha-256', length: 32 },
] as const

type Thumbprints = Pick<CertificateParameters, 'x5t' | 'x5t#S256'>

function readThumbprints(jwk: ReadKey): Thumbprints {
  const present = thumbprints.filter(({ name }) => jwk[name] !== undefined)
  for (const { name, meaning, length } of present) {
    if (!isBytes(jwk[name], length)) throw invalid(name, meaning, `expected the base64url of ${length} bytes`)
  }
  return Object.fromEntries(present.map(({ name }) => [name, jwk[name]]))
}

function isBytes(value: unknown, length: number): boolean {
  try {
    return typeof value === 'string' && decodeBase64url(value).length === length
  } catch {
    return false
  }
}

function readChain(x5c: unknown): [Uint8Array, ...Uint8Array[]] {
  const expectation = 'expected a list of certificates in base64 (DER), ten at most'
  const failure = invalid('x5c', 'X.509 Certificate Chain', expectation)
  if (!Array.isArray(x5c) || x5c.length > longestChain) throw failure
  try {
    const [first, ...others] = x5c.map(readBase64)
    if (first !== undefined) return [first, ...others]
  } catch {
    throw failure
  }
  throw failure
}

function readBase64(text: unknown): Uint8Array {
  if (typeof text !== 'string' || text.length > longestCertificate) throw new TypeError('no certificate')
  return decodeBase64(text)
}

/** The first certificate must be the one of the key. @spec RFC 7517 §4.7 */
async function checkKeyOf(der: Uint8Array, members: KeyMembers, backend: CryptoBackend): Promise<void> {
  const certified = await reading('JWK "x5c"', () => publicKeyOf(der, { backend, password: undefined }))
  const isSame = Object.entries(publicMembers(members)).every(([name, value]) => certified[name] === value)
  if (!isSame) throw invalid('x5c', 'X.509 Certificate Chain', 'expected the first certificate to be of this key')
}

async function checkThumbprints(der: Uint8Array, given: Thumbprints, backend: CryptoBackend): Promise<void> {
  for (const { name, meaning, hash } of thumbprints) {
    if (given[name] === undefined || given[name] === encodeBase64url(await backend.hash(hash, der))) continue
    throw invalid(name, meaning, 'expected the thumbprint of the first certificate')
  }
}

function invalid(name: string, meaning: string, expectation: string): JoseError {
  return new JoseError('key_invalid', `JWK "${name}" (${meaning}) invalid: ${expectation}`)
}
