import type { JsonObject } from '../../util/json.ts'
import type { Key } from '../jwk/key.ts'
import type { KeySource } from '../jwks/source.ts'
import { type Opened, openContent } from './decrypt.ts'
import type { DecryptOptions } from './decrypt-options.ts'
import { parseJson } from './json-parse.ts'
import type { FlattenedJwe, GeneralJwe } from './json-types.ts'
import { explained } from './platform.ts'

export interface DecryptedJson extends Opened {
  /** The parameters that nobody can have changed. `header` has all of them. */
  readonly protectedHeader: JsonObject
  /** The additional data, where the token has some. */
  readonly aad: Uint8Array | undefined
}

/**
 * Decrypts a JWE in JSON Serialization, flattened or general, for the first of its recipients that we are.
 *
 * @param jwe the object, or its text.
 * @throws JoseError
 * @spec RFC 7516 §5.2 §7.2
 */
export async function decryptJson(
  jwe: string | FlattenedJwe | GeneralJwe,
  keys: Key | KeySource,
  options: DecryptOptions = {},
): Promise<DecryptedJson> {
  try {
    const { content, recipients, protectedHeader, aad } = parseJson(jwe, options)
    return { ...(await openContent(content, recipients, keys, options)), protectedHeader, aad }
  } catch (cause) {
    throw explained(cause)
  }
}
