import type { CryptoBackend } from '../../crypto/backend.ts'
import type { EncryptionBackend, Sealed, SealingInput } from '../../crypto/encryption.ts'
import type { Awaitable } from '../../util/awaitable.ts'

/** Where an operation takes place. */
export interface Backends {
  readonly crypto: CryptoBackend
  readonly encryption: EncryptionBackend
}

/** One row of the table of content encryption (`enc`): what it needs, and how a text is sealed and opened with it. */
export interface ContentEncryption {
  readonly name: string
  /** Length of the content encryption key in bytes. */
  readonly keyLength: number
  /** Length of the initialization vector in bytes. */
  readonly ivLength: number
  /** Whether a ciphertext opens with one key only, so that its tag may stand for the key. */
  readonly isCommitting: boolean
  seal(backends: Backends, input: SealingInput, plaintext: Uint8Array): Awaitable<Sealed>
  /** Answers with `undefined` whatever is wrong. */
  open(backends: Backends, input: SealingInput, sealed: Sealed): Awaitable<Uint8Array | undefined>
}

/** A row as the table takes it: its name is the place where it stands. */
export type ContentEncryptionRow = (name: string) => ContentEncryption
