import type { Transport } from '../../http/fetch.ts'
import { JoseError } from '../../jose/errors.ts'
import { Key } from '../../jose/jwk/index.ts'
import { KeySet, type KeySource, type PublicJwks, type RemoteKeySet } from '../../jose/jwks/index.ts'
import { ClientError } from '../../oauth2/client/errors.ts'
import { encodeUtf8 } from '../../util/bytes.ts'
import type { Clock } from '../../util/clock.ts'
import type { Logger } from '../../util/logger.ts'
import type { KnownProvider } from './options.ts'

/** The shortest time between two fetches that bad signatures can cause; milliseconds. */
const COOL_DOWN = 30_000

export interface ProviderKeysOptions {
  /** The provider's keys, where they are known beforehand. */
  readonly jwks?: PublicJwks | undefined
  readonly clientSecret?: string | undefined
  readonly transport: Transport
  readonly clock: Clock
  readonly logger: Logger
}

/**
 * The keys that a provider signs ID tokens with: those it publishes, kept and renewed as they rotate, or the client's
 * secret where the client chose an HMAC algorithm.
 *
 * @spec OIDC Core §10.1
 */
export class ProviderKeys {
  readonly #options: ProviderKeysOptions
  #given: Promise<KeySet> | undefined
  #secret: Promise<Key> | undefined
  #remote: { readonly uri: string; readonly keys: RemoteKeySet } | undefined
  #reloadedAt = Number.NEGATIVE_INFINITY

  constructor(options: ProviderKeysOptions) {
    this.#options = options
  }

  /**
   * Does something with the keys, and once more with fresh ones where a signature did not fit: a provider may have put a
   * new key in the place of the old one, under the same `kid` or under none. An unknown `kid` is looked for by the key
   * set itself.
   */
  async use<T>(
    provider: KnownProvider,
    algorithms: readonly string[],
    verify: (keys: Key | KeySource) => Promise<T>,
  ): Promise<T> {
    const keys = await this.#keysFor(provider, algorithms)
    try {
      return await verify(keys)
    } catch (error) {
      if (!isBadSignature(error) || !(await this.#reload(keys))) throw error
      return verify(keys)
    }
  }

  async #keysFor({ jwks_uri: uri }: KnownProvider, algorithms: readonly string[]): Promise<Key | KeySource> {
    if (algorithms.some((name) => name.startsWith('HS'))) return this.#secretKey()
    const { jwks } = this.#options
    if (jwks !== undefined) {
      this.#given ??= KeySet.import(jwks)
      return this.#given
    }
    if (uri === undefined) {
      throw new ClientError(
        'endpoint_missing',
        '"jwks_uri" is not known: the provider\'s metadata or "jwksUri" must name it',
        {
          stage: 'id_token',
          parameter: 'jwks_uri',
        },
      )
    }
    return this.#remoteKeys(uri)
  }

  /** @spec OIDC Core §10.1 the secret's octets are the key. */
  #secretKey(): Promise<Key> {
    this.#secret ??= Key.import(encodeUtf8(this.#options.clientSecret ?? ''))
    return this.#secret
  }

  #remoteKeys(uri: string): RemoteKeySet {
    const { transport, clock, logger } = this.#options
    if (this.#remote?.uri !== uri) this.#remote = { uri, keys: KeySet.remote(uri, { transport, clock, logger }) }
    return this.#remote.keys
  }

  async #reload(keys: Key | KeySource): Promise<boolean> {
    const now = this.#options.clock()
    if (this.#remote?.keys !== keys || now < this.#reloadedAt + COOL_DOWN) return false
    this.#reloadedAt = now
    await this.#remote.keys.reload()
    return true
  }
}

function isBadSignature(error: unknown): boolean {
  const cause = error instanceof ClientError ? error.cause : error
  return cause instanceof JoseError && cause.code === 'signature_invalid'
}
