import { bodyReaders } from '../../src/http/body.ts'
import type { HttpRequest } from '../../src/http/request.ts'
import type { HttpResponse } from '../../src/http/response.ts'
import { ClientRegistration, type ClientRegistrationOptions } from '../../src/oauth2/server/index.ts'
import { encodeUtf8 } from '../../src/util/bytes.ts'
import type { JsonObject } from '../../src/util/json.ts'
import { body, CALLBACK, ISSUER, TestServer, type TestServerOptions } from './authorization-server.ts'

export const INITIAL_TOKEN = 'an-initial-access-token-of-40-characters'

/** All that a client has to say of itself. */
export const APPLICATION: JsonObject = { redirect_uris: [CALLBACK], client_name: 'Photo print' }

interface RegistrationServerOptions extends TestServerOptions {
  readonly registration?: Partial<ClientRegistrationOptions>
}

/** What a registered client knows of itself. */
export interface RegisteredClient {
  readonly id: string
  readonly secret: string
  readonly token: string
  /** The path of its registration. */
  readonly path: string
  readonly information: JsonObject
}

/** A server at which clients register, and the requests that they make. */
export class RegistrationServer extends TestServer {
  constructor({ registration = {}, ...options }: RegistrationServerOptions = {}) {
    super(options)
    const initialAccess = { tokens: [INITIAL_TOKEN] }
    this.server.registerExtension(new ClientRegistration({ initialAccess, ...registration }))
  }

  register(
    metadata: JsonObject | string = APPLICATION,
    token: string | undefined = INITIAL_TOKEN,
  ): Promise<HttpResponse> {
    return this.send('POST', '/register', token, metadata)
  }

  async registered(metadata: JsonObject = APPLICATION): Promise<RegisteredClient> {
    const response = await this.register(metadata)
    if (response.status !== 201) throw new Error(`not registered: ${response.body}`)
    return read(response)
  }

  update(client: RegisteredClient, changes: JsonObject, token: string = client.token): Promise<HttpResponse> {
    return this.send('PUT', client.path, token, { ...APPLICATION, client_id: client.id, ...changes })
  }

  send(method: string, path: string, token: string | undefined, content?: JsonObject | string): Promise<HttpResponse> {
    return this.server.handle(jsonRequest(method, path, content, token ? { authorization: `Bearer ${token}` } : {}))
  }
}

export function read(response: HttpResponse): RegisteredClient {
  const {
    client_id = '',
    client_secret = '',
    registration_access_token = '',
    registration_client_uri = '',
  } = body(response)
  return {
    id: client_id,
    secret: client_secret,
    token: registration_access_token,
    path: registration_client_uri.slice(ISSUER.length),
    information: JSON.parse(String(response.body)),
  }
}

export function jsonRequest(
  method: string,
  url: string,
  content: JsonObject | string | undefined,
  headers: Record<string, string>,
): HttpRequest {
  const text = typeof content === 'string' ? content : JSON.stringify(content)
  const all: Record<string, string> =
    content === undefined ? headers : { 'content-type': 'application/json', ...headers }
  return {
    method,
    url,
    header: (name) => all[name],
    ...bodyReaders(all['content-type'], () => encodeUtf8(text ?? '')),
  }
}
