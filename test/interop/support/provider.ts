import { KeySet } from 'authwright/jose/jwks'
import { oauthServer } from 'authwright/node'
import {
  AuthorizationCodeGrant,
  AuthorizationServer,
  type ClientDefinition,
  defineClient,
  RefreshTokenGrant,
  RevocationEndpoint,
} from 'authwright/oauth2/server'
import { Interactions, OpenIDConnect } from 'authwright/oidc/server'
import { MemoryStore } from 'authwright/stores/memory'
import { Browser, type Screen } from '../../support/browser.ts'
import { listen } from '../../support/listen.ts'

export const REDIRECT_URI = 'https://app.example/callback'
export const SIGNED_OUT_URI = 'https://app.example/signed-out'

/** Characters that Basic credentials have to encode, and some that need not be but are by some clients. */
export const SECRET = "s3cret:-_.!~*'()%+ &=/?of-32-characters"

const shared = {
  redirect_uris: [REDIRECT_URI],
  post_logout_redirect_uris: [SIGNED_OUT_URI],
  grant_types: ['authorization_code', 'refresh_token'],
} satisfies Partial<ClientDefinition>

/** One client for each way to say who one is, and for each algorithm of ID tokens. */
export const CLIENTS = [
  { client_id: 'public', token_endpoint_auth_method: 'none', id_token_signed_response_alg: 'ES256' },
  { client_id: 'basic:1 +%', client_secret: SECRET, id_token_signed_response_alg: 'RS256' },
  {
    client_id: 'post',
    client_secret: SECRET,
    token_endpoint_auth_method: 'client_secret_post',
    id_token_signed_response_alg: 'PS256',
  },
  {
    client_id: 'post-eddsa',
    client_secret: SECRET,
    token_endpoint_auth_method: 'client_secret_post',
    id_token_signed_response_alg: 'EdDSA',
  },
] as const satisfies ClientDefinition[]

export type InteropClient = (typeof CLIENTS)[number]

export interface InteropProvider {
  readonly issuer: string
  /** A person's browser, without scripts. */
  browser(): Browser
  close(): Promise<void>
}

/** Our provider as a user of the package writes it, on the network. */
export async function startProvider(): Promise<InteropProvider> {
  const clients = await Promise.all(CLIENTS.map((client) => defineClient({ ...shared, ...client })))
  const store = new MemoryStore({ clients })
  const keys = await KeySet.generate(['ES256', 'RS256', 'PS256', 'EdDSA'])
  const { origin, close } = await listen((issuer) =>
    oauthServer(
      new AuthorizationServer({ issuer, store, keys })
        .registerGrant(AuthorizationCodeGrant)
        .registerGrant(RefreshTokenGrant)
        .registerEndpoint(RevocationEndpoint)
        .registerExtension(OpenIDConnect, { claims: () => ({ name: 'Ada Lovelace', email: 'ada@example.com' }) })
        .registerExtension(Interactions, {
          secret: 'a secret of the pages, long enough for the sealer',
          authenticate: ({ username, password }) => (password === 'engine' ? { subject: username } : undefined),
        }),
    ),
  )
  const site = { issuer: origin, fetch: (request: Request) => fetch(request, { redirect: 'manual' }) }
  return { issuer: origin, browser: () => new Browser(site), close }
}

/** Signs in and agrees, as far as the provider asks, and returns what the browser is then given. */
export async function logIn(browser: Browser, url: URL): Promise<Screen> {
  const login = await browser.open(url.href)
  const next = await browser.press(login, 'sign-in', { username: 'ada', password: 'engine' })
  return next.page === 'consent' ? browser.press(next, 'allow') : next
}
