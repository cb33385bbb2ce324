import type { SignatureRegistry } from '../algorithms/signature-registry.ts'
import { standardSignatureRegistry } from '../algorithms/signatures.ts'
import { JoseError } from '../errors.ts'
import type { KeyInput } from '../jwk/import.ts'
import { type GenerateKeyOptions, Key, type KeyPlaceOptions } from '../jwk/key.ts'
import type { AlgorithmName, Jwks, PrivateJwks, PublicJwks } from '../jwk/types.ts'
import { readKnownKeys } from './known.ts'
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
  /** The signature algorithms that are looked for. */
  readonly registry: SignatureRegistry

  /** @param options The registry is that of the first key by default. No key serves an algorithm that its own lacks. */
  constructor(keys: readonly Key[], options: Pick<KeyPlaceOptions, 'registry'> = {}) {
    this.keys = Object.freeze([...keys])
    this.registry = options.registry ?? keys[0]?.registry ?? standardSignatureRegistry()
  }

  /** Makes one private key for each algorithm. */
  static async generate(
    algorithms: readonly AlgorithmName[],
    options: Omit<GenerateKeyOptions, 'kid'> = {},
  ): Promise<KeySet> {
    return new KeySet(await Promise.all(algorithms.map((alg) => Key.generate(alg, options))), options)
  }

  /**
   * Reads a JWK Set, in which kinds of keys that are of no use here are passed over; or takes a list of keys, each of
   * which must work.
   *
   * @throws JoseError `jwks_invalid`, and what `Key.import` throws.
   */
  static async import(
    keys: Jwks | PublicJwks | PrivateJwks | readonly (Key | KeyInput)[],
    options: KeyPlaceOptions = {},
  ): Promise<KeySet> {
    if (!Array.isArray(keys)) return new KeySet(await readKnownKeys(keys, (jwk) => Key.import(jwk, options)), options)
    const imported = keys.map((key) => (key instanceof Key ? key : Key.import(key, options)))
    return new KeySet(await Promise.all(imported), options)
  }

  /** The keys that a server publishes at an address: fetched when first needed, and again when it must be. */
  static remote(uri: string | URL, options: RemoteKeyOptions = {}): RemoteKeySet {
    return new RemoteKeySet(uri, options)
  }

  /** The keys that meet every criterion. One with the wanted `kid` goes before keys that have none. */
  select(criteria: KeyCriteria): Key[] {
    return selectKeys(this.keys, criteria, this.registry)
  }

  /**
   * The first private key that can sign (with this algorithm).
   *
   * @throws JoseError `key_not_found`
   */
  signingKey(alg?: AlgorithmName): Key {
    const key = this.keys.find((candidate) => {
      const algorithm = this.registry.algorithms[alg ?? candidate.defaultAlgorithm ?? '']
      return algorithm !== undefined && candidate.supports(algorithm, 'sign')
    })
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
