import { inspect } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bodyReaders } from '../../../src/http/body.ts'
import type { OutgoingRequest, Transport } from '../../../src/http/fetch.ts'
import type { HttpRequest } from '../../../src/http/request.ts'
import { headerOf } from '../../../src/http/response.ts'
import { Key } from '../../../src/jose/jwk/index.ts'
import { KeySet } from '../../../src/jose/jwks/index.ts'
import {
  authorizeDevice,
  Dpop,
  PrivateKeyJwt,
  RequestObjects,
  type TokenSet,
} from '../../../src/oauth2/client/index.ts'
import {
  AuthorizationCodeGrant,
  AuthorizationServer,
  ClientCredentialsGrant,
  DeviceAuthorizationEndpoint,
  DeviceCodeGrant,
  Dpop as DpopExtension,
  defineClient,
  PrivateKeyJwt as PrivateKeyJwtMethod,
  PushedAuthorization,
  RefreshTokenGrant,
  RequestObjects as RequestObjectsExtension,
  RevocationEndpoint,
} from '../../../src/oauth2/server/index.ts'
import { explain, type LoginCompletion, OAuth, type PlainClient } from '../../../src/oidc/client/index.ts'
import { DevicePages, Interactions, OpenIDConnect } from '../../../src/oidc/server/index.ts'
import { MemoryStore } from '../../../src/stores/memory.ts'
import { Browser, type Screen } from '../../support/browser.ts'
import { Witness } from './witness.ts'

const ISSUER = 'https://op.example'
const CALLBACK = 'https://app.example/cb'
const CLIENT_SECRET = 'the-secret-of-the-application-32'
const COOKIE_SECRET = 'the secret that seals cookies of the application'
const DEVICE = 'urn:ietf:params:oauth:grant-type:device_code'
const PASSWORD = 'the-password-of-alice'

const signer = await Key.generate('ES256', { kid: 'of-the-app' })
const pages = {
  secret: 'a secret of the pages, long enough for the sealer',
  authenticate: ({ username, password }: { username: string; password: string }) =>
    password === PASSWORD ? { subject: username } : undefined,
}

async function startProvider(): Promise<AuthorizationServer<MemoryStore>> {
  const shared = { redirect_uris: [CALLBACK], post_logout_redirect_uris: ['https://app.example/bye'] }
  const grant_types = ['authorization_code', 'refresh_token', 'client_credentials', DEVICE]
  const clients = await Promise.all([
    defineClient({ ...shared, client_id: 'app', client_secret: CLIENT_SECRET, grant_types }),
    defineClient({
      ...shared,
      client_id: 'strict',
      token_endpoint_auth_method: 'private_key_jwt',
      jwks: { keys: [{ ...signer.toPublicJwk() }] },
      grant_types: ['authorization_code', 'refresh_token'],
    }),
  ])
  return new AuthorizationServer({
    issuer: ISSUER,
    store: new MemoryStore({ clients }),
    keys: await KeySet.generate(['ES256']),
  })
    .registerClientAuthMethod(PrivateKeyJwtMethod)
    .registerGrant(AuthorizationCodeGrant)
    .registerGrant(RefreshTokenGrant)
    .registerGrant(ClientCredentialsGrant)
    .registerGrant(DeviceCodeGrant)
    .registerEndpoint(RevocationEndpoint)
    .registerEndpoint(DeviceAuthorizationEndpoint, { interval: '1s' })
    .registerExtension(PushedAuthorization)
    .registerExtension(RequestObjectsExtension, {})
    .registerExtension(DpopExtension)
    .registerExtension(OpenIDConnect, { claims: (subject) => ({ sub: subject }) })
    .registerExtension(Interactions, pages)
    .registerExtension(DevicePages, pages)
}

/** An application, its provider, and a witness of all that passes between them and of all that is said about it. */
class World {
  readonly witness: Witness = new Witness()
  readonly errors: unknown[] = []
  readonly op: Browser
  readonly app: OAuth
  readonly #cookies: Map<string, string> = new Map()
  readonly #server: AuthorizationServer<MemoryStore>
  /** Answers in the place of the provider. */
  instead: ((request: Request) => Response | undefined) | undefined

