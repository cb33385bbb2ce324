import type { ClientAuthentication } from './client-auth.ts'
import { ClientSecretBasic } from './client-secret-basic.ts'
import { ClientSecretPost } from './client-secret-post.ts'
import { PublicClient } from './none.ts'

/** The methods that go by a name; what needs more than a secret is handed over as an object. */
const METHODS = {
  client_secret_basic: (secret: string): ClientAuthentication => new ClientSecretBasic(secret),
  client_secret_post: (secret: string): ClientAuthentication => new ClientSecretPost(secret),
  none: (): ClientAuthentication => new PublicClient(),
} as const

export type TokenEndpointAuthMethod = keyof typeof METHODS

export const TOKEN_ENDPOINT_AUTH_METHODS: readonly string[] = Object.keys(METHODS)

/** The method of that name, over the client's secret. */
export function createAuthentication(method: TokenEndpointAuthMethod, secret: string): ClientAuthentication {
  return METHODS[method](secret)
}

/**
 * The method where the developer names none: with a secret `client_secret_basic`, which every server must support,
 * unless the server lists its methods and only `client_secret_post` among them; without a secret `none`.
 *
 * @spec RFC 6749 §2.3.1
 * @spec RFC 8414 §2
 */
export function chooseAuthentication(
  secret: string | undefined,
  supported: readonly string[] | undefined,
): ClientAuthentication {
  if (secret === undefined) return new PublicClient()
  const wantsPost = supported?.includes('client_secret_post') === true && !supported.includes('client_secret_basic')
  return wantsPost ? new ClientSecretPost(secret) : new ClientSecretBasic(secret)
}
