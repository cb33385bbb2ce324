import { type BasicOptions, buildBasic } from '../../../http/basic.ts'
import type { ClientAuthentication, ClientAuthenticationContext, ClientCredentials } from './client-auth.ts'

/**
 * `raw` sends identifier and secret as they are: for servers that do not decode what RFC 6749 §2.3.1 has a client encode.
 * It makes a difference only where one of them holds something else than letters, digits and `-_.!~*'()`.
 */
export type ClientSecretBasicOptions = BasicOptions

/** `client_secret_basic`: identifier and secret in the `Authorization` header. @spec RFC 6749 §2.3.1 */
export class ClientSecretBasic implements ClientAuthentication {
  readonly method: string = 'client_secret_basic'
  readonly #secret: string
  readonly #options: ClientSecretBasicOptions

  constructor(secret: string, options: ClientSecretBasicOptions = {}) {
    this.#secret = secret
    this.#options = options
  }

  authenticate({ clientId }: ClientAuthenticationContext): ClientCredentials {
    const credentials = { username: clientId, password: this.#secret }
    return { headers: { authorization: buildBasic(credentials, this.#options) } }
  }
}
