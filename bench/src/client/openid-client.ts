import * as openid from 'openid-client'
import { clientId, clientSecret, type Library, type Prepare, redirectUri } from './subject.ts'

export const prepareOpenidClient: Prepare = (issuer) =>
  prepare('openid-client', issuer, true, [openid.allowInsecureRequests, openid.enableNonRepudiationChecks])

export const prepareOpenidClientUnsigned: Prepare = (issuer) =>
  prepare('openid-client, no signature', issuer, false, [openid.allowInsecureRequests])

async function prepare(
  name: string,
  issuer: string,
  checksSignature: boolean,
  execute: ((config: openid.Configuration) => void)[],
): Promise<Library> {
  const authentication = openid.ClientSecretBasic(clientSecret)
  const metadata = { client_secret: clientSecret, id_token_signed_response_alg: 'ES256' }
  const config = await openid.discovery(new URL(issuer), clientId, metadata, authentication, { execute })
  return {
    name,
    checksSignature,
    async login(browse) {
      const pkceCodeVerifier = openid.randomPKCECodeVerifier()
      const [expectedState, expectedNonce] = [openid.randomState(), openid.randomNonce()]
      const url = openid.buildAuthorizationUrl(config, {
        redirect_uri: redirectUri,
        scope: 'openid',
        code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier),
        code_challenge_method: 'S256',
        state: expectedState,
        nonce: expectedNonce,
      })
      const checks = { pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true }
      const tokens = await openid.authorizationCodeGrant(config, browse(url), checks)
      return tokens.claims()?.sub ?? ''
    },
  }
}
