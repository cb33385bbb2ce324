import type { RequestParameters } from '../http/form.ts'
import { JoseError } from '../jose/errors.ts'
import { parseUnverifiedJwt } from '../jose/jwt/index.ts'

/** What `client_assertion_type` says of a JWT. @spec RFC 7523 §2.2 */
export const JWT_CLIENT_ASSERTION = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/** The type (`typ`) that keeps a client assertion from being taken for another JWT (RFC 7523bis, section 4). */
export const CLIENT_ASSERTION_TYPES: readonly string[] = ['client-authentication+jwt']

/**
 * An assertion before anything in it is known to be true. It says whose keys to verify it with, and which kind of keys;
 * whether that client uses this kind is the registration's to say.
 */
export interface UnprovenClientAssertion {
  readonly jwt: string
  /** Made with a secret, or with a private key. Of what is no JWT at all, neither can be said. */
  readonly kind: 'secret' | 'private_key' | 'malformed'
  /** Empty where it does not say: nobody's. */
  readonly clientId: string
}

/**
 * The client assertion of a request. One of another type (SAML) is somebody else's to read.
 *
 * @spec RFC 7521 §4.2
 * @spec RFC 7523 §2.2
 */
export function readClientAssertion(params: RequestParameters): UnprovenClientAssertion | undefined {
  const jwt = params.get('client_assertion')
  if (jwt === undefined || params.get('client_assertion_type') !== JWT_CLIENT_ASSERTION) return undefined
  try {
    const { unverifiedHeader, unverifiedClaims } = parseUnverifiedJwt(jwt)
    const { sub } = unverifiedClaims
    return {
      jwt,
      kind: unverifiedHeader.alg.startsWith('HS') ? 'secret' : 'private_key',
      clientId: typeof sub === 'string' ? sub : '',
    }
  } catch (error) {
    if (error instanceof JoseError) return { jwt, kind: 'malformed', clientId: params.get('client_id') ?? '' }
    throw error
  }
}
