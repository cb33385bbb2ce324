import { issuer, paths } from '../../subject.ts'
import { generateKey } from '../keys.ts'
import { scenarioName, serve } from '../serve.ts'
import { findNothing } from './by-hand.ts'

/** As much as a discovery document says. */
const discovery = {
  issuer,
  authorization_endpoint: `${issuer}${paths.authorize}`,
  token_endpoint: `${issuer}${paths.token}`,
  userinfo_endpoint: `${issuer}${paths.userinfo}`,
  jwks_uri: `${issuer}${paths.jwks}`,
  scopes_supported: ['openid', 'profile', 'email', 'address', 'phone', 'offline_access'],
  response_types_supported: ['code'],
  response_modes_supported: ['query', 'fragment', 'form_post'],
  grant_types_supported: ['authorization_code', 'client_credentials'],
  subject_types_supported: ['public'],
  id_token_signing_alg_values_supported: ['RS256'],
  token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'none'],
  code_challenge_methods_supported: ['S256'],
  claims_supported: ['sub', 'name', 'family_name', 'given_name', 'email', 'email_verified', 'address', 'phone_number'],
}
const isJwks = scenarioName === 'jwks'
const path = isJwks ? paths.jwks : paths.discovery
const body = Buffer.from(JSON.stringify(isJwks ? { keys: [generateKey('RS256').publicJwk] } : discovery))
const headers = {
  'content-type': 'application/json',
  'cache-control': 'public, max-age=300',
  'access-control-allow-origin': '*',
  'content-length': body.length,
}

serve(() => ({
  listener(request, response) {
    if (request.url !== path || request.method !== 'GET') return findNothing(response)
    response.writeHead(200, headers).end(body)
  },
}))
