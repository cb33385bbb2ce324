import type { KeyMaterial, KeyMembers } from '../../crypto/backend.ts'
import type { SecretKey } from '../../crypto/encryption.ts'
import type { Awaitable } from '../../util/awaitable.ts'
import { decodeBase64url } from '../../util/base64url.ts'
import { JoseError } from '../errors.ts'
import type { KeyOperation } from '../jwk/types.ts'
import type { KeyRequirement } from '../jwk/usage.ts'
import type { Backends, ContentEncryption } from './content-encryption.ts'

/** What an algorithm sees of a key. */
export interface KeyHandle extends Backends {
  readonly material: KeyMaterial
  /** Absent for secrets, and where the platform keeps them to itself. */
  readonly publicMembers: KeyMembers | undefined
  readonly crv: string | undefined
}

/** What a sender may say about how the content encryption key reaches the recipient. */
export interface SendingParameters {
  /** Information about the sender, for key agreement (`apu`). */
  readonly apu?: Uint8Array | undefined
  /** Information about the recipient, for key agreement (`apv`). */
  readonly apv?: Uint8Array | undefined
  /** How often a password is hashed (`p2c`). */
  readonly iterations?: number | undefined
}

export interface SendRequest extends SendingParameters {
  readonly enc: ContentEncryption
  /** The key that others were sent already. */
  readonly cek?: Uint8Array | undefined
  /** The sender's own private key, where the algorithm proves who sent. */
  readonly sender?: KeyHandle | undefined
  /** What that key is called. */
  readonly senderKid?: string | undefined
}

/** How a content encryption key reaches one recipient. */
export interface SentKey {
  readonly cek: SecretKey
  /** Where it depends on the text that the key encrypts, it is made of the tag. */
  readonly encryptedKey: Uint8Array | ((tag: Uint8Array) => Awaitable<Uint8Array>)
  /** What the recipient needs besides. */
  readonly header?: Readonly<Record<string, unknown>>
}

export type KeySender = (request: SendRequest) => Awaitable<SentKey>

/** How often a password may be hashed; fewer times are no protection, more are an attack. */
export interface IterationLimits {
  readonly minimum: number
  readonly maximum: number
}

export interface ReceiveRequest {
  readonly enc: ContentEncryption
  readonly header: Readonly<Record<string, unknown>>
  readonly encryptedKey: Uint8Array
  readonly tag: Uint8Array
  readonly iterations: IterationLimits
  /** The sender's public key, where the algorithm proves who sent. */
  readonly sender?: KeyHandle | undefined
}

/** Answers with `undefined` where the key is not to be had: the caller goes on with another, so that nobody sees it. */
export type KeyReceiver = (request: ReceiveRequest) => Awaitable<SecretKey | undefined>

/** One row of the table of key management (`alg`): what a key must be to serve it, and how a CEK is sent and received. */
export interface KeyManagement extends KeyRequirement {
  readonly use: 'enc'
  /** The only size that fits, in bits; `as enc` where the key is the content encryption key. */
  readonly exactBits?: number | 'as enc'
  /** What it does with a key (RFC 7517 §4.3). Of several names one is enough. */
  readonly operations: { readonly send: readonly KeyOperation[]; readonly receive: readonly KeyOperation[] }
  /** Whether the CEK follows from the key, so that there can be one recipient only. */
  readonly isDirect: boolean
  /** Whether the sender's own key takes part. */
  readonly isAuthenticated?: boolean
  /** Whether the `enc` has to be committing. */
  readonly needsCommitting?: boolean
  sender(key: KeyHandle): Awaitable<KeySender>
  receiver(key: KeyHandle): Awaitable<KeyReceiver>
}

/** A row as the table takes it: its name is the place where it stands. */
export type KeyManagementRow = (name: string) => KeyManagement

/** Operations that one half of an asymmetric key does, or a secret both: (un)wrapping, or the same by another name. */
export const wrapping: KeyManagement['operations'] = {
  send: ['wrapKey', 'encrypt'],
  receive: ['unwrapKey', 'decrypt'],
}

/** The secret of a key of type `oct`, or the `CryptoKey` that keeps it; made ready to be used many times. */
export function secretOf({ material, encryption }: KeyHandle): SecretKey {
  if ('native' in material) return material
  const secret = decodeBase64url(material.k ?? '')
  encryption.prepareSecret?.(secret)
  return secret
}

/** A content encryption key that nobody knows. */
export function freshKey({ crypto }: Backends, { enc, cek }: SendRequest): Uint8Array {
  return cek ?? crypto.randomBytes(enc.keyLength)
}

/** What is wrong with a header parameter of an algorithm. */
export function invalidParameter(name: string, meaning: string, expected: string): JoseError {
  return new JoseError(
    'header_parameter_invalid',
    `"${name}" (${meaning}) header parameter invalid: expected ${expected}`,
  )
}

/** The bytes of a header parameter that is written in base64url. */
export function readBytes(
  header: Readonly<Record<string, unknown>>,
  name: string,
  meaning: string,
): Uint8Array | undefined {
  const value = header[name]
  if (value === undefined) return undefined
  if (typeof value !== 'string') throw invalidParameter(name, meaning, 'base64url without padding')
  try {
    return decodeBase64url(value)
  } catch {
    throw invalidParameter(name, meaning, 'base64url without padding')
  }
}

/** Where the CEK follows from the key, nothing was encrypted with it. @spec RFC 7516 §5.2 */
export function refuseEncryptedKey(name: string, { encryptedKey }: ReceiveRequest): void {
  if (encryptedKey.length === 0) return
  throw new JoseError('token_malformed', `encrypted key invalid: expected none, since "alg" is ${name}`)
}
