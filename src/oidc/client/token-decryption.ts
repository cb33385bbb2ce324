import {
  type ContentEncryptionName,
  decryptCompact,
  type JweHeader,
  type KeyManagementName,
} from '../../jose/jwe/index.ts'
import type { Key } from '../../jose/jwk/index.ts'
import type { KeySource } from '../../jose/jwks/index.ts'
import { decodeUnverifiedJwt } from '../../jose/jwt/index.ts'
import { isNested } from '../../jose/jwt/nested-type.ts'
import { checkReplicated } from '../../jose/jwt/replicated.ts'
import { decodeUtf8 } from '../../util/bytes.ts'
import type { JsonObject } from '../../util/json.ts'
import type { DecryptedToken, Decryption } from './decryption.ts'

export interface TokenDecryptionOptions {
  /** As registered, `id_token_encrypted_response_alg`. Needed, unless the key says its own. */
  readonly alg?: KeyManagementName
  /** As registered, `id_token_encrypted_response_enc`. Default: any of the standard ones. */
  readonly enc?: ContentEncryptionName
}

/**
 * Opens ID tokens, userinfo answers and logout tokens that the provider encrypts for this client. It is an object of its
 * own, so that a client whose tokens are not encrypted does not carry the code.
 *
 * @example
 * const key = await Key.import(pem, { kid: 'enc-1', use: 'enc' })
 * const client = new OpenIdClient({ ...options, idTokenDecryption: new TokenDecryption(key, { alg: 'RSA-OAEP-256' }) })
 * @spec OIDC Core §10.2
 */
export class TokenDecryption implements Decryption {
  readonly #keys: Key | KeySource
  readonly #options: TokenDecryptionOptions

  /** @param keys the client's own; several while they rotate. */
  constructor(keys: Key | KeySource, options: TokenDecryptionOptions = {}) {
    this.#keys = keys
    this.#options = options
  }

  async decrypt(token: string): Promise<DecryptedToken> {
    const { alg, enc } = this.#options
    const { plaintext, header } = await decryptCompact(token, this.#keys, {
      ...(alg !== undefined && { algorithms: [alg] }),
      ...(enc !== undefined && { encryptions: [enc] }),
    })
    const content = decodeUtf8(plaintext)
    if (isNested(header)) checkHeaderClaims(header, content)
    return { content, isNested: isNested(header) }
  }
}

/** What stands in the header too must be what was signed. @spec RFC 7519 §5.3 */
function checkHeaderClaims(header: JweHeader, signed: string): void {
  checkReplicated(header, () => decodeUnverifiedJwt(signed).claims as JsonObject)
}
