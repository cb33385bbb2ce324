import { hashGeneratedSecret } from '../../src/crypto/password.ts'
import { RequestParameters } from '../../src/http/form.ts'
import type { HttpRequest } from '../../src/http/request.ts'
import { type HttpResponse, headerOf } from '../../src/http/response.ts'
import {
  type Approval,
  AuthorizationCodeGrant,
  AuthorizationEndpoint,
  AuthorizationServer,
  type AuthorizationServerOptions,
  type Client,
  ClientCredentialsGrant,
  RefreshTokenGrant,
  type RefreshTokenOptions,
  RevocationEndpoint,
  type ServerEvents,
  type Store,
} from '../../src/oauth2/server/index.ts'
import { MemoryStore } from '../../src/stores/memory.ts'
import { delegateTo, type Turn } from '../contracts/stores-delegate.ts'

export const ISSUER = 'https://op.example'
export const CALLBACK = 'https://app.example/cb'
export const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
export const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'
export const SECRET = 'a-secret-of-32-random-characters'

const SECRETS = [{ hash: await hashGeneratedSecret(SECRET) }]
const EVERY_GRANT = ['authorization_code', 'refresh_token', 'client_credentials']

/** Clients that most tests need: a web application, a single-page application, a service and a native application. */
export const CLIENTS: Readonly<Record<'web' | 'spa' | 'service' | 'native', Client>> = {
  web: {
    client_id: 'web',
    client_secrets: SECRETS,
    redirect_uris: [CALLBACK],
    grant_types: EVERY_GRANT,
    scope: 'openid read write',
  },
  spa: {
    client_id: 'spa',
    token_endpoint_auth_method: 'none',
    redirect_uris: ['https://spa.example/cb', 'https://spa.example/cb?dummy1=lorem&dummy2=ipsum'],
    grant_types: ['authorization_code', 'refresh_token'],
  },
  service: {
    client_id: 'service',
    client_secrets: SECRETS,
    token_endpoint_auth_method: 'client_secret_post',
    grant_types: ['client_credentials'],
    scope: 'read',
  },
  native: {
    client_id: 'native',
    token_endpoint_auth_method: 'none',
    application_type: 'native',
    redirect_uris: ['http://127.0.0.1/cb', 'com.example.app:/cb'],
    grant_types: ['authorization_code'],
  },
}

export interface TestServerOptions extends Partial<AuthorizationServerOptions<Store>> {
  readonly clients?: readonly Client[]
  readonly refresh?: RefreshTokenOptions
  readonly approval?: Approval
  /** What happens around each verb of the store. */
  readonly turn?: Turn
}

/** A store behind a network: others get their turn before and after it acts. */
export const later: Turn = async (call) => {
  await new Promise(setImmediate)
  const answer = await call()
  await new Promise(setImmediate)
  return answer
}

type RecordedEvent = { readonly event: keyof ServerEvents } & Record<string, unknown>

const EVENTS: readonly (keyof ServerEvents)[] = [
  'client.refused',
  'authorization.granted',
  'authorization.denied',
  'token.issued',
  'token.revoked',
  'code.replayed',
  'refresh.replayed',
]

/** A server with every grant and endpoint over a store in memory, a clock to turn, and a record of what it told and logged. */
export class TestServer {
  /** Milliseconds. */
  time = 1_700_000_000_000
  readonly store: Store
  readonly server: AuthorizationServer<Store>
  readonly events: RecordedEvent[] = []
  readonly log: string[] = []

  constructor(options: TestServerOptions = {}) {
    const {
      clients = Object.values(CLIENTS),
      refresh = {},
      approval = { subject: 'alice', authTime: 1_699_999_000 },
      turn,
      ...rest
    } = options
    const clock = (): number => this.time
    this.store = options.store ?? delegateTo(new MemoryStore({ clock, clients }), turn)
    const write = (line: string): void => {
      this.log.push(line)
    }
    this.server = new AuthorizationServer<Store>({
      issuer: ISSUER,
      clock,
      scopes: ['openid', 'read', 'write', 'admin'],
      logger: { debug: write, info: write, warn: write, error: write },
      ...rest,
      store: this.store,
    })
      .registerGrant(AuthorizationCodeGrant)
      .registerGrant(RefreshTokenGrant, refresh)
      .registerGrant(ClientCredentialsGrant)
      .registerEndpoint(RevocationEndpoint)
      .registerEndpoint(new AuthorizationEndpoint<Store>({ interact: () => approval }))
    for (const event of EVENTS) {
      this.server.on(event, (payload) => {
        this.events.push({ event, ...payload })
      })
    }
  }

