import { ConfigurationError } from '../../../util/configuration-error.ts'
import { TOKEN_ENDPOINT_AUTH_METHODS } from '../auth/choose.ts'
import type { OAuth2ClientOptions } from '../options.ts'
import type { ClientRegistration } from './information.ts'

/** The options of a client that a registration decides. */
export interface RegisteredClientOptions
  extends Pick<OAuth2ClientOptions, 'clientId' | 'clientSecret' | 'redirectUri' | 'scope' | 'tokenEndpointAuthMethod'> {
  /** For `OpenIdClient`. */
  idTokenSignedResponseAlg?: string
}

/**
 * The options of a client that was registered, for `new OAuth2Client({ issuer, ...toClientOptions(registration) })`.
 *
 * @param authentication how the client says who it is, where that takes more than a secret: `new PrivateKeyJwt(key)`.
 * @throws ConfigurationError where it is missing.
 * @spec RFC 7591 §2
 */
export function toClientOptions(
  registration: ClientRegistration,
  authentication?: OAuth2ClientOptions['tokenEndpointAuthMethod'],
): RegisteredClientOptions {
  const { client_id, client_secret, redirect_uris: [redirectUri, ...others] = [], scope } = registration
  const { id_token_signed_response_alg: alg, token_endpoint_auth_method: method = 'client_secret_basic' } = registration
  if (authentication === undefined && !TOKEN_ENDPOINT_AUTH_METHODS.includes(method)) {
    throw new ConfigurationError('toClientOptions', [
      '"authentication" is missing: the client is registered for a method that takes more than a name',
    ])
  }
  return {
    clientId: client_id,
    tokenEndpointAuthMethod: authentication ?? method,
    ...(client_secret !== undefined && method !== 'none' && { clientSecret: client_secret }),
    ...(redirectUri !== undefined && others.length === 0 && { redirectUri }),
    ...(scope !== undefined && { scope }),
    ...(alg !== undefined && { idTokenSignedResponseAlg: alg }),
  }
}
