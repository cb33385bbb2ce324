import { outgoingFetch } from '../../../dist/http/index.js'
import { OpenIdClient } from '../../../dist/oidc/client/index.js'
import { clientId, clientSecret, type Library, type Prepare, redirectUri } from './subject.ts'

export const prepareAuthwright: Prepare = async (issuer) => {
  return library('authwright', new OpenIdClient({ issuer, clientId, clientSecret, redirectUri, scope: 'openid' }))
}

export const prepareAuthwrightOverFetch: Prepare = async (issuer) => {
  const options = { issuer, clientId, clientSecret, redirectUri, scope: 'openid', transport: outgoingFetch() }
  return library('authwright over fetch', new OpenIdClient(options))
}

function library(name: string, client: OpenIdClient): Library {
  return {
    name,
    checksSignature: true,
    async login(browse) {
      const { url, state, codeVerifier, nonce } = await client.createAuthorizationUrl()
      const callback = await client.validateCallback(browse(new URL(url)), { state })
      const token = await client.fetchToken(callback, { codeVerifier, nonce })
      return token.userinfo?.sub ?? ''
    },
  }
}
