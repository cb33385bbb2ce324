import { JoseError } from '../errors.ts'
import type { KeyInput } from '../jwk/import.ts'
import { type GenerateKeyOptions, Key, type KeyOptions } from '../jwk/key.ts'
import type { AlgorithmName, Jwks, PrivateJwks, PublicJwks } from '../jwk/types.ts'
import { importKnownKeys } from './parse.ts'
import { type RemoteKeyOptions, RemoteKeySet } from './remote.ts'
import { selectKeys } from './select.ts'
import type { KeyCriteria } from './source.ts'

/**
 * Some keys, in the order of preference. It does not change: rotating keys makes a new set.
 *
 * @example
 * const keys = await KeySet.generate(['ES256', 'RS256'])
 * const published = keys.toPublicJwks()
 * @spec RFC 7517 §5
 */
export class KeySet {
  readonly keys: readonly Key[]

  constructor(keys: readonly Key[]) {
    this.keys = Object.freeze([...keys])
  }

  /** Makes one private key for each algorithm. */
  static async generate(
    algorithms: readonly AlgorithmName[],
    options: Omit<GenerateKeyOptions, 'kid'> = {},
  ): Promise<KeySet> {
    return new KeySet(await Promise.all(algorithms.map((alg) => Key.generate(alg, options))))
  }

  /**
   * Reads a JWK Set, in which kinds of keys that are of no use here are passed over; or takes a list of keys, each of
   * which must work.
   *
   * @throws JoseError `jwks_invalid`, and what `Key.import` throws.
   */
  static async import(
    keys: Jwks | PublicJwks | PrivateJwks | readonly (Key | KeyInput)[],
    options: Pick<KeyOptions, 'backend'> = {},
  ): Promise<KeySet> {
    if (!Array.isArray(keys)) return new KeySet(await importKnownKeys(keys, options))
    return new KeySet(await Promise.all(keys.map((key) => (key instanceof Key ? key : Key.import(key, options)))))
  }

  /** The keys that a server publishes at an address: fetched when first needed, and again when it must be. */
  static remote(uri: string | URL, options: RemoteKeyOptions = {}): RemoteKeySet {
    return new RemoteKeySet(uri, options)
  }

  /** The keys that meet every criterion. One with the wanted `kid` goes before keys that have none. */
  select(criteria: KeyCriteria): Key[] {
    return selectKeys(this.keys, criteria)
  }

  /**
   * The first private key that can sign (with this algorithm).
   *
   * @throws JoseError `key_not_found`
   */
  signingKey(alg?: AlgorithmName): Key {
    const found = this.select({ ...(alg !== undefined && { alg }), use: 'sig', operation: 'sign' })
    const key = alg === undefined ? found.find(({ defaultAlgorithm }) => defaultAlgorithm !== undefined) : found[0]
    if (key !== undefined) return key
    throw new JoseError(
      'key_not_found',
      'no signing key: expected a private key for the "alg" (Algorithm) in the key set',
    )
  }

  /** The set to publish. Secrets have no public form and are left out. */
  toPublicJwks(): PublicJwks {
    return { keys: this.keys.filter(({ kty }) => kty !== 'oct').map((key) => key.toPublicJwk()) }
  }

  /** The set to keep, with all its secrets. Public keys have no private form and are left out. */
  toPrivateJwks(): PrivateJwks {
    return { keys: this.keys.filter(({ isPrivate }) => isPrivate).map((key) => key.toPrivateJwk()) }
  }
}
