import { getAccessToken, oauthServer, protect } from 'authwright/express'
import { KeySet } from 'authwright/jose/jwks'
import { DpopValidator, ResourceProtector, StoreValidator } from 'authwright/oauth2/resource'
import {
  type AssertionIssuer,
  AuthorizationCodeGrant,
  AuthorizationServer,
  ClientCredentialsGrant,
  type ClientDefinition,
  DeviceAuthorizationEndpoint,
  DeviceCodeGrant,
  Dpop,
  defineClient,
  JwtBearerGrant,
  PrivateKeyJwt,
  PushedAuthorization,
  RefreshTokenGrant,
  RequestObjects,
  RevocationEndpoint,
} from 'authwright/oauth2/server'
import { DevicePages, Interactions, OpenIDConnect } from 'authwright/oidc/server'
import { MemoryStore } from 'authwright/stores/memory'
import express, { type Express } from 'express'
import { choosePort, listen, type Stop } from '../first-login/listen.ts'

/** Who can sign in. */
export const ada = { username: 'ada', password: 'analytical-engine', name: 'Ada Lovelace', email: 'ada@example.com' }

export interface ProviderOptions {
  readonly clients: readonly ClientDefinition[]
  /** Whose assertions are good for tokens. */
  readonly assertionIssuers?: readonly AssertionIssuer[]
}

/** An OpenID provider on this machine, and the API that its tokens are for. */
export interface Provider {
  readonly issuer: string
  /** `GET files` needs the scope "files", `DELETE files/1` needs "files:write". */
  readonly apiBaseUrl: string
  /** What it signs with. */
  readonly keys: KeySet
  /** How many tokens were asked for so far. */
  readonly tokenRequests: () => number
  readonly stop: Stop
}

/** What every program of this folder talks to. For how a provider is set up in earnest, see `first-login`. */
export async function startProvider({ clients, assertionIssuers = [] }: ProviderOptions): Promise<Provider> {
  const port = await choosePort(0)
  const issuer = `http://localhost:${port}`
  const apiBaseUrl = `${issuer}/api/`
  const keys = await KeySet.generate(['ES256'])
  const store = new MemoryStore({ clients: await Promise.all(clients.map(defineClient)) })
  const server = new AuthorizationServer({ issuer, store, keys, audience: apiBaseUrl })
    .registerClientAuthMethod(PrivateKeyJwt)
    .registerGrant(AuthorizationCodeGrant)
    .registerGrant(RefreshTokenGrant)
    .registerGrant(ClientCredentialsGrant)
    .registerGrant(DeviceCodeGrant)
    .registerEndpoint(DeviceAuthorizationEndpoint, { interval: '1s' })
    .registerEndpoint(RevocationEndpoint)
    .registerExtension(PushedAuthorization)
    .registerExtension(RequestObjects)
    .registerExtension(Dpop)
    .registerExtension(OpenIDConnect, { claims: () => ({ name: ada.name, email: ada.email }) })
    .registerExtension(Interactions, pages)
    .registerExtension(DevicePages, pages)
  if (assertionIssuers.length > 0) server.registerGrant(JwtBearerGrant, { issuers: assertionIssuers })

  let tokenRequests = 0
  const app = express().disable('x-powered-by')
  app.use((request, _response, next) => {
    if (request.path === '/token') tokenRequests++
    next()
  })
  app.use(oauthServer(server))
  app.get('/callback', (_request, response) => void response.send('You may close this window.'))
  const stored = new StoreValidator({ store, audience: apiBaseUrl })
  const bound = new DpopValidator(stored, { baseUrl: issuer })
  addFiles(app, new ResourceProtector().registerTokenValidator(stored).registerTokenValidator(bound))
  return { issuer, apiBaseUrl, keys, tokenRequests: () => tokenRequests, stop: await listen(app, port) }
}

function addFiles(app: Express, protector: ResourceProtector): void {
  app.get('/api/files', protect(protector, 'files'), (request, response) => {
    const { subject, clientId } = getAccessToken(request)
    response.json({ of: subject ?? clientId, files: ['notes.txt'] })
  })
  app.delete('/api/files/1', protect(protector, 'files:write'), (_request, response) => {
    response.status(204).end()
  })
}

const pages = {
  secret: 'the secret of the pages of an example',
  // Yours looks up a hash.
  authenticate: ({ username, password }: { username: string; password: string }) =>
    username === ada.username && password === ada.password ? { subject: 'user-1', displayName: ada.name } : undefined,
}
