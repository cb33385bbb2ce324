import { randomId } from '../../crypto/random.ts'
import { buildBasic } from '../../http/basic.ts'
import type { Header } from '../../http/response.ts'
import type { AlgorithmName, Key } from '../../jose/jwk/index.ts'
import { signJwt } from '../../jose/jwt/index.ts'
import type { Awaitable } from '../../util/awaitable.ts'
import type { Clock } from '../../util/clock.ts'
import { JWT_CLIENT_ASSERTION } from '../client-assertion.ts'

/** Where a resource server is about to ask. */
export interface IntrospectionTarget {
  readonly endpoint: string
  readonly issuer?: string | undefined
}

/** What is added to the question. */
export interface IntrospectionCredentials {
  readonly headers?: readonly Header[]
  readonly parameters?: Readonly<Record<string, string>>
}

/** How a resource server proves who it is to the authorization server. Called for each question. @spec RFC 7662 §2.1 */
export type IntrospectionAuthentication = (target: IntrospectionTarget) => Awaitable<IntrospectionCredentials>

/** Identifier and secret in the `Authorization` header. @spec RFC 6749 §2.3.1 */
export function clientSecretBasic(clientId: string, clientSecret: string): IntrospectionAuthentication {
  const authorization = buildBasic({ username: clientId, password: clientSecret })
  return () => ({ headers: [['authorization', authorization]] })
}

/** Identifier and secret in the body. @spec RFC 6749 §2.3.1 */
export function clientSecretPost(clientId: string, clientSecret: string): IntrospectionAuthentication {
  return () => ({ parameters: { client_id: clientId, client_secret: clientSecret } })
}

/** An access token of the resource server's own. @spec RFC 7662 §2.1 */
export function bearerToken(find: () => Awaitable<string>): IntrospectionAuthentication {
  return async () => ({ headers: [['authorization', `Bearer ${await find()}`]] })
}

export interface PrivateKeyJwtOptions {
  /** Default: that of the key, or RS256. */
  readonly alg?: AlgorithmName
  /** Default: the issuer; where it is not known, the endpoint. */
  readonly audience?: string
  readonly clock?: Clock
}

/** A signed assertion, new for each question. @spec RFC 7523 §2.2 */
export function privateKeyJwt(
  clientId: string,
  key: Key,
  { alg = key.defaultAlgorithm ?? 'RS256', audience, clock = Date.now }: PrivateKeyJwtOptions = {},
): IntrospectionAuthentication {
  return async ({ endpoint, issuer = endpoint }) => {
    const claims = { iss: clientId, sub: clientId, aud: audience ?? issuer, jti: randomId() }
    const assertion = await signJwt(claims, key, { alg, clock, expiresIn: '1m' })
    return { parameters: { client_assertion_type: JWT_CLIENT_ASSERTION, client_assertion: assertion } }
  }
}