  /** Turns the clock. */
  wait(seconds: number): void {
    this.time += seconds * 1000
  }

  authorize(parameters: Form): Promise<HttpResponse> {
    return this.server.handle(get(`/authorize?${toForm(parameters)}`))
  }

  token(parameters: Form, headers: Record<string, string> = {}): Promise<HttpResponse> {
    return this.server.handle(post('/token', parameters, headers))
  }

  revoke(parameters: Form, headers: Record<string, string> = {}): Promise<HttpResponse> {
    return this.server.handle(post('/revoke', parameters, headers))
  }

  /** Goes through the authorization endpoint and comes back with the code. */
  async code(parameters: Record<string, string> = {}): Promise<string> {
    const response = await this.authorize({ ...codeRequest(), ...parameters })
    const code = new URL(headerOf(response, 'location') ?? '').searchParams.get('code')
    if (code === null) throw new Error(`no code: ${headerOf(response, 'location')}`)
    return code
  }

  /** Redeems a code as the web application. */
  redeem(code: string, parameters: Record<string, string> = {}): Promise<HttpResponse> {
    return this.token(
      { grant_type: 'authorization_code', code, redirect_uri: CALLBACK, code_verifier: VERIFIER, ...parameters },
      basic(),
    )
  }

  refresh(refreshToken: string, parameters: Record<string, string> = {}): Promise<HttpResponse> {
    return this.token({ grant_type: 'refresh_token', refresh_token: refreshToken, ...parameters }, basic())
  }

  /** The tokens of a whole flow. */
  async tokens(parameters: Record<string, string> = {}): Promise<Record<string, string>> {
    return body(await this.redeem(await this.code(parameters)))
  }
}

/** A form as its text, or as its parameters; as pairs where a name comes twice. */
export type Form = string | Record<string, string> | [name: string, value: string][]

export function codeRequest(client: Client = CLIENTS.web): Record<string, string> {
  return {
    client_id: client.client_id,
    redirect_uri: client.redirect_uris?.[0] ?? '',
    response_type: 'code',
    scope: 'read',
    state: 'xyz',
    code_challenge: CHALLENGE,
    code_challenge_method: 'S256',
  }
}

export function basic(id = 'web', secret: string = SECRET): Record<string, string> {
  return { authorization: `Basic ${btoa(`${id}:${secret}`)}` }
}

export function get(url: string, headers: Record<string, string> = {}): HttpRequest {
  return request('GET', url, '', headers)
}

export function post(url: string, parameters: Form, headers: Record<string, string> = {}): HttpRequest {
  return request('POST', url, toForm(parameters), headers)
}

function request(method: string, url: string, form: string, headers: Record<string, string>): HttpRequest {
  return {
    method,
    url,
    header: (name) => headers[name],
    form: () => RequestParameters.parse(form),
    json: () => ({}),
  }
}

function toForm(form: Form): string {
  return typeof form === 'string' ? form : new URLSearchParams(form).toString()
}

export function body(response: HttpResponse): Record<string, string> {
  return JSON.parse(String(response.body))
}

/** The error of a JSON answer, as status, code and sentence. */
export function problem(
  response: HttpResponse,
): [status: number, error: string | undefined, description: string | undefined] {
  const { error, error_description } = body(response)
  return [response.status, error, error_description]
}

/** The parameters of a redirect. */
export function redirected(response: HttpResponse): Record<string, string> {
  const url = new URL(headerOf(response, 'location') ?? '')
  return Object.fromEntries([...url.searchParams, ...new URLSearchParams(url.hash.slice(1))])
}
