import type { Transport } from '../../http/fetch.ts'
import { standardSignatureRegistry } from '../../jose/algorithms/signatures.ts'
import { JoseError } from '../../jose/errors.ts'
import { importPublicKey, type PublicKey } from '../../jose/jwk/public-key.ts'
import type { PublicJwks } from '../../jose/jwk/types.ts'
import type { VerificationKey } from '../../jose/jwk/verification-key.ts'
import { readKnownKeys } from '../../jose/jwks/known.ts'
import type { RemoteKeys } from '../../jose/jwks/remote-keys.ts'
import type { KeySource } from '../../jose/jwks/source.ts'
import { ClientError } from '../../oauth2/client/errors.ts'
import type { Clock } from '../../util/clock.ts'
import type { Logger } from '../../util/logger.ts'
import type { KnownProvider } from './options.ts'
import { type ImportKey, publishedKeys, selectPublicKeys } from './published-keys.ts'

/** The shortest time between two fetches that bad signatures can cause; milliseconds. */
const COOL_DOWN = 30_000

export interface ProviderKeysOptions {
  /** The provider's keys, where they are known beforehand. */
  readonly jwks?: PublicJwks | undefined
  /** The key where HMAC algorithms were agreed on. Apart, for those who do without. */
  readonly secretKey?: (() => VerificationKey) | undefined
  readonly transport: Transport
  readonly clock: Clock
  readonly logger: Logger
}

/** What tokens of a provider are verified with. */
export type ProviderKey = VerificationKey | KeySource<VerificationKey>

/**
 * The keys that a provider signs ID tokens with: those it publishes, kept and renewed as they rotate, or the client's
 * secret where the client chose an HMAC algorithm.
 *
 * @spec OIDC Core §10.1
 */
export class ProviderKeys {
  readonly #options: ProviderKeysOptions
  #given: Promise<KeySource<PublicKey>> | undefined
  #secret: VerificationKey | undefined
  #remote: { readonly uri: string; readonly keys: RemoteKeys<PublicKey> } | undefined
  /** The last fetch that a bad signature caused, and how many have ended. */
  #reloadedAt = Number.NEGATIVE_INFINITY
  #reloads = 0
  #reloading: Promise<void> | undefined
  /** Whose a key is, where the provider says so: Microsoft Entra has tenants with keys of their own. */
  readonly #issuers: WeakMap<VerificationKey, string> = new WeakMap()

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
    verify: (keys: ProviderKey) => Promise<T>,
  ): Promise<T> {
    const keys = await this.#keysFor(provider, algorithms)
    const reloads = this.#reloads
    try {
      return await verify(keys)
    } catch (error) {
      if (!isBadSignature(error) || !(await this.#renewed(keys, reloads))) throw error
      return verify(keys)
    }
  }

  /** The issuer that a key signs for; absent: any of the provider's. */
  issuerOf(key: VerificationKey): string | undefined {
    return this.#issuers.get(key)
  }

  async #keysFor({ jwks_uri: uri }: KnownProvider, algorithms: readonly string[]): Promise<ProviderKey> {
    const { jwks, secretKey } = this.#options
    if (secretKey !== undefined && algorithms.some((name) => name.startsWith('HS'))) {
      this.#secret ??= secretKey()
      return this.#secret
    }
    if (jwks !== undefined) {
      this.#given ??= knownKeys(jwks, this.#importKey)
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

  #remoteKeys(uri: string): RemoteKeys<PublicKey> {
    if (this.#remote?.uri !== uri) {
      const options = { ...this.#options, registry: standardSignatureRegistry(), importKey: this.#importKey }
      this.#remote = { uri, keys: publishedKeys(uri, options) }
    }
    return this.#remote.keys
  }

  readonly #importKey: ImportKey = async (jwk) => {
    const key = await importPublicKey(jwk, standardSignatureRegistry())
    const { issuer } = jwk
    if (typeof issuer === 'string') this.#issuers.set(key, issuer)
    return key
  }

  /** Whether there are fresher keys than those that were there after so many reloads: logins at the same time share a fetch. */
  async #renewed(keys: ProviderKey, reloads: number): Promise<boolean> {
    if (this.#remote?.keys !== keys) return false
    if (reloads !== this.#reloads) return true
    const now = this.#options.clock()
    // One that is under way for longer was abandoned.
    if (now >= this.#reloadedAt + COOL_DOWN) this.#reloading = this.#reload(this.#remote.keys, now)
    if (this.#reloading === undefined) return false
    await this.#reloading
    return true
  }

  #reload(keys: RemoteKeys<PublicKey>, now: number): Promise<void> {
    this.#reloadedAt = now
    const reloading = keys.reload().finally(() => {
      this.#reloads += 1
      if (this.#reloading === reloading) this.#reloading = undefined
    })
    return reloading
  }
}

async function knownKeys(jwks: PublicJwks, importKey: ImportKey): Promise<KeySource<PublicKey>> {
  const keys = await readKnownKeys(jwks, importKey)
  return { registry: standardSignatureRegistry(), select: (criteria) => selectPublicKeys(keys, criteria) }
}

function isBadSignature(error: unknown): boolean {
  const cause = error instanceof ClientError ? error.cause : error
  return cause instanceof JoseError && cause.code === 'signature_invalid'
}
