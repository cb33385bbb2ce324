import { encryptionBackend } from '../../crypto/encryption.ts'
import type { Awaitable } from '../../util/awaitable.ts'
import type { ContentEncryption } from '../algorithms/content-encryption.ts'
import type { KeyHandle, KeyManagement, KeyReceiver, KeySender } from '../algorithms/key-management.ts'
import { type Key, keyRecord } from '../jwk/key.ts'
import { type Direction, encryptionProblem } from './usage.ts'

/** A protected header, and what of it is authenticated. */
export interface EncodedHeader {
  readonly text: string
  readonly bytes: Uint8Array
}

/** A key found fit for an algorithm, and made ready to send content encryption keys. */
export interface PreparedSender {
  readonly handle: KeyHandle
  readonly send: KeySender
  /** Encoded protected headers by what varies in them, so that a header that never changes is written once. */
  readonly headers: Map<string, EncodedHeader>
}

/** A key found fit for an algorithm, and made ready to receive content encryption keys. */
export interface PreparedReceiver {
  readonly handle: KeyHandle
  readonly receive: KeyReceiver
}

/**
 * What keys have prepared. It is kept here, and not by the key, which knows nothing of encryption: who only signs
 * loads none of it. With the key it is forgotten.
 */
class Preparations<T extends object> {
  readonly #made: WeakMap<Key, Map<KeyManagement, Map<ContentEncryption, Awaitable<T>>>> = new WeakMap()

  get(key: Key, algorithm: KeyManagement, enc: ContentEncryption): Awaitable<T> | undefined {
    return this.#made.get(key)?.get(algorithm)?.get(enc)
  }

  /** Keeps a value that came as a promise as itself from then on, and forgets it where it failed. */
  keep(key: Key, algorithm: KeyManagement, enc: ContentEncryption, made: Awaitable<T>): Awaitable<T> {
    const algorithms = this.#made.get(key) ?? new Map<KeyManagement, Map<ContentEncryption, Awaitable<T>>>()
    const places = algorithms.get(algorithm) ?? new Map<ContentEncryption, Awaitable<T>>()
    this.#made.set(key, algorithms)
    algorithms.set(algorithm, places)
    const kept = 'then' in made ? settle(made, places, enc) : made
    places.set(enc, kept)
    return kept
  }
}

async function settle<T>(
  pending: PromiseLike<T>,
  places: Map<ContentEncryption, Awaitable<T>>,
  enc: ContentEncryption,
): Promise<T> {
  try {
    const value = await pending
    places.set(enc, value)
    return value
  } catch (cause) {
    places.delete(enc)
    throw cause
  }
}

const senders: Preparations<PreparedSender> = new Preparations()
const receivers: Preparations<PreparedReceiver> = new Preparations()

/**
 * The key made ready to encrypt to; prepared once.
 *
 * @throws JoseError where the key must not serve the algorithm.
 */
export function preparedSender(key: Key, algorithm: KeyManagement, enc: ContentEncryption): Awaitable<PreparedSender> {
  const found = senders.get(key, algorithm, enc)
  if (found !== undefined) return found
  const handle = handleOf(key, algorithm, enc, 'send')
  const sender = algorithm.sender(handle)
  const ready = (send: KeySender): PreparedSender => ({ handle, send, headers: new Map() })
  return senders.keep(key, algorithm, enc, 'then' in sender ? sender.then(ready) : ready(sender))
}

/**
 * The key made ready to decrypt with; prepared once.
 *
 * @throws JoseError where the key must not serve the algorithm.
 */
export function preparedReceiver(
  key: Key,
  algorithm: KeyManagement,
  enc: ContentEncryption,
): Awaitable<PreparedReceiver> {
  const found = receivers.get(key, algorithm, enc)
  if (found !== undefined) return found
  const handle = handleOf(key, algorithm, enc, 'receive')
  const receiver = algorithm.receiver(handle)
  const ready = (receive: KeyReceiver): PreparedReceiver => ({ handle, receive })
  return receivers.keep(key, algorithm, enc, 'then' in receiver ? receiver.then(ready) : ready(receiver))
}

function handleOf(key: Key, algorithm: KeyManagement, enc: ContentEncryption, direction: Direction): KeyHandle {
  const problem = encryptionProblem(key, algorithm, enc, direction)
  if (problem) throw problem
  return keyHandle(key)
}

/** What algorithms see of a key. */
export function keyHandle(key: Key): KeyHandle {
  const { material, publicMembers, crv, backend } = keyRecord(key)
  return { material, publicMembers, crv, crypto: backend, encryption: encryptionBackend(backend, material) }
}
