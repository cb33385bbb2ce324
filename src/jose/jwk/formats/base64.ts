const base64 = /^[A-Za-z0-9+/]+={0,2}$/

/** Reads the base64 of PEM, `x5c` and OpenSSH, which is padded. @throws SyntaxError @spec RFC 4648 §4 */
export function decodeBase64(text: string): Uint8Array {
  if (text.length % 4 !== 0 || !base64.test(text)) throw new SyntaxError('text is not base64')
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
}

/** @spec RFC 4648 §4 */
export function encodeBase64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
}
