import { protect } from '../../../../../dist/adapters/express.js'
import { ResourceProtector, StoreValidator } from '../../../../../dist/oauth2/resource/index.js'
import { AuthorizationServer, ClientCredentialsGrant, defineClient } from '../../../../../dist/oauth2/server/index.js'
import { MemoryStore } from '../../../../../dist/stores/memory.js'
import { accessToken } from '../../exchange.ts'
import { audience, basic, clientId, clientSecret, issuer, paths, scope } from '../../subject.ts'
import { serve } from '../serve.ts'
import { ordersApp } from './orders.ts'

const client = await defineClient({
  client_id: clientId,
  client_secret: clientSecret,
  grant_types: ['client_credentials'],
  scope: `${scope} other`,
})
const store = new MemoryStore({ clients: [client] })
const server = new AuthorizationServer({ issuer, store, audience }).registerGrant(ClientCredentialsGrant)

/** A token of the server that is in the same process. */
async function issue(asked: string): Promise<string> {
  const body = new URLSearchParams({ grant_type: 'client_credentials', scope: asked })
  const request = new Request(`${issuer}${paths.token}`, { method: 'POST', body, headers: { authorization: basic() } })
  return accessToken(await server.createTokenResponse(request))
}

const token = await issue(scope)
const context = { token, narrow: await issue('other'), foreign: `${token}x` }
const protector = new ResourceProtector().registerTokenValidator(new StoreValidator({ store, audience }))
serve(() => ({ listener: ordersApp(protect(protector, scope)), context }))
