import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Key } from '../../../src/jose/jwk/index.ts'
import { KeySet } from '../../../src/jose/jwks/index.ts'
import { type JwtClaims, signJwt } from '../../../src/jose/jwt/index.ts'
import { JWT_CLIENT_ASSERTION } from '../../../src/oauth2/client-assertion.ts'
import { createDpopProof } from '../../../src/oauth2/dpop-proof.ts'
import {
  AuthorizationCodeGrant,
  AuthorizationServer,
  ClientCredentialsGrant,
  ClientRegistration,
  createRateLimiter,
  DeviceAuthorizationEndpoint,
  DeviceCodeGrant,
  Dpop,
  defineClient,
  IntrospectionEndpoint,
  JwtBearerGrant,
  PrivateKeyJwt,
  PushedAuthorization,
  RefreshTokenGrant,
  RequestObjects,
  RevocationEndpoint,
  type ServerEvents,
  TokenExchangeGrant,
} from '../../../src/oauth2/server/index.ts'
import { DevicePages, Interactions, OpenIDConnect } from '../../../src/oidc/server/index.ts'
import { MemoryStore } from '../../../src/stores/memory.ts'
import { Browser, type Screen } from '../../support/browser.ts'
import { Witness } from './witness.ts'

const ISSUER = 'https://op.example'
const IDP = 'https://idp.example'
const CALLBACK = 'https://app.example/cb'
const SECRET = 'the-secret-of-the-application-32'
const PASSWORD = 'the-password-of-alice'
const TYPO = 'a-password-typed-as-a-name'
const INITIAL_TOKEN = 'the-initial-access-token-of-somebody-40c'
const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'
const DEVICE = 'urn:ietf:params:oauth:grant-type:device_code'
const BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange'
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token'

type Form = Record<string, string>

/** A server with all that there is, and everybody who comes to it. */
class World {
  readonly witness: Witness = new Witness()
  #server: AuthorizationServer<MemoryStore> | undefined
  #offset = 0
  #keys: { readonly signer: Key; readonly idp: Key; readonly device: Key } | undefined

  async open(): Promise<void> {
    const clock = (): number => Date.now() + this.#offset
    const [signer, idp, device] = [
      await Key.generate('ES256'),
      await Key.generate('ES256'),
      await Key.generate('ES256'),
    ]
    this.#keys = { signer, idp, device }
    const grant_types = ['authorization_code', 'refresh_token', 'client_credentials', BEARER, EXCHANGE]
    const app = await defineClient({
      client_id: 'app',
      client_secret: SECRET,
      redirect_uris: [CALLBACK],
      grant_types,
      jwks: { keys: [{ ...signer.toPublicJwk() }] },
    })
    const machine = await defineClient({
      client_id: 'machine',
      token_endpoint_auth_method: 'private_key_jwt',
      grant_types: ['client_credentials'],
      jwks: { keys: [{ ...signer.toPublicJwk() }] },
    })
    const tv = await defineClient({ client_id: 'tv', token_endpoint_auth_method: 'none', grant_types: [DEVICE] })
    const store = new MemoryStore({ clock, clients: [app, machine, tv] })
    const pages = {
      secret: 'a secret of the pages, long enough for the sealer',
      authenticate: ({ username, password }: { username: string; password: string }) =>
        password === PASSWORD ? { subject: username } : undefined,
    }
    const rateLimit = createRateLimiter({
      store,
      limits: [{ kind: 'client-secret', by: ['clientId'], max: 3, within: '1h' }],
    })
    const { logger } = this.witness
    const keys = await KeySet.generate(['ES256'])
    this.#server = new AuthorizationServer({ issuer: ISSUER, store, keys, clock, logger, rateLimit })
      .registerClientAuthMethod(PrivateKeyJwt)
      .registerGrant(AuthorizationCodeGrant)
      .registerGrant(RefreshTokenGrant)
      .registerGrant(ClientCredentialsGrant)
      .registerGrant(DeviceCodeGrant)
      .registerGrant(JwtBearerGrant, { issuers: [{ issuer: IDP, keys: idp, subject: ({ sub }) => sub }] })
      .registerGrant(TokenExchangeGrant, { policy: () => ({}) })
      .registerEndpoint(RevocationEndpoint)
      .registerEndpoint(IntrospectionEndpoint)
      .registerEndpoint(DeviceAuthorizationEndpoint)
      .registerExtension(PushedAuthorization)
      .registerExtension(RequestObjects, {})
      .registerExtension(Dpop)
      .registerExtension(new ClientRegistration({ initialAccess: { tokens: [INITIAL_TOKEN] } }))
      .registerExtension(OpenIDConnect, { claims: (subject) => ({ sub: subject }) })
      .registerExtension(Interactions, pages)
      .registerExtension(DevicePages, pages)
  }

