import { NO_STORE } from '../../../http/cache-control.ts'
import { pathOf } from '../../../http/request.ts'
import { empty, type HttpResponse } from '../../../http/response.ts'
import type { JsonObject } from '../../../util/json.ts'
import { findBearerToken } from '../../bearer.ts'
import type { OAuth2Error } from '../../errors.ts'
import { invalidToken, missingToken } from '../bearer-refusal.ts'
import type { RequestContext } from '../context.ts'
import type { Endpoint } from '../endpoint.ts'
import { findClient } from '../find-client.ts'
import type { Client } from '../records.ts'
import { issueCredentials } from '../registration/credentials.ts'
import { readRegistration } from '../registration/metadata.ts'
import type { RegistrationStore } from '../registration/options.ts'
import { CONFIGURATION, respondWithClient } from '../registration/response.ts'
import type { RegistrationSettings } from '../registration/settings.ts'
import { checkUpdate } from '../registration/update.ts'
import { isIntactToken } from '../tokens/token-format.ts'
import { tokenId } from '../tokens/token-id.ts'

/** A client that proved to be the one it asks about. */
interface Registered {
  readonly client: Client
  readonly token: string
  /** The hash of the token: what the store knows it by. */
  readonly tokenId: string
}

/**
 * Where a registered client reads, changes and deletes its registration.
 *
 * @spec RFC 7592 §2
 */
export class ClientConfigurationEndpoint implements Endpoint<RegistrationStore> {
  readonly name: typeof CONFIGURATION = CONFIGURATION
  readonly path = '/register'
  readonly below = true
  readonly methods = ['GET', 'PUT', 'DELETE'] as const
  readonly cors = 'public'
  readonly #settings: RegistrationSettings

  constructor(settings: RegistrationSettings) {
    this.#settings = settings
  }

  async handle(context: RequestContext<RegistrationStore>): Promise<HttpResponse> {
    const registered = await authenticate(context)
    const { client, token } = registered
    if (context.request.method === 'PUT') return this.#update(context, registered)
    if (context.request.method === 'DELETE') return remove(context, client)
    return respondWithClient(context, 200, client, { registrationToken: token })
  }

  /**
   * Replaces what is registered, all of it. The token that let it in is used up: of two updates at once one wins.
   *
   * @spec RFC 7592 §2.2
   */
  async #update(context: RequestContext<RegistrationStore>, registered: Registered): Promise<HttpResponse> {
    const { server, store, request, now, requestId } = context
    const { client: current } = registered
    const body: JsonObject = await request.json()
    await checkUpdate(body, current, now)
    const { metadata, statement } = await readRegistration(context, this.#settings, body, { current })
    const { secret, secrets } = await issueCredentials(metadata, current, now, this.#settings.secretLifetime)
    const registrationToken = server.createToken('registration_token')
    const client: Client = {
      ...metadata,
      ...keepIdentity(current),
      registration_token_id: await tokenId(registrationToken),
      ...(secrets.length > 0 && { client_secrets: secrets }),
      ...(statement && { software_statement: statement.text }),
    }
    if (!(await store.replaceClient(client, registered.tokenId))) throw wrongToken()
    server.emit('client.updated', { clientId: client.client_id, requestId })
    return respondWithClient(context, 200, client, { secret, registrationToken })
  }
}

/** What an update does not touch. */
function keepIdentity({ client_id, client_id_issued_at, unused_until }: Client): Client {
  return {
    client_id,
    ...(client_id_issued_at !== undefined && { client_id_issued_at }),
    ...(unused_until !== undefined && { unused_until }),
  }
}

/**
 * The client whose registration access token the request carries. One that does not exist, one that nobody registered at
 * run time and a wrong token get the same answer.
 *
 * @throws OAuth2Error `invalid_token`
 * @spec RFC 7592 §2
 */
async function authenticate({ store, request }: RequestContext<RegistrationStore>): Promise<Registered> {
  const token = await findBearerToken(request)
  if (token === undefined) {
    throw missingToken({
      description: 'registration access token is missing',
      reason: 'registration_access_token_missing',
    })
  }
  if (!isIntactToken('registration_token', token)) throw wrongToken()
  const id = await tokenId(token)
  const client = await findClient(store, clientIdOf(pathOf(request)))
  if (client === undefined || client.registration_token_id !== id) throw wrongToken()
  return { client, token, tokenId: id }
}

function clientIdOf(path: string): string {
  try {
    return decodeURIComponent(path.slice(path.lastIndexOf('/') + 1))
  } catch {
    throw wrongToken()
  }
}

/**
 * Ends a client, and with it every grant and token that it has. These first: where that fails the client is still there to
 * try again. And once more after it, for what it was given meanwhile.
 *
 * @spec RFC 7592 §2.3
 */
async function remove(
  { server, store, now, requestId }: RequestContext<RegistrationStore>,
  { client_id: clientId }: Client,
): Promise<HttpResponse> {
  await store.revokeAll({ clientId }, now)
  if (!(await store.deleteClient(clientId))) throw wrongToken()
  await store.revokeAll({ clientId }, now)
  server.emit('client.deleted', { clientId, requestId })
  return empty(204, NO_STORE)
}

function wrongToken(): OAuth2Error {
  return invalidToken({
    description: 'registration access token is not valid for this client',
    reason: 'registration_access_token_invalid',
  })
}
