import type { Data } from '../../crypto/backend.ts'
import type { SecretKey } from '../../crypto/encryption.ts'
import { encodeBase64url } from '../../util/base64url.ts'
import { encodeUtf8 } from '../../util/bytes.ts'
import type { SentKey } from '../algorithms/key-management.ts'
import { JoseError } from '../errors.ts'
import type { Key } from '../jwk/key.ts'
import type { KeySource } from '../jwks/source.ts'
import type { EncryptOptions } from './encrypt.ts'
import { checkDisjoint } from './header.ts'
import {
  type AlgorithmParameters,
  encodeHeader,
  type HeaderParameters,
  protectedParameters,
  refuseOwn,
} from './header-writer.ts'
import type { FlattenedJwe, GeneralJwe, RecipientMembers, SharedMembers } from './json-types.ts'
import { explained } from './platform.ts'
import {
  type ContentEncryptionOptions,
  type KeyManagementOptions,
  type ReadyRecipient,
  readyRecipient,
  sendRequest,
} from './recipient.ts'
import { encryptedKeyOf, plaintextBytes, sealContent } from './seal.ts'

/** What the JSON Serialization can say beside the compact one. */
interface JsonMembers {
  /** Parameters for all recipients that are not protected. */
  readonly unprotected?: HeaderParameters
  /** Data that is authenticated with the text, and readable by everyone. */
  readonly aad?: Data
}

export interface EncryptFlattenedOptions extends EncryptOptions, JsonMembers {}

export interface EncryptGeneralOptions
  extends Omit<EncryptOptions, keyof KeyManagementOptions>,
    ContentEncryptionOptions,
    JsonMembers {}

/** Somebody to encrypt to. */
export interface JweRecipient extends KeyManagementOptions {
  readonly key: Key | KeySource
  /** Parameters for this recipient, which are not protected. */
  readonly unprotected?: HeaderParameters
}

/**
 * Encrypts a text for one recipient, as flattened JSON. All parameters but those in `unprotected` are protected.
 *
 * @example
 * const jwe = await encryptFlattened('hello', key, { alg: 'A256KW', aad: 'for your eyes only' })
 * @spec RFC 7516 §5.1 §7.2.2
 */
export async function encryptFlattened(
  plaintext: Data,
  keys: Key | KeySource,
  options: EncryptFlattenedOptions = {},
): Promise<FlattenedJwe> {
  try {
    const recipient = await readyRecipient(keys, options)
    const sent = await recipient.prepared.send(sendRequest(recipient, options))
    const names = { alg: recipient.algorithm.name, kid: recipient.key.kid, keyParameters: sent.header }
    const { shared, tag } = await sealShared(plaintext, recipient, sent.cek, names, options)
    return { ...shared, ...(await encryptedKeyMember(sent, tag)) }
  } catch (cause) {
    throw explained(cause)
  }
}

/**
 * Encrypts a text once, for several recipients, as general JSON. What is the recipient's own (`alg`, `kid`, …) stands
 * unprotected beside its encrypted key, as the format has it; all else is protected.
 *
 * @example
 * const jwe = await encryptGeneral('hello', [{ key: alice, alg: 'ECDH-ES+A256KW' }, { key: bob }])
 * @throws JoseError `recipients_invalid`
 * @spec RFC 7516 §5.1 §7.2.1
 */
export async function encryptGeneral(
  plaintext: Data,
  recipients: readonly JweRecipient[],
  options: EncryptGeneralOptions = {},
): Promise<GeneralJwe> {
  try {
    const ready = await Promise.all(recipients.map((to) => readyRecipient(to.key, withoutKey(to, options))))
    const deliveries = await sendToAll(checkRecipients(ready), recipients)
    const [{ recipient, sent }] = deliveries
    const { shared, tag } = await sealShared(plaintext, recipient, sent.cek, {}, options)
    const members = deliveries.map((delivery) => recipientMembers(delivery, tag, options))
    return { ...shared, recipients: await Promise.all(members) }
  } catch (cause) {
    throw explained(cause)
  }
}

type AtLeastOne<T> = [T, ...T[]]

function withoutKey({ key: _, ...own }: JweRecipient, { enc, registry }: EncryptGeneralOptions): KeyManagementOptions {
  return { ...own, ...(enc !== undefined && { enc }), ...(registry && { registry }) }
}

