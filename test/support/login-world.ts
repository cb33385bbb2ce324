import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { oauthServer } from '../../src/adapters/node.ts'
import { type OutgoingRequest, outgoingFetch, type Transport } from '../../src/http/fetch.ts'
import { Key } from '../../src/jose/jwk/index.ts'
import { KeySet } from '../../src/jose/jwks/index.ts'
import {
  AuthorizationCodeGrant,
  AuthorizationServer,
  ClientCredentialsGrant,
  ClientSecretJwt,
  defineClient,
  PrivateKeyJwt,
  RefreshTokenGrant,
  RevocationEndpoint,
} from '../../src/oauth2/server/index.ts'
import { PasswordGrant } from '../../src/oauth2/server/password.ts'
import { Interactions, OpenIDConnect } from '../../src/oidc/server/index.ts'
import { MemoryStore } from '../../src/stores/memory.ts'
import { Browser, type Screen } from './browser.ts'
import type { Framework, LoginApp, SharedOptions } from './login-apps.ts'

const SECRET = 'a secret of the app, at least thirty-two bytes'
export const CLIENT_SECRET = 'a-secret-of-some-length-1234567890'
export const CLIENT_KEY: Key = await Key.generate('ES256', { kid: 'of-the-app' })
export const PROVIDER_KEYS: KeySet = await KeySet.generate(['ES256', 'RS256'])

/** A server whose handler may be changed while it runs: the two sides have to know each other's address. */
class Site {
  listener: RequestListener = (_request, response) => response.writeHead(503).end()
  readonly #server = createServer((request, response) => this.listener(request, response))

  async open(): Promise<string> {
    await new Promise<void>((resolve) => {
      this.#server.listen(0, '127.0.0.1', resolve)
    })
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  close(): void {
    this.#server.close()
    this.#server.closeAllConnections()
  }
}

/** Our provider and an app of one of the frameworks, on the network, and a person with a browser. */
export class LoginWorld {
  readonly #op = new Site()
  readonly #app = new Site()
  readonly #framework: Framework
  issuer = ''
  origin = ''
  /** What the app has sent to the provider. */
  readonly sent: OutgoingRequest[] = []
  #registered: LoginApp | undefined

  constructor(framework: Framework) {
    this.#framework = framework
  }

  async open(): Promise<void> {
    this.issuer = await this.#op.open()
    this.origin = await this.#app.open()
    this.#op.listener = await provide(this.issuer, this.origin)
  }

  close(): void {
    this.#op.close()
    this.#app.close()
  }

  /** Starts the app anew, with such providers. */
  start(settings: NonNullable<SharedOptions['settings']>, more: Partial<SharedOptions> = {}): LoginApp {
    this.sent.length = 0
    const app = this.#framework.create({
      secret: SECRET,
      baseUrl: this.origin,
      transport: this.transport,
      settings,
      ...more,
    })
    this.#app.listener = app.listener
    this.#registered = app
    return app
  }

  get app(): LoginApp {
    if (this.#registered === undefined) throw new Error('there is no app')
    return this.#registered
  }

  /** A client as the provider knows it. */
  op(more: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
    const url = `${this.issuer}/.well-known/openid-configuration`
    return {
      clientId: 'basic',
      clientSecret: CLIENT_SECRET,
      serverMetadataUrl: url,
      scope: 'openid profile email',
      ...more,
    }
  }

  readonly transport: Transport = (request) => {
    this.sent.push(request)
    return outgoingFetch()(request)
  }

  /** The parameters of what was sent to a path. */
  formsTo(path: string): Record<string, string>[] {
    return this.sent
      .filter(({ url }) => new URL(url).pathname === path)
      .map(({ body }) => Object.fromEntries(new URLSearchParams(typeof body === 'string' ? body : '')))
  }

  count(path: string): number {
    return this.sent.filter(({ url }) => new URL(url).pathname === path).length
  }

  /** A person's browser: one for each of the two sites. */
  person(): Person {
    return new Person(this.origin, this.issuer)
  }

  async ask(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    const response = await fetch(this.origin + path, { headers, redirect: 'manual' })
    return { status: response.status, body: await response.json() }
  }
}

export interface Answer {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: what the app of the test answers, looked at by matchers.
  readonly body: any
}

