import type { CryptoBackend, HashName } from '../../crypto/backend.ts'
import { encodeBase64url } from '../../util/base64url.ts'
import { concatBytes, encodeUtf8 } from '../../util/bytes.ts'
import { wholeNumber } from '../../util/whole-number.ts'
import { JoseError } from '../errors.ts'
import {
  freshKey,
  type IterationLimits,
  invalidParameter,
  type KeyHandle,
  type KeyManagementRow,
  readBytes,
  secretOf,
} from './key-management.ts'

/** As many as widespread recipients accept; hashing the password takes about a tenth of a second. */
const defaultIterations = 300_000
/** @spec RFC 7518 §4.8.1.2 */
const leastIterations = 1000
const saltLength = 16
/** @spec RFC 7518 §4.8.1.1 */
const shortestSalt = 8

/** A password, hashed many times, wraps the content encryption key. @spec RFC 7518 §4.8 */
export function passwordKeyWrap(hash: HashName, bits: number): KeyManagementRow {
  return (name) => ({
    name,
    kty: 'oct',
    use: 'enc',
    minimumBits: 8,
    operations: { send: ['deriveBits', 'deriveKey', 'wrapKey'], receive: ['deriveBits', 'deriveKey', 'unwrapKey'] },
    isDirect: false,
    sender(key) {
      const password = passwordOf(key)
      return async (request) => {
        const p2c = wholeNumber('iterations', request.iterations ?? defaultIterations, leastIterations)
        const p2s = key.crypto.randomBytes(saltLength)
        const cek = freshKey(key, request)
        const wrapper = await derive(key.crypto, { hash, password, salt: saltOf(name, p2s), count: p2c, bits })
        const encryptedKey = await key.encryption.aesKeyWrap(wrapper, cek)
        return { cek, encryptedKey, header: { p2s: encodeBase64url(p2s), p2c } }
      }
    },
    receiver(key) {
      const password = passwordOf(key)
      return async ({ header, encryptedKey, iterations }) => {
        const p2s = readSalt(header)
        const count = readCount(header, iterations)
        const wrapper = await derive(key.crypto, { hash, password, salt: saltOf(name, p2s), count, bits })
        return key.encryption.aesKeyUnwrap(wrapper, encryptedKey)
      }
    },
  })
}

function passwordOf(key: KeyHandle): Uint8Array {
  const secret = secretOf(key)
  if (secret instanceof Uint8Array) return secret
  throw new JoseError('key_not_extractable', 'password cannot be shown: expected its bytes, not a CryptoKey')
}

interface PasswordDerivation {
  readonly hash: HashName
  readonly password: Uint8Array
  readonly salt: Uint8Array
  readonly count: number
  readonly bits: number
}

async function derive(crypto: CryptoBackend, derivation: PasswordDerivation): Promise<Uint8Array> {
  const { hash, password, salt, count, bits } = derivation
  return crypto.pbkdf2(hash, password, salt, count, bits / 8)
}

/** The algorithm is part of the salt, so that one password makes other keys for others. @spec RFC 7518 §4.8.1.1 */
function saltOf(name: string, p2s: Uint8Array): Uint8Array {
  return concatBytes(encodeUtf8(name), new Uint8Array(1), p2s)
}

function readSalt(header: Readonly<Record<string, unknown>>): Uint8Array {
  const p2s = readBytes(header, 'p2s', 'PBES2 Salt Input')
  if (p2s !== undefined && p2s.length >= shortestSalt) return p2s
  throw invalidParameter('p2s', 'PBES2 Salt Input', `at least ${shortestSalt} bytes in base64url`)
}

/** The sender chooses what decrypting costs, within bounds (CVE-2023-50967 and its kin). @spec RFC 7518 §4.8.1.2 */
function readCount({ p2c }: Readonly<Record<string, unknown>>, { minimum, maximum }: IterationLimits): number {
  if (typeof p2c === 'number' && Number.isSafeInteger(p2c) && p2c >= minimum && p2c <= maximum) return p2c
  throw invalidParameter('p2c', 'PBES2 Count', `a whole number from ${minimum} to ${maximum}`)
}
