import type { CryptoBackend, KeyMembers } from '../../crypto/backend.ts'
import { JoseError } from '../errors.ts'

const formats: Readonly<Record<string, 'spki' | 'pkcs8'>> = { 'PUBLIC KEY': 'spki', 'PRIVATE KEY': 'pkcs8' }

const armor = /^\s*-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\s]+)-----END \1-----\s*$/

/** Reads a key from PEM text: SPKI (`PUBLIC KEY`) or unencrypted PKCS #8 (`PRIVATE KEY`). @spec RFC 7468 §10 §13 */
export async function membersFromPem(text: string, backend: CryptoBackend): Promise<KeyMembers> {
  const [, label = '', body = ''] = armor.exec(text) ?? []
  const format = formats[label]
  if (format === undefined) throw new JoseError('key_invalid', unreadable(label))
  try {
    return await backend.importDer(format, fromBase64(body))
  } catch (cause) {
    throw new JoseError('key_invalid', `PEM "${label}" invalid: expected an RSA, EC or Ed25519 key`, { cause })
  }
}

function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
}

function unreadable(label: string): string {
  const expected = 'expected one "PUBLIC KEY" (SPKI) or unencrypted "PRIVATE KEY" (PKCS #8) block'
  return label === ''
    ? `key text is not PEM: ${expected}; HMAC secrets are given as bytes`
    : `PEM block unsupported: ${expected}`
}
