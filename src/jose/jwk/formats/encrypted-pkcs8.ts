import type { CryptoBackend, HashName, ScryptParameters } from '../../../crypto/backend.ts'
import { type DerElement, derChildren, derHex, derTags, expectDer } from '../../../crypto/der.ts'
import { encryptionBackend } from '../../../crypto/encryption.ts'
import { JoseError } from '../../errors.ts'
import { nothing, objectIdentifier, octetString, sequence, smallInteger } from './asn1.ts'
import { type DerReader, readPkcs8, readSequence } from './read.ts'

/*
 * Private keys under a password: PBES2 with PBKDF2 or scrypt, and AES-CBC (RFC 8018 §6.2). Object identifiers as hex.
 */

const pbes2 = '2a864886f70d01050d'
const pbkdf2 = '2a864886f70d01050c'
/** @spec RFC 7914 §7 */
const scrypt = '2b06010401da47040b'
const hmacSha256 = '2a864886f70d0209'
const aes256Cbc = '60864801650304012a'

/** The hash of PBKDF2; SHA-1 where the file names none. @spec RFC 8018 §B.1 */
const hashes: Readonly<Record<string, HashName>> = {
  '2a864886f70d0207': 'sha-1',
  [hmacSha256]: 'sha-256',
  '2a864886f70d020a': 'sha-384',
  '2a864886f70d020b': 'sha-512',
}

/** AES-CBC by the length of its key in bytes. @spec RFC 8018 §B.2.5 */
const keyLengths: Readonly<Record<string, number>> = {
  '608648016503040102': 16,
  '608648016503040116': 24,
  [aes256Cbc]: 32,
}

/**
 * What a file may cost before its password is known to be right, and the least that makes a guess cost anything.
 *
 * @spec RFC 8018 §4.2
 */
const minimumIterations = 1000
const maximumIterations = 10_000_000
const minimumCost = 1024
const maximumMemory = 128 * 1024 * 1024
const maximumParallelization = 16

/** Opens EncryptedPrivateKeyInfo. @spec RFC 5958 §3 */
export const readEncryptedPkcs8: DerReader = async (der, context) => {
  if (context.password === undefined) {
    throw new JoseError('password_missing', '"password" missing: the private key is encrypted')
  }
  const [scheme, sealed] = readSequence(der)
  const { derivation, cipher, iv } = readScheme(scheme)
  const keyLength = keyLengths[cipher] ?? unsupported('expected AES-CBC')
  const key = await deriveKey(derivation, context.password, keyLength, context.backend)
  const data = expectDer(sealed, derTags.octetString).content
  const plain = await encryptionBackend(context.backend).aesCbcDecrypt(key, iv, data)
  if (plain === undefined || !isPrivateKeyInfo(plain)) {
    throw new JoseError('password_invalid', '"password" invalid: the private key does not open with it')
  }
  return readPkcs8(plain, context)
}

function readScheme(element: DerElement | undefined): { derivation: DerElement; cipher: string; iv: Uint8Array } {
  const { identifier, parameters } = readIdentifier(element)
  if (identifier !== pbes2) unsupported('expected PBES2')
  const [derivation, cipher] = derChildren(expectDer(parameters, derTags.sequence))
  const { identifier: name, parameters: iv } = readIdentifier(cipher)
  return { derivation: expectDer(derivation, derTags.sequence), cipher: name, iv: octets(iv) }
}

function readIdentifier(element: DerElement | undefined): { identifier: string; parameters: DerElement | undefined } {
  const [identifier, parameters] = derChildren(expectDer(element, derTags.sequence))
  return { identifier: derHex(expectDer(identifier, derTags.objectIdentifier)), parameters }
}

function octets(element: DerElement | undefined): Uint8Array {
  return expectDer(element, derTags.octetString).content
}

function number(element: DerElement | undefined): number {
  const { content } = expectDer(element, derTags.integer)
  if (content.length > 5) unsupported('expected a smaller cost')
  return content.reduce((value, byte) => value * 256 + byte, 0)
}

async function deriveKey(
  element: DerElement,
  password: string | Uint8Array,
  length: number,
  backend: CryptoBackend,
): Promise<Uint8Array> {
  const { identifier, parameters } = readIdentifier(element)
  const [salt, ...costs] = derChildren(expectDer(parameters, derTags.sequence))
  if (identifier === scrypt) return deriveByScrypt(octets(salt), costs, password, length, backend)
  if (identifier !== pbkdf2) unsupported('expected PBKDF2 or scrypt')
  const iterations = number(costs[0])
  if (iterations < minimumIterations || iterations > maximumIterations) {
    unsupported(`expected from ${minimumIterations} to ${maximumIterations} iterations`)
  }
  const prf = costs.find(({ tag }) => tag === derTags.sequence)
  const hash = prf === undefined ? 'sha-1' : (hashes[readIdentifier(prf).identifier] ?? unsupported('expected HMAC'))
  return backend.pbkdf2(hash, password, octets(salt), iterations, length)
}

async function deriveByScrypt(
  salt: Uint8Array,
  costs: readonly DerElement[],
  password: string | Uint8Array,
  length: number,
  backend: CryptoBackend,
): Promise<Uint8Array> {
  const parameters = { cost: number(costs[0]), blockSize: number(costs[1]), parallelization: number(costs[2]) }
  checkScrypt(parameters)
  if (backend.scrypt === undefined) return unsupported('scrypt is not available in this runtime')
  return backend.scrypt(password, salt, parameters, length)
}

/** @spec RFC 7914 §6 */
function checkScrypt({ cost, blockSize, parallelization }: ScryptParameters): void {
  const isCost = cost >= minimumCost && Number.isInteger(Math.log2(cost))
  if (!isCost || blockSize < 1 || parallelization < 1) {
    unsupported(`expected scrypt with a cost that is a power of two from ${minimumCost}`)
  }
  if (128 * cost * blockSize > maximumMemory || parallelization > maximumParallelization) {
    unsupported('expected a smaller cost')
  }
}

function unsupported(expectation: string): never {
  throw new JoseError('key_unsupported', `encrypted private key unsupported: ${expectation}`)
}

/** A wrong password opens one file in 256 to bytes without a meaning. */
function isPrivateKeyInfo(plain: Uint8Array): boolean {
  try {
    const [version, algorithm] = readSequence(plain)
    return version?.tag === derTags.integer && algorithm?.tag === derTags.sequence
  } catch {
    return false
  }
}

/** OWASP's figure of 2023 for PBKDF2 with HMAC-SHA-256. */
const iterations = 600_000

/** Seals PrivateKeyInfo with PBES2: PBKDF2 with HMAC-SHA-256, AES-256-CBC. @spec RFC 5958 §3 @spec RFC 8018 §6.2 */
export async function writeEncryptedPkcs8(
  plain: Uint8Array,
  password: string | Uint8Array,
  backend: CryptoBackend,
): Promise<Uint8Array> {
  const [salt, iv] = [backend.randomBytes(16), backend.randomBytes(16)]
  const key = await backend.pbkdf2('sha-256', password, salt, iterations, 32)
  const sealed = await encryptionBackend(backend).aesCbcEncrypt(key, iv, plain)
  const prf = sequence(objectIdentifier(hmacSha256), nothing())
  const derivation = sequence(
    objectIdentifier(pbkdf2),
    sequence(octetString(salt), smallInteger(iterations), smallInteger(32), prf),
  )
  const cipher = sequence(objectIdentifier(aes256Cbc), octetString(iv))
  const scheme = sequence(objectIdentifier(pbes2), sequence(derivation, cipher))
  return sequence(scheme, octetString(sealed))
}
