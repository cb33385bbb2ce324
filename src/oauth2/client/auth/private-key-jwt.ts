import type { Key } from '../../../jose/jwk/index.ts'
import type { SigningKeySource } from '../../../jose/jwks/index.ts'
import { ConfigurationError } from '../../../util/configuration-error.ts'
import { type ClientAssertionOptions, signClientAssertion } from './client-assertion.ts'
import type { ClientAuthentication, ClientAuthenticationContext, ClientCredentials } from './client-auth.ts'

/**
 * `private_key_jwt`: the client signs a short-lived statement with a key of its own. The server has the public half, and no
 * secret goes over the wire.
 *
 * @example
 * const key = await Key.import(pem, { alg: 'ES256', kid: '2026-01' })
 * const client = new OAuth2Client({ clientId, issuer, tokenEndpointAuthMethod: new PrivateKeyJwt(key) })
 * @spec RFC 7523 §2.2
 * @spec OIDC Core §9
 */
export class PrivateKeyJwt implements ClientAuthentication {
  readonly method: string = 'private_key_jwt'
  readonly #key: Key | SigningKeySource
  readonly #options: ClientAssertionOptions

  /** @param key a private key, or a set whose current key signs. */
  constructor(key: Key | SigningKeySource, options: ClientAssertionOptions = {}) {
    if (!('signingKey' in key) && !(key.isPrivate && key.kty !== 'oct')) {
      throw new ConfigurationError('PrivateKeyJwt', [
        '"key" must be a private key: what it signs is checked with its public half',
      ])
    }
    this.#key = key
    this.#options = { ...options, ...algorithmOf(key, options) }
  }

  authenticate(context: ClientAuthenticationContext): Promise<ClientCredentials> {
    return signClientAssertion(this.#key, context, this.#options)
  }
}

/** An RSA key serves several algorithms; RS256 is the one that every server knows. @spec OIDC Core §15.1 */
function algorithmOf(key: Key | SigningKeySource, { alg }: ClientAssertionOptions): ClientAssertionOptions {
  if (alg !== undefined || 'signingKey' in key || key.defaultAlgorithm !== undefined) return {}
  return { alg: 'RS256' }
}
