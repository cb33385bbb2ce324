// In JavaScript: the plugin's types do not go with `exactOptionalPropertyTypes`.
import { oauthProvider } from '@better-auth/oauth-provider'
import { betterAuth } from 'better-auth'
import { memoryAdapter } from 'better-auth/adapters/memory'
import { toNodeHandler } from 'better-auth/node'
import { jwt } from 'better-auth/plugins'
import { listen } from '../../support/listen.ts'

const PERSON = { email: 'grace@example.com', password: 'a-compiler-of-1952', name: 'Grace Hopper' }

const TABLES = [
  'user',
  'session',
  'account',
  'verification',
  'jwks',
  'oauthClient',
  'oauthClientAssertion',
  'oauthClientResource',
  'oauthResource',
  'oauthRefreshToken',
  'oauthAccessToken',
  'oauthConsent',
]

export async function startBetterAuth(client) {
  let handle
  const { origin, close } = await listen(() => (request, response) => handle?.(request, response))
  const auth = createAuth(origin)
  handle = toNodeHandler(auth)
  const { headers } = await auth.api.signUpEmail({ body: PERSON, returnHeaders: true })
  const cookie = headers
    .getSetCookie()
    .map((line) => line.split(';', 1)[0])
    .join('; ')
  const { client_id, client_secret } = await auth.api.adminCreateOAuthClient({
    headers: new Headers({ cookie }),
    body: {
      redirect_uris: [client.redirectUri],
      post_logout_redirect_uris: [client.signedOutUri],
      token_endpoint_auth_method: 'client_secret_basic',
      grant_types: ['authorization_code', 'refresh_token'],
      scope: 'openid profile email offline_access',
      skip_consent: true,
      enable_end_session: true,
    },
  })
  return { issuer: `${origin}/api/auth`, cookie, clientId: client_id, clientSecret: client_secret, close }
}

function createAuth(origin) {
  return betterAuth({
    baseURL: origin,
    secret: 'Qm9vdHN0cmFwIG9mIGEgdGVzdCwgNDggYnl0ZXMgbG9uZyE',
    database: memoryAdapter(Object.fromEntries(TABLES.map((name) => [name, []]))),
    emailAndPassword: { enabled: true },
    rateLimit: { enabled: false },
    disabledPaths: ['/token'],
    plugins: [
      jwt(),
      oauthProvider({
        loginPage: '/login',
        consentPage: '/consent',
        scopes: ['openid', 'profile', 'email', 'offline_access'],
        silenceWarnings: { oauthAuthServerConfig: true, openidConfig: true },
      }),
    ],
  })
}
