import { clientId, clientSecret, scope } from '../subject.ts'
import { issuer, serve } from './serve.ts'

// That its adapter and keys are not for production, and its wish for a newer Node, are no news in each round.
console.warn = () => undefined
const { default: Provider } = await import('oidc-provider')

/** With the adapter that it brings, which keeps the last thousand entries in memory. */
const provider = new Provider(issuer, {
  clients: [
    {
      client_id: clientId,
      client_secret: clientSecret,
      grant_types: ['client_credentials'],
      redirect_uris: [],
      response_types: [],
      token_endpoint_auth_method: 'client_secret_basic',
      scope,
    },
  ],
  scopes: [scope],
  features: { clientCredentials: { enabled: true }, devInteractions: { enabled: false } },
})
serve(provider.callback())
