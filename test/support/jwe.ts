import { standardJweRegistry } from '../../src/jose/algorithms/jwe-registry.ts'
import { generateEncryptionKey } from '../../src/jose/jwe/generate.ts'
import type { Key } from '../../src/jose/jwk/key.ts'

/** What a refusal looks like: its code and its sentence. */
export const refusal = (code: string, message: string): object => ({ name: 'JoseError', code, message })

export const decryptionFailed: object = refusal(
  'decryption_failed',
  'decryption failed: the token was not encrypted for an accepted key, or was changed',
)

export const encode = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
export const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

export const contentEncryptions: readonly string[] = Object.keys(standardJweRegistry().contentEncryption)
export const keyManagement: readonly string[] = Object.keys(standardJweRegistry().keyManagement)

/** As few as are accepted, since tests hash many passwords. */
export const iterations = 1000

/** One key of each kind. */
export interface EncryptionKeys {
  readonly secret: Key
  readonly wrapper: Key
  readonly agreed: Key
  readonly rsa: Key
}

export async function makeEncryptionKeys(): Promise<EncryptionKeys> {
  return {
    secret: await generateEncryptionKey('dir', { kid: 's1' }),
    wrapper: await generateEncryptionKey('A256KW', { kid: 'w1' }),
    agreed: await generateEncryptionKey('ECDH-ES', { kid: 'e1' }),
    rsa: await generateEncryptionKey('RSA-OAEP-256', { kid: 'r1' }),
  }
}

/** A token like another one, with another header, which nothing authenticates any more. */
export function withHeader(token: string, header: unknown): string {
  return withPart(token, 0, encode(header))
}

/** A token like another one, with another segment. */
export function withPart(token: string, index: number, part: string): string {
  return token
    .split('.')
    .map((own, place) => (place === index ? part : own))
    .join('.')
}
