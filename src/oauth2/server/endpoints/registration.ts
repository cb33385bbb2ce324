import { randomId } from '../../../crypto/random.ts'
import type { HttpResponse } from '../../../http/response.ts'
import type { ServerMetadata } from '../../server-metadata.ts'
import type { RequestContext } from '../context.ts'
import type { Endpoint } from '../endpoint.ts'
import type { Client } from '../records.ts'
import { issueCredentials } from '../registration/credentials.ts'
import { authenticateRegistration } from '../registration/initial-access.ts'
import { type CheckedRegistration, readRegistration } from '../registration/metadata.ts'
import type { RegistrationStore } from '../registration/options.ts'
import { countRegistration } from '../registration/quota.ts'
import { type PresentableCredentials, respondWithClient } from '../registration/response.ts'
import type { RegistrationSettings } from '../registration/settings.ts'
import { tokenId } from '../tokens/token-id.ts'

/**
 * Where software registers itself as a client.
 *
 * @spec RFC 7591 §3
 */
export class ClientRegistrationEndpoint implements Endpoint<RegistrationStore> {
  readonly name = 'registration'
  readonly path = '/register'
  readonly methods = ['POST'] as const
  readonly cors = 'public'
  readonly #settings: RegistrationSettings

  constructor(settings: RegistrationSettings) {
    this.#settings = settings
  }

  metadata(url: string): Partial<ServerMetadata> {
    return { registration_endpoint: url }
  }

  async handle(context: RequestContext<RegistrationStore>): Promise<HttpResponse> {
    const { server, store, request, requestId } = context
    const { initialAccess } = this.#settings
    const access = initialAccess === 'open' ? undefined : await authenticateRegistration(context, initialAccess)
    const registration = await readRegistration(context, this.#settings, await request.json(), { access })
    await countRegistration(context, this.#settings, access)
    const { client, ...credentials } = await this.#createClient(context, registration)
    await store.saveClient(client)
    server.emit('client.registered', { clientId: client.client_id, by: access?.id, requestId })
    return respondWithClient(context, 201, client, credentials)
  }

  async #createClient(
    { server, now }: RequestContext,
    { metadata, statement }: CheckedRegistration,
  ): Promise<PresentableCredentials & { readonly client: Client }> {
    const { secretLifetime, unusedLifetime } = this.#settings
    const { secret, secrets } = await issueCredentials(metadata, undefined, now, secretLifetime)
    const registrationToken = server.createToken('registration_token')
    const client: Client = {
      ...metadata,
      client_id: randomId(),
      client_id_issued_at: now,
      registration_token_id: await tokenId(registrationToken),
      unused_until: now + unusedLifetime,
      ...(secrets.length > 0 && { client_secrets: secrets }),
      ...(statement && { software_statement: statement.text }),
    }
    return { client, secret, registrationToken }
  }
}