  get server(): AuthorizationServer<MemoryStore> {
    if (this.#server === undefined) throw new Error('the world is not open')
    return this.#server
  }

  get keys(): { readonly signer: Key; readonly idp: Key; readonly device: Key } {
    if (this.#keys === undefined) throw new Error('the world is not open')
    return this.#keys
  }

  wait(seconds: number): void {
    this.#offset += seconds * 1000
  }

  send(method: string, path: string, body?: BodyInit, headers: Form = {}): Promise<Response> {
    return this.witness.send(
      this.server,
      new Request(ISSUER + path, { method, headers, ...(body === undefined ? {} : { body }) }),
    )
  }

  async post(path: string, form: Form, headers: Form = basic()): Promise<Form> {
    const response = await this.send('POST', path, new URLSearchParams(form), headers)
    return JSON.parse((await response.text()) || '{}')
  }

  browser(): Browser {
    return new Browser({ issuer: ISSUER, fetch: (request) => this.witness.send(this.server, request) })
  }

  async sign(claims: JwtClaims, key: Key, typ?: string): Promise<string> {
    return signJwt({ aud: ISSUER, jti: crypto.randomUUID(), ...claims }, key, {
      expiresIn: '1m',
      ...(typ === undefined ? {} : { typ }),
    })
  }

  /** Through the pages to a code. */
  async login(parameters: Form = {}): Promise<string> {
    const query = new URLSearchParams({ ...request(), ...parameters })
    const browser = this.browser()
    const form = await browser.open(`${ISSUER}/authorize?${query}`)
    await browser.press(form, 'sign-in', { username: TYPO, password: 'a-wrong-password' })
    return codeOf(await agree(browser, await browser.press(form, 'sign-in', { username: 'alice', password: PASSWORD })))
  }
}

function request(): Form {
  return {
    client_id: 'app',
    redirect_uri: CALLBACK,
    response_type: 'code',
    scope: 'openid',
    state: 'the-state-of-the-application',
    nonce: 'the-nonce-of-the-application',
    code_challenge: CHALLENGE,
    code_challenge_method: 'S256',
  }
}

function basic(secret: string = SECRET): Form {
  return { authorization: `Basic ${btoa(`app:${secret}`)}` }
}

async function agree(browser: Browser, screen: Screen): Promise<Screen> {
  return screen.page === 'consent' ? browser.press(screen, 'allow') : screen
}

function codeOf({ away, body }: Screen): string {
  const code = away?.searchParams.get('code')
  if (!code) throw new Error(`no code: ${away ?? body}`)
  return code
}

function redemption(code: string): Form {
  return { grant_type: 'authorization_code', code, redirect_uri: CALLBACK, code_verifier: VERIFIER }
}

/** What each flow must have told, so that none of them passes by not happening. */
type Told = readonly (keyof ServerEvents)[]

const FLOWS: readonly [name: string, told: Told, run: (world: World) => Promise<unknown>][] = [
  [
    'a login, a refresh, and both of them replayed',
    ['login.failed', 'login.succeeded', 'authorization.granted', 'token.issued', 'code.replayed', 'refresh.replayed'],
    async (world) => {
      const code = await world.login()
      const { refresh_token = '', access_token = '' } = await world.post('/token', redemption(code))
      await world.send('GET', '/userinfo', undefined, { authorization: `Bearer ${access_token}` })
      await world.send('GET', '/userinfo', undefined, { authorization: 'Bearer an-access-token-that-is-made-up' })
      await world.post('/token', { grant_type: 'refresh_token', refresh_token })
      world.wait(60)
      await world.post('/token', { grant_type: 'refresh_token', refresh_token })
      await world.post('/token', redemption(code))
      await world.post('/token', {
        ...redemption('a-code-that-is-made-up'),
        code_verifier: 'a-verifier-that-is-made-up',
      })
    },
  ],
  [
    'introspection and revocation',
    ['token.introspected', 'token.revoked'],
    async (world) => {
      const { access_token: token = '' } = await world.post('/token', redemption(await world.login()))
      await world.post('/introspect', { token })
      await world.post('/introspect', { token: 'a-token-that-is-made-up' })
      await world.post('/revoke', { token })
    },
  ],
  [
    'requests that are pushed and signed',
    ['request.refused'],
    async (world) => {
      const object = await world.sign({ ...request(), iss: 'app' }, world.keys.signer, 'oauth-authz-req+jwt')
      const { request_uri = '' } = await world.post('/par', { client_id: 'app', request: object })
      const code = await world.login({ request_uri })
      await world.post('/token', { ...redemption(code), code_verifier: 'x'.repeat(43) })
      await world.browser().open(`${ISSUER}/authorize?client_id=app&request_uri=${encodeURIComponent(request_uri)}`)
      await world.browser().open(`${ISSUER}/authorize?client_id=app&request=${object}x`)
    },
  ],
  [
    'a device with a key, and the person who connects it',
    ['device_code.replayed'],
    async (world) => {
      const { device_code = '', verification_uri_complete = '' } = await world.post(
        '/device_authorization',
        { client_id: 'tv' },
        {},
      )
      const dpop = (): Promise<string> =>
        createDpopProof(world.keys.device, { method: 'POST', url: `${ISSUER}/token`, clock: () => Date.now() + 60_000 })
      const poll = async (): Promise<Form> =>
        world.post('/token', { grant_type: DEVICE, client_id: 'tv', device_code }, { dpop: await dpop() })
      await poll()
      const browser = world.browser()
      const signIn = await browser.open(verification_uri_complete)
      const enter = await browser.press(signIn, 'sign-in', { username: 'alice', password: PASSWORD })
      const consent = await browser.press(enter, 'continue')
      await browser.press(consent, 'allow')
      world.wait(10)
      await poll()
      world.wait(10)
      await poll()
    },
  ],
  [
    'secrets that are guessed, and assertions',
    ['client.authenticated', 'client.refused', 'rate.limited'],
    async (world) => {
      const credentials = { grant_type: 'client_credentials' }
      for (const guess of ['first-guess', 'second-guess', 'third-guess', 'fourth-guess', 'fifth-guess']) {
        await world.post('/token', credentials, basic(guess))
      }
      const assertion = await world.sign({ iss: 'machine', sub: 'machine' }, world.keys.signer)
      const signed = { ...credentials, client_assertion_type: JWT_CLIENT_ASSERTION, client_assertion: assertion }
      await world.post('/token', signed, {})
      await world.post('/token', signed, {})
      await world.post('/token', { ...signed, client_assertion: `${assertion}x` }, {})
    },
  ],
  [
    "somebody else's assertion, and an exchange",
    ['token.issued'],
    async (world) => {
      const assertion = await world.sign({ iss: IDP, sub: 'alice' }, world.keys.idp)
      const { access_token: subject_token = '' } = await world.post('/token', { grant_type: BEARER, assertion })
      await world.post('/token', { grant_type: BEARER, assertion })
      const exchange = { grant_type: EXCHANGE, subject_token, subject_token_type: ACCESS_TOKEN }
      await world.post('/token', exchange)
      await world.post('/token', { ...exchange, subject_token: 'a-subject-token-that-is-made-up' })
    },
  ],
  [
    'a client that registers, changes and leaves',
    ['client.registered', 'client.updated', 'client.deleted'],
    async (world) => {
      const json = (token: string): Form => ({ authorization: `Bearer ${token}`, 'content-type': 'application/json' })
      const metadata = { redirect_uris: [CALLBACK] }
      const created = await world.send('POST', '/register', JSON.stringify(metadata), json(INITIAL_TOKEN))
      const { client_id, registration_access_token = '' } = (await created.json()) as Form
      const path = `/register/${client_id}`
      const changed = await world.send(
        'PUT',
        path,
        JSON.stringify({ ...metadata, client_id }),
        json(registration_access_token),
      )
      const { registration_access_token: next = '' } = (await changed.json()) as Form
      await world.send('GET', path, undefined, json(registration_access_token))
      await world.send('DELETE', path, undefined, json(next))
    },
  ],
  [
    'a person who signs out',
    ['session.ended'],
    async (world) => {
      const browser = world.browser()
      const form = await browser.open(`${ISSUER}/authorize?${new URLSearchParams(request())}`)
      await agree(browser, await browser.press(form, 'sign-in', { username: 'alice', password: PASSWORD }))
      await browser.press(await browser.open(`${ISSUER}/logout`), 'sign-out')
    },
  ],
]

describe('what is told of what happens', () => {
  const world = new World()
  beforeAll(() => world.open())
  afterAll(() => world.witness.close())

  it.each(FLOWS)('holds no secret: %s', async (_name, told, run) => {
    const { witness } = world
    witness.events.clear()
    const known = witness.secrets.size
    await run(world)
    expect([...witness.events]).toEqual(expect.arrayContaining([...told]))
    expect(witness.secrets.size).toBeGreaterThan(known)
    expect(witness.findLeaks()).toEqual([])
  })

  it('holds no password that was typed into the wrong field', () => {
    expect(world.witness.told.filter((line) => line.includes(TYPO))).toEqual([])
  })

  it('would be found out', () => {
    const witness = new Witness()
    witness.secrets.set('the-secret-that-leaks', 'client_secret')
    world.server.emit('login.failed', { requestId: 'the-secret-that-leaks' })
    witness.close()
    expect(witness.findLeaks()).toHaveLength(1)
  })
})
