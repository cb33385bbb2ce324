import type { HeaderParameters } from './header-writer.ts'

/** What the recipients of a JSON Serialization share. All but the headers are base64url text. @spec RFC 7516 §7.2.1 */
export interface SharedMembers {
  /** The protected header, encoded. */
  readonly protected?: string
  /** Parameters for all recipients that are not protected. */
  readonly unprotected?: HeaderParameters
  readonly iv: string
  /** Additional data that is authenticated, and readable by everyone. */
  readonly aad?: string
  readonly ciphertext: string
  readonly tag: string
}

/** One recipient of a JSON Serialization. @spec RFC 7516 §7.2.1 */
export interface RecipientMembers {
  /** Parameters for this recipient, which are not protected. */
  readonly header?: HeaderParameters
  readonly encrypted_key?: string
}

/** A text for several recipients. @spec RFC 7516 §7.2.1 */
export interface GeneralJwe extends SharedMembers {
  readonly recipients: readonly RecipientMembers[]
}

/** A text for one recipient. @spec RFC 7516 §7.2.2 */
export interface FlattenedJwe extends SharedMembers, RecipientMembers {}
