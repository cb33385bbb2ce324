import type { Data } from '../../crypto/backend.ts'
import { encodeBase64url } from '../../util/base64url.ts'
import type { SentKey } from '../algorithms/key-management.ts'
import type { Key } from '../jwk/key.ts'
import type { KeySource } from '../jwks/source.ts'
import { encodeHeader, type JweHeaderOptions, protectedParameters, type TokenTypes } from './header-writer.ts'
import { explained } from './platform.ts'
import type { EncodedHeader } from './prepared.ts'
import {
  type ContentEncryptionOptions,
  type KeyManagementOptions,
  type ReadyRecipient,
  readyRecipient,
  sendRequest,
} from './recipient.ts'
import { encryptedKeyOf, plaintextBytes, sealContent } from './seal.ts'

export interface EncryptOptions extends KeyManagementOptions, ContentEncryptionOptions, JweHeaderOptions {
  /**
   * Packs the text first. Its length then tells about its content: do not pack secrets together with what others can
   * choose. Recipients must allow it.
   */
  readonly zip?: 'DEF'
}

/**
 * Encrypts a text for one recipient and writes it as a compact JWE.
 *
 * @example
 * const jwe = await encryptCompact('hello', key, { alg: 'ECDH-ES', enc: 'A256GCM' })
 * @throws JoseError where the key must not serve the algorithm.
 * @spec RFC 7516 §5.1 §7.1
 */
export function encryptCompact(plaintext: Data, keys: Key | KeySource, options: EncryptOptions = {}): Promise<string> {
  return encryptTyped(plaintext, keys, options, options)
}

/** Encrypts with types of the caller's choice, whatever the options say. */
export async function encryptTyped(
  plaintext: Data,
  keys: Key | KeySource,
  options: EncryptOptions,
  types: TokenTypes,
): Promise<string> {
  try {
    const ready = readyRecipient(keys, options)
    const recipient = 'then' in ready ? await ready : ready
    const { handle, send } = recipient.prepared
    const sending = send(sendRequest(recipient, options))
    const sent = 'then' in sending ? await sending : sending
    const { text, bytes } = compactHeader(recipient, sent, options, types)
    const packed = plaintextBytes(plaintext, options.zip)
    const content = packed instanceof Uint8Array ? packed : await packed
    const sealing = sealContent(handle, recipient.enc, sent.cek, bytes, content)
    const { iv, ciphertext, tag } = 'then' in sealing ? await sealing : sealing
    const encrypted = encryptedKeyOf(sent, tag)
    const encryptedKey = encrypted instanceof Uint8Array ? encrypted : await encrypted
    return `${text}.${encodeBase64url(encryptedKey)}.${encodeBase64url(iv)}.${encodeBase64url(ciphertext)}.${encodeBase64url(tag)}`
  } catch (cause) {
    throw explained(cause)
  }
}

/** How many types a key remembers its header for; more than that are no types but something that varies. */
const rememberedTypes = 16

/** The whole header is protected where there is one recipient. */
function compactHeader(
  { key, algorithm, enc, prepared }: ReadyRecipient,
  sent: SentKey,
  options: EncryptOptions,
  types: TokenTypes,
): EncodedHeader {
  const { zip, header, critical } = options
  const isPlain = (sent.header ?? zip ?? header ?? critical) === undefined
  const name = `${types.typ ?? ''}\n${types.cty ?? ''}`
  const remembered = isPlain ? prepared.headers.get(name) : undefined
  if (remembered !== undefined) return remembered
  const parameters = { alg: algorithm.name, kid: key.kid, enc: enc.name, zip, keyParameters: sent.header }
  const encoded = encodeHeader(protectedParameters(parameters, types, options))
  if (isPlain && prepared.headers.size < rememberedTypes) prepared.headers.set(name, encoded)
  return encoded
}
