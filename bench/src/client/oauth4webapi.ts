import * as oauth from 'oauth4webapi'
import { clientId, clientSecret, type Prepare, redirectUri } from './subject.ts'

const insecure = { [oauth.allowInsecureRequests]: true }

export const prepareOauth4webapi: Prepare = async (issuer) => {
  const url = new URL(issuer)
  const as = await oauth.processDiscoveryResponse(url, await oauth.discoveryRequest(url, insecure))
  const client: oauth.Client = { client_id: clientId, id_token_signed_response_alg: 'ES256' }
  const authentication = oauth.ClientSecretBasic(clientSecret)
  return {
    name: 'oauth4webapi',
    checksSignature: true,
    async login(browse) {
      const verifier = oauth.generateRandomCodeVerifier()
      const [state, expectedNonce] = [oauth.generateRandomState(), oauth.generateRandomNonce()]
      const away = new URL(as.authorization_endpoint ?? '')
      away.searchParams.set('client_id', clientId)
      away.searchParams.set('redirect_uri', redirectUri)
      away.searchParams.set('response_type', 'code')
      away.searchParams.set('scope', 'openid')
      away.searchParams.set('code_challenge', await oauth.calculatePKCECodeChallenge(verifier))
      away.searchParams.set('code_challenge_method', 'S256')
      away.searchParams.set('state', state)
      away.searchParams.set('nonce', expectedNonce)
      const parameters = oauth.validateAuthResponse(as, client, browse(away), state)
      const response = await oauth.authorizationCodeGrantRequest(
        as,
        client,
        authentication,
        parameters,
        redirectUri,
        verifier,
        insecure,
      )
      const checks = { expectedNonce, requireIdToken: true }
      const result = await oauth.processAuthorizationCodeResponse(as, client, response, checks)
      await oauth.validateApplicationLevelSignature(as, response, insecure)
      return oauth.getValidatedIdTokenClaims(result)?.sub ?? ''
    },
  }
}