/** A key that follows from one recipient's key cannot be sent to others. @spec RFC 7518 §4.5 §4.6 */
function checkRecipients(recipients: readonly ReadyRecipient[]): AtLeastOne<ReadyRecipient> {
  const [first, ...others] = recipients
  if (first !== undefined && recipients.every(({ algorithm, enc }) => !algorithm.isDirect && enc === first.enc)) {
    return [first, ...others]
  }
  throw new JoseError(
    'recipients_invalid',
    'recipients invalid: expected some with one "enc", and none with direct encryption or direct key agreement',
  )
}

/** A recipient and how the key comes to them. */
interface Delivery {
  readonly recipient: ReadyRecipient
  readonly sent: SentKey
  readonly unprotected: HeaderParameters | undefined
}

/** The first recipient is sent a fresh key, all others the same. */
async function sendToAll(
  ready: AtLeastOne<ReadyRecipient>,
  recipients: readonly JweRecipient[],
): Promise<AtLeastOne<Delivery>> {
  const deliver = async (recipient: ReadyRecipient, index: number, cek?: Uint8Array): Promise<Delivery> => {
    const options = recipients[index]
    const sent = await recipient.prepared.send(sendRequest(recipient, options ?? {}, cek))
    return { recipient, sent, unprotected: options?.unprotected }
  }
  const [first, ...others] = ready
  const delivery = await deliver(first, 0)
  const { cek } = delivery.sent
  if (!(cek instanceof Uint8Array)) throw new TypeError('a key that the platform keeps cannot be sent')
  return [delivery, ...(await Promise.all(others.map((recipient, index) => deliver(recipient, index + 1, cek))))]
}

async function recipientMembers(
  { recipient, sent, unprotected = {} }: Delivery,
  tag: Uint8Array,
  { header = {}, unprotected: shared = {} }: EncryptGeneralOptions,
): Promise<RecipientMembers> {
  refuseOwn(unprotected)
  const { key, algorithm } = recipient
  const own = definedOnly({ alg: algorithm.name, kid: key.kid, ...sent.header, ...unprotected })
  checkDisjoint([own, header, shared])
  return { header: own, ...(await encryptedKeyMember(sent, tag)) }
}

/** `JSON.stringify` leaves out what is undefined; an object that is handed out must not have it either. */
function definedOnly(parameters: HeaderParameters): HeaderParameters {
  return Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== undefined))
}

async function encryptedKeyMember(sent: SentKey, tag: Uint8Array): Promise<Pick<RecipientMembers, 'encrypted_key'>> {
  const encryptedKey = await encryptedKeyOf(sent, tag)
  return encryptedKey.length > 0 ? { encrypted_key: encodeBase64url(encryptedKey) } : {}
}

type OwnParameters = Pick<AlgorithmParameters, 'alg' | 'kid' | 'keyParameters'>

/** Encrypts the text, with a header in which the parameters of a single recipient are protected. */
async function sealShared(
  plaintext: Data,
  { enc, prepared }: ReadyRecipient,
  cek: SecretKey,
  own: OwnParameters,
  options: EncryptFlattenedOptions | EncryptGeneralOptions,
): Promise<{ readonly shared: SharedMembers; readonly tag: Uint8Array }> {
  const { zip, unprotected } = options
  const parameters = protectedParameters({ ...own, enc: enc.name, zip }, options, options)
  if (unprotected !== undefined) refuseOwn(unprotected)
  checkDisjoint([definedOnly(parameters), unprotected])
  const { text, bytes } = encodeHeader(parameters)
  const aad = options.aad === undefined ? undefined : encodeBase64url(options.aad)
  const additionalData = aad === undefined ? bytes : encodeUtf8(`${text}.${aad}`)
  const content = await plaintextBytes(plaintext, zip)
  const { iv, ciphertext, tag } = await sealContent(prepared.handle, enc, cek, additionalData, content)
  const shared = {
    protected: text,
    ...(unprotected && { unprotected }),
    iv: encodeBase64url(iv),
    ...(aad !== undefined && { aad }),
    ciphertext: encodeBase64url(ciphertext),
    tag: encodeBase64url(tag),
  }
  return { shared, tag }
}
