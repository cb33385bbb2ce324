import { oauthServer } from '../../../../dist/adapters/node.js'
import { KeySet } from '../../../../dist/jose/jwks/index.js'
import {
  AuthorizationCodeGrant,
  AuthorizationEndpoint,
  AuthorizationServer,
  type AuthorizationServerOptions,
  ClientCredentialsGrant,
  defineClient,
  IntrospectionEndpoint,
} from '../../../../dist/oauth2/server/index.js'
import { OpenIDConnect } from '../../../../dist/oidc/server/index.js'
import { MemoryStore } from '../../../../dist/stores/memory.js'
import { audience, clientId, clientSecret, issuer, openidScope, person, redirectUri, scope } from '../subject.ts'
import { generateKey } from './keys.ts'
import { scenarioName, serve } from './serve.ts'

const client = await defineClient({
  client_id: clientId,
  client_secret: clientSecret,
  grant_types: ['authorization_code', 'client_credentials'],
  redirect_uris: [redirectUri],
  scope: `${scope} ${openidScope}`,
})
const store = new MemoryStore({ clients: [client] })
const approval = { subject: person.sub, authTime: Math.floor(Date.now() / 1000) }

/** What each scenario needs of the options, beside what all have. */
const options: Readonly<Record<string, Partial<AuthorizationServerOptions<MemoryStore>>>> = {
  'token-jwt': { accessTokenFormat: 'jwt', audience },
}
const withIdentity = ['code-openid', 'userinfo', 'jwks', 'discovery']

const server = new AuthorizationServer({
  issuer,
  store,
  scopes: [scope],
  keys: await KeySet.import({ keys: [generateKey(scenarioName === 'token-jwt' ? 'ES256' : 'RS256').privateJwk] }),
  ...options[scenarioName],
})
  .registerGrant(AuthorizationCodeGrant)
  .registerGrant(ClientCredentialsGrant)
  .registerEndpoint(new AuthorizationEndpoint<MemoryStore>({ interact: () => approval }))
  .registerEndpoint(IntrospectionEndpoint)
if (withIdentity.includes(scenarioName)) server.registerExtension(OpenIDConnect, { claims: () => person })

serve(() => ({ listener: oauthServer(server) }))
