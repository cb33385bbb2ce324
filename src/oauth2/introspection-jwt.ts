import { JoseError } from '../jose/errors.ts'
import {
  type DecryptAndVerifyJwtOptions,
  decryptAndVerifyJwt,
  type EncryptOptions,
  signAndEncryptJwt,
} from '../jose/jwe/index.ts'
import type { AlgorithmName, Key } from '../jose/jwk/index.ts'
import type { KeySource, SigningKeySource } from '../jose/jwks/index.ts'
import { type JwtClaims, signJwt, verifyJwt } from '../jose/jwt/index.ts'
import type { Clock } from '../util/clock.ts'
import { isJsonObject, type JsonValue } from '../util/json.ts'
import { type IntrospectionResponse, parseIntrospectionResponse } from './introspection.ts'

/** What a resource server says in `Accept` to be answered by a JWT, and how that is called in the answer. @spec RFC 9701 §4 */
export const INTROSPECTION_JWT: 'application/token-introspection+jwt' = 'application/token-introspection+jwt'

const TYPE = 'token-introspection+jwt'

export interface IntrospectionJwtOptions {
  readonly issuer: string
  /** Who asked. */
  readonly audience: string
  readonly alg: AlgorithmName
  readonly clock?: Clock
  /** To whom it is encrypted, and how. */
  readonly encryption?: (EncryptOptions & { readonly keys: Key | KeySource }) | undefined
}

/**
 * Signs an introspection response for the one who asked, and encrypts it where that is wanted. What is said of the token
 * stands in a member of its own, and there is neither `sub` nor `exp` beside it: nobody can take this for an access token.
 *
 * @spec RFC 9701 §5
 */
export async function signIntrospectionResponse(
  response: IntrospectionResponse,
  keys: Key | SigningKeySource,
  { issuer, audience, alg, clock, encryption }: IntrospectionJwtOptions,
): Promise<string> {
  const claims: JwtClaims = { iss: issuer, aud: audience, token_introspection: response }
  const options = { alg, typ: TYPE, ...(clock && { clock }) }
  if (encryption === undefined) return signJwt(claims, keys, options)
  const { keys: recipient, ...how } = encryption
  return signAndEncryptJwt(claims, keys, recipient, { ...options, encryption: { typ: TYPE, ...how } })
}

export interface IntrospectionJwtExpectations extends Pick<DecryptAndVerifyJwtOptions, 'algorithms' | 'clock'> {
  readonly issuer: string
  /** Who we are to the server. */
  readonly audience: string
  /** Our keys, where answers come encrypted: then one that is not is refused. */
  readonly decryption?: NonNullable<DecryptAndVerifyJwtOptions['decryption']> & { readonly keys: Key | KeySource }
}

/**
 * Verifies and reads an introspection response that came as a JWT.
 *
 * @param keys the server's.
 * @throws JoseError where it is not what was expected, the response in it included.
 * @spec RFC 9701 §5
 */
export async function readIntrospectionJwt(
  jwt: string,
  keys: Key | KeySource,
  { decryption, ...expected }: IntrospectionJwtExpectations,
): Promise<IntrospectionResponse> {
  const options = { ...expected, typ: TYPE, required: ['iat'] }
  const { claims } = await (decryption === undefined
    ? verifyJwt<{ token_introspection?: JsonValue }>(jwt, keys, options)
    : decryptAndVerifyJwt<{ token_introspection?: JsonValue }>(jwt, decryption.keys, keys, { ...options, decryption }))
  const response = claims.token_introspection
  if (!isJsonObject(response)) throw invalid()
  try {
    return parseIntrospectionResponse(response)
  } catch (cause) {
    throw invalid(cause)
  }
}

function invalid(cause?: unknown): JoseError {
  return new JoseError('claim_invalid', '"token_introspection" claim invalid: expected an introspection response', {
    cause,
  })
}
