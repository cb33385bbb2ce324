import { oauthServer } from '../../../../dist/adapters/node.js'
import { AuthorizationServer, ClientCredentialsGrant, defineClient } from '../../../../dist/oauth2/server/index.js'
import { MemoryStore } from '../../../../dist/stores/memory.js'
import { clientId, clientSecret, scope } from '../subject.ts'
import { issuer, serve } from './serve.ts'

const client = await defineClient({
  client_id: clientId,
  client_secret: clientSecret,
  grant_types: ['client_credentials'],
  scope,
})
const store = new MemoryStore({ clients: [client] })
const server = new AuthorizationServer({ issuer, store, scopes: [scope] }).registerGrant(ClientCredentialsGrant)
serve(oauthServer(server))
