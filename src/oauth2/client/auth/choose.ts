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

/** The method of that name: one of the client's own, or a usual one over its secret. */
export function findAuthentication(
  name: string,
  secret: string,
  own: readonly ClientAuthentication[],
): ClientAuthentication | undefined {
  return own.find(({ method }) => method === name) ?? (isUsual(name) ? METHODS[name](secret) : undefined)
}

function isUsual(name: string): name is TokenEndpointAuthMethod {
  return Object.hasOwn(METHODS, name)
}

/**
 * The method where the developer names none. Of methods that were handed over, the first that the server lists, or the
 * first. Else with a secret `client_secret_basic`, which every server must support, unless the server lists its methods and
 * only `client_secret_post` among them; without a secret `none`.
 *
 * @spec RFC 6749 §2.3.1
 * @spec RFC 8414 §2
 */
export function chooseAuthentication(
  secret: string | undefined,
  supported: readonly string[] | undefined,
  own: readonly ClientAuthentication[] = [],
): ClientAuthentication {
  const given = own.find(({ method }) => supported?.includes(method)) ?? own[0]
  if (given !== undefined) return given
  if (secret === undefined) return new PublicClient()
  const wantsPost = supported?.includes('client_secret_post') === true && !supported.includes('client_secret_basic')
  return wantsPost ? new ClientSecretPost(secret) : new ClientSecretBasic(secret)
}
