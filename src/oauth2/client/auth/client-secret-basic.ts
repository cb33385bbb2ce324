import { buildBasic } from '../../../http/basic.ts'
import type { ClientAuthentication, ClientAuthenticationContext, ClientCredentials } from './client-auth.ts'

export interface ClientSecretBasicOptions {
  /**
   * Sends identifier and secret as they are. For servers that do not decode what RFC 6749 §2.3.1 has a client encode;
   * it makes a difference only where one of them holds something else than letters, digits and `-_.!~*'()`.
   */
  readonly raw?: boolean
}

/**
 * `client_secret_basic`: identifier and secret in the `Authorization` header.
 *
 * Both are encoded no further than form decoding needs: `-_.!~*'()` stay, and a space is `%20`, which form decoders and
 * plain percent decoders read alike. Servers that decode nothing then still understand nearly every secret.
 *
 * @spec RFC 6749 §2.3.1
 */
export class ClientSecretBasic implements ClientAuthentication {
  readonly method: string = 'client_secret_basic'
  readonly #secret: string
  readonly #encode: (text: string) => string

  constructor(secret: string, options: ClientSecretBasicOptions = {}) {
    this.#secret = secret
    this.#encode = options.raw === true ? (text) => text : encodeURIComponent
  }

  authenticate({ clientId }: ClientAuthenticationContext): ClientCredentials {
    const credentials = { username: this.#encode(clientId), password: this.#encode(this.#secret) }
    return { headers: { authorization: buildBasic(credentials, { raw: true }) } }
  }
}