  constructor(server: AuthorizationServer<MemoryStore>) {
    this.#server = server
    this.op = new Browser({ issuer: ISSUER, fetch: (request) => this.#send(request) })
    this.app = new OAuth({
      secret: COOKIE_SECRET,
      transport: this.transport,
      logger: this.witness.logger,
      settings: {
        app: { client_id: 'app', client_secret: CLIENT_SECRET, issuer: ISSUER, client_kwargs: { scope: 'openid' } },
        wrong: {
          client_id: 'app',
          client_secret: 'a-wrong-secret-of-the-application',
          issuer: ISSUER,
          scope: 'openid',
        },
        strict: {
          client_id: 'strict',
          issuer: ISSUER,
          scope: 'openid',
          tokenEndpointAuthMethod: new PrivateKeyJwt(signer),
          requestObjects: new RequestObjects(signer),
          dpop: new Dpop(signer),
        },
      },
    })
  }

  readonly transport: Transport = async (request) => {
    const response = await this.#send(toRequest(request))
    return {
      status: response.status,
      headers: [...response.headers],
      body: new Uint8Array(await response.arrayBuffer()),
    }
  }

  #send(request: Request): Promise<Response> {
    const { instead } = this
    const site = { fetch: async (sent: Request) => instead?.(sent) ?? this.#server.fetch(sent) }
    return this.witness.send(site, request)
  }

  client(name = 'app'): PlainClient {
    return this.app.createClient(name)
  }

  visit(url: string): HttpRequest {
    const cookie = [...this.#cookies].map((pair) => pair.join('=')).join('; ')
    const header = (name: string): string | undefined => (name === 'cookie' ? cookie : undefined)
    return { method: 'GET', url, header, ...bodyReaders(undefined, () => new Uint8Array()) }
  }

  async leave(client: PlainClient): Promise<string> {
    const { response } = await client.authorizeRedirect(this.visit('/login'), CALLBACK)
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(headerOf(response, 'set-cookie') ?? '') ?? []
    this.#cookies.set(name, value)
    this.witness.secrets.set(value, 'the cookie of the login')
    return headerOf(response, 'location') ?? ''
  }

  async signIn(url: string): Promise<Screen> {
    let screen = await this.op.open(url)
    if (screen.page === 'sign-in') {
      screen = await this.op.press(screen, 'sign-in', { username: 'alice', password: PASSWORD })
    }
    return screen.page === 'consent' ? this.op.press(screen, 'allow') : screen
  }

  async finish(client: PlainClient, url: URL | undefined): Promise<LoginCompletion> {
    const login = await client.authorizeAccessToken(this.visit(String(url)))
    if (!login.ok) this.errors.push(login.error)
    return login
  }

  async logIn(name = 'app'): Promise<TokenSet> {
    const client = this.client(name)
    const login = await this.finish(client, (await this.signIn(await this.leave(client))).away)
    if (!login.ok) throw login.error
    return login.token
  }

  /** Notes what a step throws. */
  async fail(step: Promise<unknown>): Promise<void> {
    const error = await step.then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    if (error === undefined) throw new Error('nothing was thrown')
    this.errors.push(error)
  }
}

function toRequest({ url, method = 'GET', headers = [], body }: OutgoingRequest): Request {
  const content = typeof body === 'string' || body === undefined ? body : new Uint8Array(body)
  return new Request(url, {
    method,
    headers: headers.map(([name, value]): [string, string] => [name, value]),
    ...(content !== undefined && { body: content }),
  })
}

const FLOWS: readonly [name: string, run: (world: World) => Promise<unknown>][] = [
  [
    'a login, a renewal, calls, a revocation and a logout',
    async (world) => {
      const client = world.client()
      const token = await world.logIn()
      const renewed = await client.refreshToken(token)
      await client.userinfo(renewed)
      await client.get(`${ISSUER}/userinfo`, { token: renewed })
      await client.revokeToken(renewed)
      const idTokenHint = token.id_token ?? ''
      await client.logoutRedirect(world.visit('/logout'), 'https://app.example/bye', { idTokenHint })
      await world.fail(client.refreshToken(renewed))
      await world.fail(client.userinfo(renewed))
    },
  ],
  [
    'logins that come to nothing',
    async (world) => {
      const client = world.client()
      const { away } = await world.signIn(await world.leave(client))
      await world.finish(world.client('wrong'), away)
      const replayed = (await world.signIn(await world.leave(client))).away
      await world.finish(client, replayed)
      await world.finish(client, replayed)
      const mixed = new URL((await world.signIn(await world.leave(client))).away ?? '')
      mixed.searchParams.set('iss', 'https://evil.example')
      await world.finish(client, mixed)
      const refused = new URL((await world.signIn(await world.leave(client))).away ?? '')
      refused.searchParams.set('error', 'access_denied')
      await world.finish(client, refused)
      const wrong = world.client('wrong')
      await world.finish(wrong, (await world.signIn(await world.leave(wrong))).away)
      await world.fail(client.validateCallback(String(mixed), { state: 'another-state-of-the-application' }))
    },
  ],
  [
    'a device',
    async (world) => {
      const client = world.client()
      const device = await authorizeDevice(client)
      world.witness.secrets.set(device.user_code, 'the code that the device shows')
      await world.fail(device.poll({ signal: AbortSignal.timeout(1) }))
      let screen = await world.op.open(device.verification_uri_complete ?? '')
      if (screen.page === 'sign-in') {
        screen = await world.op.press(screen, 'sign-in', { username: 'alice', password: PASSWORD })
      }
      await world.op.press(await world.op.press(screen, 'continue'), 'allow')
      expect(await device.poll()).toHaveProperty('userinfo.sub', 'alice')
      await world.fail(client.fetchToken({ grant_type: DEVICE, device_code: 'a-device-code-that-is-made-up' }))
    },
  ],
  [
    'a client with keys, whose requests are pushed and signed, and whose tokens are bound',
    async (world) => {
      const token = await world.logIn('strict')
      await world.client('strict').refreshToken(token)
      await world.client('strict').userinfo(token)
    },
  ],
  [
    'a provider that repeats what it was sent',
    async (world) => {
      const client = world.client()
      const token = await world.logIn()
      for (const [status, type] of [
        [400, 'application/json'],
        [500, 'text/html'],
        [200, 'text/html'],
      ] as const) {
        let text = ''
        world.instead = (request) => {
          if (new URL(request.url).pathname !== '/token') return undefined
          text = request.headers.get('authorization') ?? ''
          return new Response(type === 'text/html' ? text : JSON.stringify({ error: 'no', note: text }), {
            status,
            headers: { 'content-type': type },
          })
        }
        await world.fail(client.refreshToken(token))
        await world.fail(client.clientCredentials())
      }
      world.instead = undefined
    },
  ],
]

describe('S6: what a client says while it is used', () => {
  let world: World
  beforeAll(async () => {
    world = new World(await startProvider())
  })
  afterAll(() => world.witness.close())

  it.each(FLOWS)('%s: neither the log nor any error has a secret', async (_, run) => {
    const { witness, errors } = world
    await run(world)
    for (const error of errors.splice(0)) {
      const explained = JSON.stringify(explain(error))
      witness.told.push(
        inspect(error, { depth: 10, showHidden: true }),
        JSON.stringify(error),
        String(error),
        explained,
      )
    }
    expect(witness.secrets.size).toBeGreaterThan(10)
    expect(witness.findLeaks()).toEqual([])
  })

  it('a client or a registry that is printed shows none', () => {
    const { witness } = world
    witness.secrets.set(COOKIE_SECRET, 'the secret of the cookies')
    witness.secrets.set(CLIENT_SECRET, 'the client secret')
    for (const it of [world.app, world.client(), world.client('strict')]) {
      witness.told.push(inspect(it, { depth: 10, showHidden: true }), JSON.stringify(it))
    }
    expect(witness.findLeaks()).toEqual([])
  })

  it('is something: each level of the log was used', () => {
    expect(world.witness.told.some((line) => line.startsWith('login started'))).toBe(true)
    expect(world.witness.told.some((line) => line.startsWith('login completed'))).toBe(true)
    expect(world.witness.told.some((line) => line.startsWith('login refused'))).toBe(true)
  })
})
