import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Configuration, JWK } from 'oidc-provider'
import { audience, clientId, clientSecret, issuer, openidScope, paths, person, redirectUri, scope } from '../subject.ts'
import { generateKey } from './keys.ts'
import { MapAdapter } from './map-adapter.ts'
import { scenarioName, serve } from './serve.ts'

// That its keys are not for production, and its wish for a newer Node, are no news in each round.
console.warn = () => undefined
const { default: Provider } = await import('oidc-provider')

const { authorize, token, introspect, userinfo, jwks } = paths
const alg = scenarioName === 'token-jwt' ? 'ES256' : 'RS256'

const configuration: Configuration = {
  adapter: MapAdapter,
  clients: [
    {
      client_id: clientId,
      client_secret: clientSecret,
      grant_types: ['authorization_code', 'client_credentials'],
      redirect_uris: [redirectUri],
      response_types: ['code'],
      token_endpoint_auth_method: 'client_secret_basic',
      id_token_signed_response_alg: alg,
      scope: `${scope} ${openidScope}`,
    },
  ],
  jwks: { keys: [generateKey(alg).privateJwk as JWK] },
  scopes: [scope, 'openid', 'email'],
  claims: { openid: ['sub'], email: ['email', 'email_verified'] },
  routes: { authorization: authorize, token, introspection: introspect, userinfo, jwks },
  findAccount: (_context, accountId) => ({ accountId, claims: () => person }),
  interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
  features: {
    clientCredentials: { enabled: true },
    introspection: { enabled: true },
    devInteractions: { enabled: false },
    ...(scenarioName === 'token-jwt' && { resourceIndicators: jwtTokens() }),
  },
}
const provider = new Provider(issuer, configuration)

/** Its way to JWTs: every token is for an API that wants them. */
function jwtTokens(): object {
  return {
    enabled: true,
    defaultResource: () => audience,
    useGrantedResource: () => true,
    getResourceServerInfo: () => ({
      scope,
      audience,
      accessTokenFormat: 'jwt',
      jwt: { sign: { alg: 'ES256' } },
    }),
  }
}

/** Signs in who comes, and has them agree, once; what is measured comes with the cookie of that. */
async function signIn(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const grant = new provider.Grant({ accountId: person.sub, clientId })
  grant.addOIDCScope(`${scope} ${openidScope}`)
  const consent = { grantId: await grant.save() }
  await provider.interactionFinished(request, response, { login: { accountId: person.sub }, consent })
}

const answer = provider.callback()
serve(() => ({
  listener(request, response) {
    if (request.url?.startsWith('/interaction/')) void signIn(request, response)
    else void answer(request, response)
  },
}))
