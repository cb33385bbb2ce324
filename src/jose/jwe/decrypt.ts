import type { SecretKey } from '../../crypto/encryption.ts'
import type { Awaitable } from '../../util/awaitable.ts'
import { decodeBase64url } from '../../util/base64url.ts'
import type { ContentEncryption } from '../algorithms/content-encryption.ts'
import {
  type IterationLimits,
  invalidParameter,
  type KeyHandle,
  type KeyManagement,
} from '../algorithms/key-management.ts'
import { JoseError, orThrow } from '../errors.ts'
import { Key } from '../jwk/key.ts'
import type { KeySource } from '../jwks/source.ts'
import type { DecryptOptions } from './decrypt-options.ts'
import type { JweHeader } from './header.ts'
import { effectiveLimits, type JweLimits } from './limits.ts'
import { keyHandle, type PreparedReceiver, preparedReceiver } from './prepared.ts'
import { allowedRecipients, checkAllowed, checkNamed, findTrials, type ParsedRecipient, type Trial } from './trials.ts'
import { senderProblem } from './usage.ts'
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
  const [first, ...others] = allowedRecipients(recipients, options)
  if (others.length === 0) return openFor(content, first, keys, options)
  return openFirst(content, [first, ...others], keys, options)
}

/** The same for a token that has one recipient; at once where key and platform allow it. */
export function openFor(
  content: ParsedContent,
  recipient: ParsedRecipient,
  keys: Key | KeySource,
  options: DecryptOptions,
): Awaitable<Opened> {
  checkAllowed(recipient.facts, options)
  if (typeof keys !== 'object' || keys === null) {
    throw new TypeError('keys missing: expected a Key, a KeySet or another source of keys')
  }
  if (!(keys instanceof Key)) return openFirst(content, [recipient], keys, options)
  checkNamed(keys, options)
  const trial = { recipient, key: keys }
  const opening = openWith(decodeContent(content), recipient, keys, options)
  return opening !== undefined && 'then' in opening
    ? opening.then((plaintext) => opened(trial, plaintext, options))
    : opened(trial, opening, options)
}

async function openFirst(
  content: ParsedContent,
  recipients: readonly ParsedRecipient[],
  keys: Key | KeySource,
  options: DecryptOptions,
): Promise<Opened> {
  const trials = await findTrials(recipients, keys, options)
  checkIterations(trials, options)
  const decoded = decodeContent(content)
  const problems: unknown[] = []
  for (const trial of trials) {
    try {
      const plaintext = await openWith(decoded, trial.recipient, trial.key, options)
      if (plaintext !== undefined) return opened(trial, plaintext, options)
    } catch (cause) {
      problems.push(cause)
    }
  }
  // A trial that came as far as the cryptography says no more than that it failed.
  throw problems.length > 0 && problems.length === trials.length ? problems[0] : decryptionFailed()
}

