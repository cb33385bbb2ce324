import { hashGeneratedSecret } from '../../src/crypto/password.ts'
import { KeySet } from '../../src/jose/jwks/index.ts'
import { decodeUnverifiedJwt } from '../../src/jose/jwt/index.ts'
import {
  AuthorizationCodeGrant,
  AuthorizationServer,
  type AuthorizationServerOptions,
  type Client,
  RefreshTokenGrant,
  type Store,
} from '../../src/oauth2/server/index.ts'
import {
  type IdTokenClaims,
  Interactions,
  type InteractionsOptions,
  OpenIDConnect,
  type OpenIdConnectOptions,
  type UserClaims,
} from '../../src/oidc/server/index.ts'
import { MemoryStore } from '../../src/stores/memory.ts'
import { Browser, type Screen } from './browser.ts'

export const ISSUER = 'https://op.example'
export const CALLBACK = 'https://app.example/cb'
export const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'
export const SECRET = 'a-secret-of-32-random-characters'

export const APP: Client = {
  client_id: 'app',
  client_secrets: [{ hash: await hashGeneratedSecret(SECRET) }],
  client_name: 'Example App',
  redirect_uris: [CALLBACK],
  post_logout_redirect_uris: ['https://app.example/bye', 'https://app.example/bye?a=1'],
  grant_types: ['authorization_code', 'refresh_token'],
  logo_uri: 'https://cdn.app.example/logo.png',
  policy_uri: 'https://app.example/privacy',
  tos_uri: 'https://app.example/terms',
}

export const PUBLIC_APP: Client = {
  client_id: 'public',
  client_name: 'Public App',
  token_endpoint_auth_method: 'none',
  redirect_uris: ['https://spa.example/cb', 'http://127.0.0.1/cb'],
  application_type: 'native',
  grant_types: ['authorization_code'],
}

export const KEYS: KeySet = await KeySet.generate(['ES256', 'EdDSA'])

const PEOPLE: Readonly<Record<string, UserClaims & { readonly password: string }>> = {
  alice: {
    password: 'wonderland',
    name: 'Alice Liddell',
    given_name: 'Alice',
    email: 'alice@example.com',
    email_verified: true,
    phone_number: '+44 1',
    address: { country: 'UK' },
    nickname: '',
    internal_note: 'not for clients',
  },
  bob: { password: 'builder', name: 'Bob' },
}

export interface ProviderOptions extends Partial<AuthorizationServerOptions<Store>> {
  readonly clients?: readonly Client[]
  readonly interactions?: Partial<InteractionsOptions>
  readonly openid?: Partial<OpenIdConnectOptions>
}

/** An OpenID provider with two people (alice, bob), over a store in memory, with a clock to turn. */
export class TestProvider {
  /** Milliseconds. */
  time = 1_700_000_000_000
  readonly store: Store
  readonly server: AuthorizationServer<Store>
  readonly events: string[] = []
  readonly #subjects: Set<string> = new Set(Object.keys(PEOPLE))

  constructor(options: ProviderOptions = {}) {
    const { clients = [APP, PUBLIC_APP], interactions = {}, openid = {}, ...rest } = options
    const clock = (): number => this.time
    this.store = options.store ?? new MemoryStore({ clock, clients })
    this.server = new AuthorizationServer<Store>({ issuer: ISSUER, clock, keys: KEYS, ...rest, store: this.store })
      .registerGrant(AuthorizationCodeGrant)
      .registerGrant(RefreshTokenGrant)
      .registerExtension(OpenIDConnect, {
        claims: (subject) => (this.#subjects.has(subject) ? PEOPLE[subject] : undefined),
        ...openid,
      })
      .registerExtension(Interactions, {
        secret: 'a secret of the pages, long enough for the sealer',
        authenticate: ({ username, password }) =>
          PEOPLE[username]?.password === password ? { subject: username, displayName: `Ms ${username}` } : undefined,
        ...interactions,
      })
    for (const event of ['login.succeeded', 'login.failed', 'session.ended'] as const) {
      this.server.on(event, () => {
        this.events.push(event)
      })
    }
  }

  get now(): number {
    return Math.floor(this.time / 1000)
  }

  /** Turns the clock. */
  wait(seconds: number): void {
    this.time += seconds * 1000
  }

  browser(): Browser {
    return new Browser(this.server)
  }

  forget(subject: string): void {
    this.#subjects.delete(subject)
  }

  /** The URL of an authorization request. */
  url(parameters: Record<string, string> = {}): string {
    return `${this.server.issuer}/authorize?${new URLSearchParams(authorizationRequest(parameters))}`
  }

  /** Signs in on the page that the browser is at. */
  signIn(browser: Browser, screen: Screen, username = 'alice'): Promise<Screen> {
    const password = PEOPLE[username]?.password ?? 'wrong'
    return browser.press(screen, 'sign-in', { username, password })
  }

  /** Goes all the way: signs in, agrees if asked, and comes back with what the client gets. */
  async login(browser: Browser, parameters: Record<string, string> = {}, username = 'alice'): Promise<URL> {
    let screen = await browser.open(this.url(parameters))
    if (screen.page === 'sign-in') screen = await this.signIn(browser, screen, username)
    if (screen.page === 'consent') screen = await browser.press(screen, 'allow')
    if (screen.away === undefined) throw new Error(`login ended on page "${screen.page}": ${screen.body}`)
    return screen.away
  }

  async tokens(answer: URL, parameters: Record<string, string> = {}): Promise<TokenAnswer> {
    return this.token({
      grant_type: 'authorization_code',
      code: answer.searchParams.get('code') ?? '',
      redirect_uri: CALLBACK,
      code_verifier: VERIFIER,
      ...parameters,
    })
  }

  async token(parameters: Record<string, string>): Promise<TokenAnswer> {
    const authorization = `Basic ${btoa(`app:${SECRET}`)}`
    const body = new URLSearchParams(parameters)
    const request = new Request(`${this.server.issuer}/token`, { method: 'POST', body, headers: { authorization } })
    return (await this.server.fetch(request)).json()
  }
}

export interface TokenAnswer {
  readonly access_token: string
  readonly refresh_token?: string
  readonly id_token?: string
  readonly scope?: string
  readonly error?: string
  readonly error_description?: string
}

export function authorizationRequest(parameters: Record<string, string> = {}): Record<string, string> {
  return {
    response_type: 'code',
    client_id: 'app',
    redirect_uri: CALLBACK,
    scope: 'openid profile email',
    state: 'af0ifjsldkj',
    nonce: 'n-0S6_WzA2Mj',
    code_challenge: CHALLENGE,
    code_challenge_method: 'S256',
    ...parameters,
  }
}

export function claimsOf(token: string | undefined): IdTokenClaims {
  if (token === undefined) throw new Error('there is no ID token')
  const { claims } = decodeUnverifiedJwt(token)
  return claims as IdTokenClaims
}
