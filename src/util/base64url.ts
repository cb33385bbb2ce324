import { encodeUtf8 } from './bytes.ts'

/** The little of Node's Buffer that is used here: the core compiles without Node's types. */
interface NativeCodec {
  from(bytes: ArrayBufferLike, offset: number, length: number): NativeBytes
  from(text: string, encoding: 'utf8' | 'base64url'): NativeBytes
}
interface NativeBytes {
  readonly buffer: ArrayBuffer
  readonly byteOffset: number
  readonly length: number
  toString(encoding: 'base64url'): string
}

const NOT_BASE64URL = 'text invalid: expected base64url without padding'

/**
 * Writes bytes, or the UTF-8 bytes of a text, as base64url without padding.
 *
 * @spec RFC 4648 §5
 */
export function encodeBase64url(data: Uint8Array | string): string {
  const native = nativeCodec()
  if (native === undefined) return encodePortably(typeof data === 'string' ? encodeUtf8(data) : data)
  if (typeof data === 'string') return native.from(data, 'utf8').toString('base64url')
  return native.from(data.buffer, data.byteOffset, data.length).toString('base64url')
}

/**
 * Reads base64url strictly: one text for each sequence of bytes. Padding, foreign characters, an impossible length and
 * spare bits that are not zero are refused, so that a signed or hashed text cannot be respelled.
 *
 * The result may be a view of a larger buffer: use it as bytes, not through its `buffer`.
 *
 * @throws SyntaxError where the text is not the base64url of anything.
 * @spec RFC 4648 §3.5
 * @spec RFC 7515 §2
 */
export function decodeBase64url(text: string): Uint8Array<ArrayBuffer> {
  const native = nativeCodec()
  if (native === undefined) return decodePortably(text)
  const bytes = native.from(text, 'base64url')
  // The native reader skips what it does not know. Only the canonical spelling survives the way back.
  if (bytes.toString('base64url') !== text) throw new SyntaxError(NOT_BASE64URL)
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length)
}

function nativeCodec(): NativeCodec | undefined {
  return (globalThis as { Buffer?: NativeCodec }).Buffer
}

/* What every platform has works on base64, and on bytes as characters. */

function encodePortably(bytes: Uint8Array): string {
  let characters = ''
  for (const byte of bytes) characters += String.fromCharCode(byte)
  return btoa(characters).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

function decodePortably(text: string): Uint8Array<ArrayBuffer> {
  try {
    const characters = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
    const bytes = Uint8Array.from(characters, (character) => character.charCodeAt(0))
    if (encodePortably(bytes) === text) return bytes
  } catch {
    // Foreign characters, or an impossible length.
  }
  throw new SyntaxError(NOT_BASE64URL)
}
