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

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const VALUES: ReadonlyMap<string, number> = new Map([...ALPHABET].map((character, value) => [character, value]))
const NOT_BASE64URL = 'text is not base64url: expected A-Z a-z 0-9 - _ without padding and without spare bits'

/**
 * Writes bytes, or the UTF-8 bytes of a text, as base64url without padding.
 *
 * @spec RFC 4648 §5
 */
export function encodeBase64url(data: Uint8Array | string): string {
  const native = nativeCodec()
  if (native === undefined) return encodeByTable(typeof data === 'string' ? encodeUtf8(data) : data)
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
  if (native === undefined) return decodeByTable(text)
  const bytes = native.from(text, 'base64url')
  // The native reader skips what it does not know. Only the canonical spelling survives the way back.
  if (bytes.toString('base64url') !== text) throw new SyntaxError(NOT_BASE64URL)
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length)
}

function nativeCodec(): NativeCodec | undefined {
  return (globalThis as { Buffer?: NativeCodec }).Buffer
}

function encodeByTable(bytes: Uint8Array): string {
  let text = ''
  for (let index = 0; index < bytes.length; index += 3) {
    const left = bytes.length - index
    const group = ((bytes[index] ?? 0) << 16) | ((bytes[index + 1] ?? 0) << 8) | (bytes[index + 2] ?? 0)
    text += ALPHABET.charAt(group >> 18) + ALPHABET.charAt((group >> 12) & 63)
    if (left > 1) text += ALPHABET.charAt((group >> 6) & 63)
    if (left > 2) text += ALPHABET.charAt(group & 63)
  }
  return text
}

function decodeByTable(text: string): Uint8Array<ArrayBuffer> {
  // Four characters carry three bytes; a single left-over character carries six bits, which is no byte at all.
  if (text.length % 4 === 1) throw new SyntaxError(NOT_BASE64URL)
  const bytes = new Uint8Array((text.length * 3) >> 2)
  let bits = 0
  let pending = 0
  let written = 0
  for (const character of text) {
    const value = VALUES.get(character)
    if (value === undefined) throw new SyntaxError(NOT_BASE64URL)
    pending = ((pending << 6) | value) & 0xfff
    bits += 6
    if (bits >= 8) {
      bits -= 8
      bytes[written++] = (pending >> bits) & 0xff
    }
  }
  if ((pending & ((1 << bits) - 1)) !== 0) throw new SyntaxError(NOT_BASE64URL)
  return bytes
}
