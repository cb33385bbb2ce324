import { JoseError } from '../../../jose/errors.ts'
import { decryptCompact } from '../../../jose/jwe/index.ts'
import type { Key } from '../../../jose/jwk/index.ts'
import { KeySet } from '../../../jose/jwks/index.ts'
import { decodeUtf8 } from '../../../util/bytes.ts'
import { OAuth2Error } from '../../errors.ts'

const RSA = ['RSA-OAEP-256', 'RSA-OAEP'] as const
const ECDH = ['ECDH-ES', 'ECDH-ES+A128KW', 'ECDH-ES+A256KW'] as const

/** What the content may be encrypted with. */
export const CONTENT_ENCRYPTIONS = ['A256GCM', 'A128GCM', 'A256CBC-HS512', 'A128CBC-HS256'] as const

/** The keys of the server that others may encrypt to: those that are for nothing else. */
export function decryptionKeys({ keys }: KeySet): readonly Key[] {
  return keys.filter(({ use, isPrivate, kty }) => use === 'enc' && isPrivate && kty !== 'oct')
}

/** The key management algorithms of these keys: a key that names one is for that one. */
export function keyManagementAlgorithms(keys: readonly Key[]): string[] {
  return [...new Set(keys.flatMap(({ kty, alg }) => (alg === undefined ? (kty === 'RSA' ? RSA : ECDH) : [alg])))]
}

/** Whether a text has the five parts of an encrypted JWT. */
export function isEncrypted(jwt: string): boolean {
  return jwt.split('.', 6).length === 5
}

/**
 * The signed request object in an encrypted one. Why it could not be opened is not told apart: whoever tries to learn
 * something from the difference learns nothing.
 *
 * @throws OAuth2Error `invalid_request_object`
 * @spec RFC 9101 §6.1
 */
export async function decryptRequestObject(jwe: string, serverKeys: KeySet): Promise<string> {
  const keys = decryptionKeys(serverKeys)
  if (keys.length === 0) throw undecipherable()
  try {
    const { plaintext } = await decryptCompact(jwe, new KeySet(keys), {
      algorithms: keyManagementAlgorithms(keys),
      encryptions: CONTENT_ENCRYPTIONS,
    })
    return decodeUtf8(plaintext)
  } catch (error) {
    if (error instanceof JoseError || error instanceof TypeError) throw undecipherable(error)
    throw error
  }
}

function undecipherable(cause?: unknown): OAuth2Error {
  return new OAuth2Error('invalid_request_object', 'request object could not be decrypted with a key of this server', {
    reason: 'request_object_encryption',
    ...(cause === undefined ? {} : { cause }),
  })
}