const visit = (request: Request): Promise<Response> => fetch(request, { redirect: 'manual' })

export class Person {
  readonly app: Browser
  readonly op: Browser
  readonly #origin: string

  constructor(origin: string, issuer: string) {
    this.#origin = origin
    this.app = new Browser({ issuer: origin, fetch: visit })
    this.op = new Browser({ issuer, fetch: visit })
  }

  /** Where a page of the app sends the browser to. */
  async leave(path: string): Promise<URL> {
    const { away, body } = await this.app.open(this.#origin + path)
    if (away === undefined) throw new Error(`the app sends nobody away: ${body}`)
    return away
  }

  /** Signs in at the provider, as far as it asks: where it sends the browser to. */
  async signIn(url: URL): Promise<Screen> {
    let screen = await this.op.open(url.href)
    if (screen.page === 'sign-in')
      screen = await this.op.press(screen, 'sign-in', { username: 'ada', password: 'engine' })
    if (screen.page === 'consent') screen = await this.op.press(screen, 'allow')
    return screen
  }

  /** Comes back to the app: what it answers. */
  async comeBack(url: URL | undefined): Promise<Answer> {
    if (url === undefined) throw new Error('the provider sends nobody back')
    const { status, body } = await this.app.open(url.href)
    return { status, body: JSON.parse(body) }
  }

  async logIn(path = '/login'): Promise<Answer> {
    const { away } = await this.signIn(await this.leave(path))
    return this.comeBack(away)
  }
}

async function provide(issuer: string, origin: string): Promise<RequestListener> {
  const shared = {
    // Answers that are posted need https; the test carries them to the app itself.
    redirect_uris: [`${origin}/callback`, 'https://app.example/callback'],
    post_logout_redirect_uris: [`${origin}/signed-out`],
    grant_types: ['authorization_code', 'refresh_token', 'client_credentials', 'password'],
    client_secret: CLIENT_SECRET,
  }
  const { client_secret: _, ...open } = shared
  const clients = await Promise.all([
    defineClient({ ...shared, client_id: 'basic' }),
    defineClient({ ...shared, client_id: 'post', token_endpoint_auth_method: 'client_secret_post' }),
    defineClient({ ...shared, client_id: 'secret-jwt', token_endpoint_auth_method: 'client_secret_jwt' }),
    defineClient({
      ...open,
      client_id: 'key-jwt',
      token_endpoint_auth_method: 'private_key_jwt',
      jwks: { keys: [{ ...CLIENT_KEY.toPublicJwk() }] },
    }),
    defineClient({
      ...open,
      client_id: 'public',
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
    }),
  ])
  const people = { ada: { name: 'Ada Lovelace', email: 'ada@example.com' } }
  const server = new AuthorizationServer({ issuer, store: new MemoryStore({ clients }), keys: PROVIDER_KEYS })
    .registerClientAuthMethod(PrivateKeyJwt)
    .registerClientAuthMethod(ClientSecretJwt)
    .registerGrant(AuthorizationCodeGrant)
    .registerGrant(RefreshTokenGrant)
    .registerGrant(ClientCredentialsGrant)
    .registerGrant(PasswordGrant, { authenticate: ({ username }: { username: string }) => ({ subject: username }) })
    .registerEndpoint(RevocationEndpoint)
    .registerExtension(OpenIDConnect, { claims: () => people.ada })
    .registerExtension(Interactions, {
      secret: 'a secret of the pages, long enough for the sealer',
      authenticate: ({ username, password }) => (password === 'engine' ? { subject: username } : undefined),
    })
  const answer = oauthServer(server)
  return (request, response) => {
    if (request.url?.startsWith('/api/') === true) return echo(request, response)
    // Another address for renewals, which some providers have.
    if (request.url === '/renew') request.url = '/token'
    answer(request, response)
  }
}

/** An API that says how it was called. */
const echo: RequestListener = (request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const { method, url, headers } = request
    const { authorization, 'content-type': type, 'user-agent': userAgent } = headers
    response.setHeader('content-type', 'application/json')
    response.end(
      JSON.stringify({ method, url, authorization, type, userAgent, body: Buffer.concat(chunks).toString() }),
    )
  })
}
