import type { Data } from '../../crypto/backend.ts'
import type { Awaitable } from '../../util/awaitable.ts'
import { encodeUtf8 } from '../../util/bytes.ts'
import type { ContentEncryption } from '../algorithms/content-encryption.ts'
import {
  type ContentEncryptionName,
  contentEncryptionOf,
  type JweRegistry,
  type KeyManagementName,
  keyManagementOf,
  standardJweRegistry,
} from '../algorithms/jwe-registry.ts'
import type { KeyManagement, SendRequest } from '../algorithms/key-management.ts'
import { JoseError } from '../errors.ts'
import { Key } from '../jwk/key.ts'
import type { KeySource } from '../jwks/source.ts'
import { keyHandle, type PreparedSender, preparedSender } from './prepared.ts'
import { encryptionProblem, senderProblem } from './usage.ts'

/** How a content encryption key reaches a recipient. */
export interface KeyManagementOptions {
  /** Default: the algorithm that the key is for. */
  readonly alg?: KeyManagementName
  /** About the sender (`apu`), for key agreement. Text is taken as UTF-8. */
  readonly apu?: Data
  /** About the recipient (`apv`), for key agreement. Text is taken as UTF-8. */
  readonly apv?: Data
  /** How often a password is hashed (`p2c`), 300 000 times by default. */
  readonly iterations?: number
  /** The sender's own private key, for algorithms that prove who sent (ECDH-1PU). */
  readonly sender?: Key
}

export interface ContentEncryptionOptions {
  /** Default: the one that the key is for, or `A256GCM`. */
  readonly enc?: ContentEncryptionName
  /** The algorithms to choose from; the standard ones by default. */
  readonly registry?: JweRegistry
}

/** A recipient's key, found fit for an algorithm and made ready. */
export interface ReadyRecipient {
  readonly key: Key
  readonly algorithm: KeyManagement
  readonly enc: ContentEncryption
  readonly prepared: PreparedSender
}

const defaultEncryption = 'A256GCM'

/** Chooses key and algorithms, and has the key made ready; at once, where it was before. @spec RFC 7516 §5.1 */
export function readyRecipient(
  keys: Key | KeySource,
  options: KeyManagementOptions & ContentEncryptionOptions,
): Awaitable<ReadyRecipient> {
  if (typeof keys !== 'object' || keys === null) throw new TypeError('key missing: expected a Key or a KeySet')
  if (!(keys instanceof Key)) return chooseKey(keys, options)
  const registry = options.registry ?? standardJweRegistry()
  const { algorithm, enc } = algorithmsOf(keys, options, registry)
  const prepared = preparedSender(keys, algorithm, enc)
  return 'then' in prepared
    ? prepared.then((awaited) => ({ key: keys, algorithm, enc, prepared: awaited }))
    : { key: keys, algorithm, enc, prepared }
}

interface Algorithms {
  readonly algorithm: KeyManagement
  readonly enc: ContentEncryption
}

function algorithmsOf(key: Key, { alg, enc }: AlgorithmOptions, registry: JweRegistry): Algorithms {
  // A key whose "alg" is an "enc" encrypts content itself.
  const isContentKey = key.alg !== undefined && registry.contentEncryption[key.alg] !== undefined
  const ownEncryption = isContentKey ? key.alg : undefined
  const name = alg ?? (isContentKey ? 'dir' : key.alg) ?? algorithmRequired()
  return {
    algorithm: keyManagementOf(registry, name),
    enc: contentEncryptionOf(registry, enc ?? ownEncryption ?? defaultEncryption),
  }
}

type AlgorithmOptions = Pick<KeyManagementOptions & ContentEncryptionOptions, 'alg' | 'enc'>

function algorithmRequired(): never {
  throw new JoseError(
    'algorithms_required',
    '"alg" (Algorithm) missing: expected as an option, since the key names none',
  )
}

/** The first key of a set that fits, such as the one that a client published for us to encrypt to. */
async function chooseKey(
  keys: KeySource,
  options: KeyManagementOptions & ContentEncryptionOptions,
): Promise<ReadyRecipient> {
  const registry = options.registry ?? standardJweRegistry()
  const found = await keys.select({ use: 'enc' })
  for (const key of found.filter(({ alg }) => (options.alg ?? alg) !== undefined)) {
    if (isFit(key, options, registry)) return readyRecipient(key, options)
  }
  throw new JoseError('key_not_found', 'no encryption key: expected one for the "alg" (Algorithm) in the key set')
}

function isFit(key: Key, options: AlgorithmOptions, registry: JweRegistry): boolean {
  if (options.alg === undefined && !isKnown(key.alg, registry)) return false
  const { algorithm, enc } = algorithmsOf(key, options, registry)
  return encryptionProblem(key, algorithm, enc, 'send') === undefined
}

function isKnown(alg: string | undefined, { keyManagement, contentEncryption }: JweRegistry): boolean {
  return alg !== undefined && (keyManagement[alg] ?? contentEncryption[alg]) !== undefined
}

/** What the algorithm is asked for. */
export function sendRequest(
  { algorithm, enc }: ReadyRecipient,
  { apu, apv, iterations, sender }: KeyManagementOptions,
  cek?: Uint8Array,
): SendRequest {
  if (algorithm.isAuthenticated === true && sender === undefined) {
    throw new TypeError(`"sender" option missing: ${algorithm.name} expects the sender's private key`)
  }
  const problem = sender && algorithm.isAuthenticated === true && senderProblem(sender, algorithm, 'send')
  if (problem) throw problem
  return {
    enc,
    cek,
    apu: apu === undefined ? undefined : bytesOf(apu),
    apv: apv === undefined ? undefined : bytesOf(apv),
    iterations,
    sender: sender && keyHandle(sender),
    senderKid: sender?.kid,
  }
}

function bytesOf(data: Data): Uint8Array {
  return typeof data === 'string' ? encodeUtf8(data) : data
}
