import type { ClientAuthContext, ClientAuthMethod } from '../client-auth.ts'
import type { Client } from '../records.ts'
import { SecretVerifier } from './secret-verifier.ts'

/** Client id and secret as parameters of the body. @spec RFC 6749 §2.3.1 */
export class ClientSecretPost implements ClientAuthMethod {
  readonly name = 'client_secret_post'
  readonly #secrets: SecretVerifier

  constructor(secrets: SecretVerifier = new SecretVerifier()) {
    this.#secrets = secrets
  }

  /** A secret without an id is still credentials of this kind; they are nobody's. */
  identify({ params }: ClientAuthContext): string | undefined {
    return params.has('client_secret') ? (params.get('client_id') ?? '') : undefined
  }

  verify(client: Client, context: ClientAuthContext): Promise<boolean> {
    return this.#secrets.verify(client, context.params.get('client_secret') ?? '', context)
  }
}
