import type { OAuth2Client, TokenSet } from 'authwright/oauth2/client'
import type { ClientDefinition } from 'authwright/oauth2/server'
import { Person } from './person.ts'
import type { Provider } from './provider.ts'

/** A program on somebody's computer, as the provider knows it. */
export const program: ClientDefinition = {
  client_id: 'program',
  client_name: 'Program',
  application_type: 'native',
  token_endpoint_auth_method: 'none',
  redirect_uris: ['http://127.0.0.1/callback'], // at any port
  grant_types: ['authorization_code', 'refresh_token'],
  scope: 'files files:write',
}

/** Where the browser ends up. A program of yours listens there itself. */
export function redirectUriFor({ issuer }: Provider): string {
  return `http://127.0.0.1:${new URL(issuer).port}/callback`
}

/** Logs Ada in. How a web app does it is in logging-in.ts. */
export async function logIn(client: OAuth2Client, scope: string | readonly string[]): Promise<TokenSet> {
  const { url, state, codeVerifier } = await client.createAuthorizationUrl({ scope })
  const page = await new Person().follow(url)
  const callback = await client.validateCallback(page.url, { state })
  return client.fetchToken(callback, { codeVerifier })
}
