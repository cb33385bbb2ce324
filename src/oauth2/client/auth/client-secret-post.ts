import type { ClientAuthentication, ClientAuthenticationContext, ClientCredentials } from './client-auth.ts'

/** `client_secret_post`: identifier and secret in the body. @spec RFC 6749 §2.3.1 */
export class ClientSecretPost implements ClientAuthentication {
  readonly method: string = 'client_secret_post'
  readonly #secret: string

  constructor(secret: string) {
    this.#secret = secret
  }

  authenticate({ clientId }: ClientAuthenticationContext): ClientCredentials {
    return { parameters: { client_id: clientId, client_secret: this.#secret } }
  }
}
