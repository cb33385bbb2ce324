import { expect } from './expect.ts'
import { logIn, redirectUriFor } from './log-in.ts'
import { startProvider } from './provider.ts'

// #region guide

import { Key } from 'authwright/jose/jwk'
import { Dpop, OAuth2Client, PrivateKeyJwt, RequestObjects } from 'authwright/oauth2/client'

export interface Server {
  issuer: string
  apiBaseUrl: string
  redirectUri: string
}

/** A client that signs who it is and what it asks for, and whose tokens are of no use to anybody else. */
export async function createClient(server: Server, key: Key): Promise<OAuth2Client> {
  return new OAuth2Client({
    ...server,
    clientId: 'bank-app',
    tokenEndpointAuthMethod: new PrivateKeyJwt(key),
    requestObjects: new RequestObjects(key), // signed, and so pushed where the server can take it
    dpop: new Dpop(await Key.generate('ES256')),
  })
}
// #endregion

const key = await Key.generate('ES256', { kid: 'bank-app-1' })
const provider = await startProvider({
  clients: [
    {
      client_id: 'bank-app',
      application_type: 'native',
      token_endpoint_auth_method: 'private_key_jwt',
      jwks: { keys: [{ ...key.toPublicJwk() }] },
      redirect_uris: ['http://127.0.0.1/callback'],
      grant_types: ['authorization_code', 'refresh_token'],
      scope: 'files',
      require_signed_request_object: true,
      require_pushed_authorization_requests: true,
      dpop_bound_access_tokens: true,
    },
  ],
})
const { issuer, apiBaseUrl } = provider
const server = { issuer, apiBaseUrl, redirectUri: redirectUriFor(provider) }

const client = await createClient(server, key)
const { url } = await client.createAuthorizationUrl({ scope: 'files' })
const names = [...new URL(url).searchParams.keys()]
expect(names.join() === 'client_id,request_uri', 'the browser carries a reference, and nothing of what is asked for')

const token = await logIn(client, 'files')
expect(token.token_type === 'DPoP', 'the token is bound to the key of the client')
const { status } = await client.get('files', { token })
expect(status === 200, 'the client opens the API with it')

const thief = await createClient(server, key)
const stolen = await thief.get('files', { token })
expect(stolen.status === 401, 'whoever has the token and not its key does not')

await provider.stop()
