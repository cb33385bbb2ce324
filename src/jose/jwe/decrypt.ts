import type { SecretKey } from '../../crypto/encryption.ts'
import { decodeBase64url } from '../../util/base64url.ts'
import type { ContentEncryption } from '../algorithms/content-encryption.ts'
import type { IterationLimits, KeyHandle, KeyManagement } from '../algorithms/key-management.ts'
import { JoseError, orThrow } from '../errors.ts'
import { Key } from '../jwk/key.ts'
import type { KeySource } from '../jwks/source.ts'
import type { DecryptOptions } from './decrypt-options.ts'
import type { JweHeader } from './header.ts'
import { effectiveLimits, type JweLimits } from './limits.ts'
import { explained } from './platform.ts'
import { keyHandle, preparedReceiver } from './prepared.ts'
import { allowedRecipients, checkNamed, findTrials, type ParsedRecipient, type Trial } from './trials.ts'
import { decompress } from './zip.ts'

/** What all recipients of a token share. Encoded, but for the additional data. */
export interface ParsedContent {
  readonly additionalData: Uint8Array
  readonly iv: string
  readonly ciphertext: string
  readonly tag: string
}

export interface Opened {
  readonly plaintext: Uint8Array
  readonly header: JweHeader
  /** The key that it was encrypted for. */
  readonly key: Key
}

/** The parts of a token, decoded. */
interface Content {
  readonly additionalData: Uint8Array
  readonly iv: Uint8Array
  readonly ciphertext: Uint8Array
  readonly tag: Uint8Array
}

/**
 * Decrypts a token for one of its recipients. All checks of headers and keys come before the cryptography, and all
 * that goes wrong in that is one failure: whatever a stranger could tell apart would be an oracle.
 *
 * @spec RFC 7516 §5.2 §11.5
 */
export async function openContent(
  content: ParsedContent,
  recipients: readonly ParsedRecipient[],
  keys: Key | KeySource,
  options: DecryptOptions,
): Promise<Opened> {
  if (typeof keys !== 'object' || keys === null) {
    throw new TypeError('keys missing: expected a Key, a KeySet or another source of keys')
  }
  try {
    const [first, ...others] = allowedRecipients(recipients, options)
    if (keys instanceof Key && others.length === 0) {
      checkNamed(keys, options)
      const plaintext = await openWith(decodeContent(content), first, keys, options)
      return await opened({ recipient: first, key: keys }, plaintext, options)
    }
    return await openFirst(content, await findTrials([first, ...others], keys, options), options)
  } catch (cause) {
    throw explained(cause)
  }
}

async function openFirst(content: ParsedContent, trials: readonly Trial[], options: DecryptOptions): Promise<Opened> {
  const decoded = decodeContent(content)
  const problems: unknown[] = []
  for (const trial of trials) {
    const plaintext = await openWith(decoded, trial.recipient, trial.key, options).catch((cause) => {
      problems.push(cause)
      return undefined
    })
    if (plaintext !== undefined) return opened(trial, plaintext, options)
  }
  // A trial that came as far as the cryptography says no more than that it failed.
  throw problems.length > 0 && problems.length === trials.length ? problems[0] : decryptionFailed()
}

async function opened(
  { recipient, key }: Trial,
  plaintext: Uint8Array | undefined,
  { limits }: DecryptOptions,
): Promise<Opened> {
  if (plaintext === undefined) throw decryptionFailed()
  const { header, isCompressed } = recipient
  if (!isCompressed) return { plaintext: asBytes(plaintext), header, key }
  return { plaintext: await decompress(plaintext, effectiveLimits(limits).plaintext), header, key }
}

/** Node answers with a Buffer, which is like no other array of bytes in what `slice` and `toJSON` do. */
function asBytes({ buffer, byteOffset, length }: Uint8Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, length)
}

function decryptionFailed(): JoseError {
  return new JoseError(
    'decryption_failed',
    'decryption failed: the token was not encrypted for an accepted key, or was changed',
  )
}

async function openWith(
  { additionalData, iv, ciphertext, tag }: Content,
  { header, algorithm, enc, encryptedKey }: ParsedRecipient,
  key: Key,
  options: DecryptOptions,
): Promise<Uint8Array | undefined> {
  const ready = preparedReceiver(key, algorithm, enc)
  const { handle, receive } = 'then' in ready ? await ready : ready
  const sender = algorithm.isAuthenticated === true ? await senderOf(header, key, algorithm, options) : undefined
  const request = { enc, header, encryptedKey: decodePart(encryptedKey, 'encrypted key'), tag }
  const receiving = receive({ ...request, iterations: iterationsOf(options), ...(sender && { sender }) })
  const received = receiving !== undefined && 'then' in receiving ? await receiving : receiving
  if (iv.length !== enc.ivLength) return undefined
  const input = { key: usableKey(received, handle, enc), iv, additionalData }
  return enc.open(handle, input, { ciphertext, tag })
}

/**
 * What was received, or a key that opens nothing where that is none: nobody must see in answer or time whether it
 * was the key or the text that could not be decrypted.
 *
 * @spec RFC 7516 §11.5
 */
function usableKey(
  received: SecretKey | undefined,
  { crypto }: KeyHandle,
  { keyLength }: ContentEncryption,
): SecretKey {
  if (received !== undefined && (!(received instanceof Uint8Array) || received.length === keyLength)) return received
  return crypto.randomBytes(keyLength)
}

const noLimits: JweLimits = {}

function iterationsOf({ limits = noLimits }: DecryptOptions): IterationLimits {
  const { minimumIterations, maximumIterations } = effectiveLimits(limits)
  return { minimum: minimumIterations, maximum: maximumIterations }
}

/** Whose key proves that it was they who sent: the one that the recipient expects, never one that the token brings. */
async function senderOf(
  { skid }: JweHeader,
  { crv }: Key,
  { name }: KeyManagement,
  { sender }: DecryptOptions,
): Promise<KeyHandle> {
  if (sender === undefined) throw new TypeError(`"sender" option missing: ${name} expects the sender's public key`)
  const criteria = { use: 'enc', ...(typeof skid === 'string' && { kid: skid }) } as const
  const candidates = sender instanceof Key ? [sender] : await sender.select(criteria)
  const found = candidates.find((key) => key.crv === crv)
  if (found !== undefined) return keyHandle(found)
  throw new JoseError('key_not_found', 'no key of the sender: expected one on the curve of the recipient')
}

function decodeContent({ additionalData, iv, ciphertext, tag }: ParsedContent): Content {
  return {
    additionalData,
    iv: decodePart(iv, 'initialization vector'),
    ciphertext: decodePart(ciphertext, 'ciphertext'),
    tag: decodePart(tag, 'authentication tag'),
  }
}

function decodePart(text: string, part: string): Uint8Array {
  return orThrow(() => decodeBase64url(text), 'encoding_invalid', `${part} invalid: expected base64url without padding`)
}
