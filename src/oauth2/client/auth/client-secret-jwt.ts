import { Key } from '../../../jose/jwk/index.ts'
import { encodeUtf8 } from '../../../util/bytes.ts'
import { ConfigurationError } from '../../../util/configuration-error.ts'
import { type ClientAssertionOptions, signClientAssertion } from './client-assertion.ts'
import type { ClientAuthentication, ClientAuthenticationContext, ClientCredentials } from './client-auth.ts'

/** Bytes that a secret has at least, by what it signs with. @spec RFC 7518 §3.2 */
const LENGTHS = { HS256: 32, HS384: 48, HS512: 64 } as const

export interface ClientSecretJwtOptions extends ClientAssertionOptions {
  /** Default `HS256`. */
  readonly alg?: keyof typeof LENGTHS
}

/**
 * `client_secret_jwt`: the client signs a short-lived statement with its secret instead of sending it.
 *
 * @spec RFC 7523 §2.2
 * @spec OIDC Core §9
 */
export class ClientSecretJwt implements ClientAuthentication {
  readonly method: string = 'client_secret_jwt'
  readonly #secret: string | Key
  readonly #options: ClientAssertionOptions
  #key: Promise<Key> | undefined

  /** @param secret as the provider gave it; or a `Key` of it, for one that is shorter than it should be (`allowWeakKey`). */
  constructor(secret: string | Key, options: ClientSecretJwtOptions = {}) {
    const { alg = 'HS256' } = options
    const problem = findProblem(secret, alg)
    if (problem !== undefined) throw new ConfigurationError('ClientSecretJwt', [problem])
    this.#secret = secret
    this.#options = { ...options, alg }
  }

  async authenticate(context: ClientAuthenticationContext): Promise<ClientCredentials> {
    this.#key ??= toKey(this.#secret)
    return signClientAssertion(await this.#key, context, this.#options)
  }
}

function findProblem(secret: string | Key, alg: string): string | undefined {
  const length = new Map<string, number>(Object.entries(LENGTHS)).get(alg)
  if (length === undefined) return `"alg" is unknown: expected one of ${Object.keys(LENGTHS).join(', ')}`
  if (typeof secret !== 'string') return secret.kty === 'oct' ? undefined : '"secret" must be a secret, not a key pair'
  if (encodeUtf8(secret).length >= length) return undefined
  return `"secret" is too short for ${alg}: expected at least ${length} bytes`
}

/** The bytes of its UTF-8 form are the key. @spec OIDC Core §10.1 */
async function toKey(secret: string | Key): Promise<Key> {
  return typeof secret === 'string' ? Key.import(encodeUtf8(secret)) : secret
}