function opened(
  { recipient, key }: Trial,
  plaintext: Uint8Array | undefined,
  options: DecryptOptions,
): Awaitable<Opened> {
  if (plaintext === undefined) throw decryptionFailed()
  const { header, isCompressed } = recipient.facts
  if (!isCompressed) return { plaintext: asBytes(plaintext), header, key }
  const limit = effectiveLimits(options.limits).plaintext
  return decompress(plaintext, limit).then((unpacked) => ({ plaintext: unpacked, header, key }))
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

/** Answers at once where the key is ready and the platform is quick. */
function openWith(
  content: Content,
  recipient: ParsedRecipient,
  key: Key,
  options: DecryptOptions,
): Awaitable<Uint8Array | undefined> {
  const { algorithm, enc } = recipient.facts
  const ready = preparedReceiver(key, algorithm, enc)
  if ('then' in ready || algorithm.isAuthenticated === true) return openLater(content, recipient, key, ready, options)
  return receiveAndOpen(content, recipient, ready, options, undefined)
}

async function openLater(
  content: Content,
  recipient: ParsedRecipient,
  key: Key,
  ready: Awaitable<PreparedReceiver>,
  options: DecryptOptions,
): Promise<Uint8Array | undefined> {
  const { header, algorithm } = recipient.facts
  const sender = algorithm.isAuthenticated === true ? await senderOf(header, key, algorithm, options) : undefined
  return receiveAndOpen(content, recipient, await ready, options, sender)
}

function receiveAndOpen(
  content: Content,
  { facts, encryptedKey }: ParsedRecipient,
  { handle, receive }: PreparedReceiver,
  options: DecryptOptions,
  sender: KeyHandle | undefined,
): Awaitable<Uint8Array | undefined> {
  const receiving = receive({
    enc: facts.enc,
    header: facts.header,
    encryptedKey: decodePart(encryptedKey, 'encrypted key'),
    tag: content.tag,
    iterations: iterationsOf(options),
    sender,
  })
  return receiving !== undefined && 'then' in receiving
    ? receiving.then((received) => openWithKey(content, facts.enc, handle, received))
    : openWithKey(content, facts.enc, handle, receiving)
}

function openWithKey(
  { additionalData, iv, ciphertext, tag }: Content,
  enc: ContentEncryption,
  handle: KeyHandle,
  received: SecretKey | undefined,
): Awaitable<Uint8Array | undefined> {
  if (iv.length !== enc.ivLength) return undefined
  return enc.open(handle, { key: usableKey(received, handle, enc), iv, additionalData }, { ciphertext, tag })
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

const defaultIterations: IterationLimits = iterationLimits(undefined)

function iterationsOf({ limits }: DecryptOptions): IterationLimits {
  return limits === undefined ? defaultIterations : iterationLimits(limits)
}

function iterationLimits(limits: JweLimits | undefined): IterationLimits {
  const { minimumIterations, maximumIterations } = effectiveLimits(limits)
  return { minimum: minimumIterations, maximum: maximumIterations }
}

/**
 * What refusing a token costs is bounded for the token as a whole: many recipients, or many passwords to try, must not
 * multiply it. One trial alone is judged by its algorithm.
 *
 * @spec RFC 7518 §4.8.1.2
 */
function checkIterations(trials: readonly Trial[], options: DecryptOptions): void {
  if (trials.length < 2) return
  const { maximum } = iterationsOf(options)
  const counts = trials.map(({ recipient }) => iterationCount(recipient.facts.header))
  if (counts.reduce((sum, count) => sum + count) > maximum) {
    throw invalidParameter('p2c', 'PBES2 Count', `no more than ${maximum} for all recipients and keys together`)
  }
}

/** What is no count is refused by its algorithm, and costs nothing. */
function iterationCount({ p2c }: JweHeader): number {
  return typeof p2c === 'number' && p2c > 0 ? p2c : 0
}

/** Whose key proves that it was they who sent: the one that the recipient expects, never one that the token brings. */
async function senderOf(
  { skid }: JweHeader,
  { crv }: Key,
  algorithm: KeyManagement,
  { sender }: DecryptOptions,
): Promise<KeyHandle> {
  if (sender === undefined) {
    throw new TypeError(`"sender" option missing: ${algorithm.name} expects the sender's public key`)
  }
  const criteria = { use: 'enc', ...(typeof skid === 'string' && { kid: skid }) } as const
  const candidates = sender instanceof Key ? [sender] : await sender.select(criteria)
  const found = candidates.find((key) => key.crv === crv)
  if (found === undefined) {
    throw new JoseError('key_not_found', 'no key of the sender: expected one on the curve of the recipient')
  }
  const problem = senderProblem(found, algorithm, 'receive')
  if (problem) throw problem
  return keyHandle(found)
}

function decodeContent({ additionalData, iv, ciphertext, tag }: ParsedContent): Content {
  return {
    additionalData,
    iv: decodePart(iv, 'initialization vector'),
    ciphertext: decodePart(ciphertext, 'ciphertext'),
    tag: decodePart(tag, 'authentication tag'),
  }
}

const nothing = new Uint8Array()

function decodePart(text: string, part: string): Uint8Array {
  if (text === '') return nothing
  return orThrow(() => decodeBase64url(text), 'encoding_invalid', `${part} invalid: expected base64url without padding`)
}
