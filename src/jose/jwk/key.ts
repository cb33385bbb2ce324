import { type CryptoBackend, getBackend, type Signer, type Verifier } from '../../crypto/backend.ts'
import type { Awaitable } from '../../util/awaitable.ts'
import { algorithmsFor, type SignatureAlgorithm } from '../algorithms/registry.ts'
import { JoseError } from '../errors.ts'
import { generateForAlgorithm, generateKind, type KeyKind } from './generate.ts'
import { type KeyHints, type KeyInput, type KeyRecord, readKey } from './import.ts'
import { PreparedCache } from './prepared-cache.ts'
import { type ThumbprintHash, thumbprint } from './thumbprint.ts'
import type { AlgorithmName, KeyOperation, PrivateJwk, PublicJwk } from './types.ts'
import { type KeyRequirement, keyProblem, publicOperations } from './usage.ts'

export interface KeyOptions extends KeyHints {
  /** Where the key is to work; the runtime's own by default. */
  readonly backend?: CryptoBackend
}

export interface GenerateKeyOptions {
  /** Default: the SHA-256 thumbprint. */
  readonly kid?: string
  /** Size of an RSA modulus in bits, 2048 by default. */
  readonly modulusLength?: number
  /** The curve of a key for `EdDSA`, Ed25519 by default. */
  readonly crv?: 'Ed25519' | 'Ed448'
  /** The algorithm of a key that is made by its kind; any that fits, by default. */
  readonly alg?: AlgorithmName
  /** The use of a key that is made by its kind; any, by default. */
  readonly use?: 'sig' | 'enc'
  readonly backend?: CryptoBackend
}

/** A key made ready to sign with one algorithm. */
export interface PreparedSigner {
  readonly sign: Signer
  /** Encoded protected headers by `typ`, so that a header that never changes is written once. */
  readonly headers: Map<string | undefined, string>
}

let recordOf: (key: Key) => KeyRecord

/**
 * What is behind a key, for the parts of jose that use it in ways which `Key` need not know (encryption). No entry
 * exports it: outside, a key shows its material only where `toPrivateJwk` is called.
 */
export function keyRecord(key: Key): KeyRecord {
  return recordOf(key)
}

/**
 * A key and all that is known about it: imported once, checked once, used many times. It does not change, and it
 * never shows its material unless `toPrivateJwk` is called.
 *
 * @example
 * const key = await Key.generate('ES256')
 * const same = await Key.import(key.toPrivateJwk())
 * @spec RFC 7517 §4
 */
export class Key {
  readonly kty: string
  readonly crv: string | undefined
  /** Size of the secret or of the RSA modulus; 0 where the curve says it. */
  readonly bits: number
  readonly kid: string | undefined
  readonly alg: string | undefined
  readonly use: string | undefined
  readonly keyOps: readonly string[] | undefined
  /** Whether it can sign or decrypt: a private key or a secret. */
  readonly isPrivate: boolean
  /** Whether its size counts for nothing, as `allowWeakKey` had it. */
  readonly isWeakAllowed: boolean
  /** The algorithm it signs with when nobody says: its own, or the one that its curve leaves. */
  readonly defaultAlgorithm: string | undefined
  readonly #record: KeyRecord
  readonly #signers: PreparedCache<PreparedSigner> = new PreparedCache()
  readonly #verifiers: PreparedCache<Verifier> = new PreparedCache()

  static {
    recordOf = (key) => key.#record
  }

  private constructor(record: KeyRecord) {
    this.kty = record.kty
    this.crv = record.crv
    this.bits = record.bits
    this.kid = record.kid
    this.alg = record.alg
    this.use = record.use
    this.keyOps = record.keyOps && Object.freeze([...record.keyOps])
    this.isPrivate = record.isPrivate
    this.isWeakAllowed = record.isWeakAllowed
    this.defaultAlgorithm = (record.alg ?? record.crv) ? algorithmsFor(record)[0]?.name : undefined
    this.#record = record
  }

  /**
   * Reads a key. Material that is broken, too weak or of a kind that nothing here can use is refused now.
   *
   * @throws JoseError `key_invalid`, `key_unsupported`, `key_too_weak`
   */
  static async import(input: KeyInput, options: KeyOptions = {}): Promise<Key> {
    return new Key(await readKey(input, options, options.backend ?? getBackend()))
  }

  /**
   * Makes a private key (or a secret, for `HS…`) for one signature algorithm, or one of a kind.
   *
   * @example
   * const signing = await Key.generate('ES256')
   * const agreement = await Key.generate({ kty: 'OKP', crv: 'X25519' }, { alg: 'ECDH-ES+A256KW', use: 'enc' })
   * @throws JoseError `algorithm_unsupported`
   */
  static async generate(algorithmOrKind: AlgorithmName | KeyKind, options: GenerateKeyOptions = {}): Promise<Key> {
    const backend = options.backend ?? getBackend()
    const { crv, modulusLength = 2048, alg, use } = options
    const isAlgorithm = typeof algorithmOrKind === 'string'
    const jwk = isAlgorithm
      ? await generateForAlgorithm(algorithmOrKind, { crv, modulusLength }, backend)
      : await generateKind(algorithmOrKind, modulusLength, backend)
    const kid = options.kid ?? (await thumbprint(jwk, 'sha256', backend))
    if (isAlgorithm) return Key.import(jwk, { alg: algorithmOrKind, kid, use: 'sig', backend })
    return Key.import(jwk, { ...(alg !== undefined && { alg }), ...(use !== undefined && { use }), kid, backend })
  }

  /** The key's fingerprint, the same for its public and its private form. @spec RFC 7638 §3 */
  async thumbprint(hash: ThumbprintHash = 'sha256'): Promise<string> {
    const { material, publicMembers, backend } = this.#record
    const members = publicMembers ?? material
    if ('native' in members) throw notExtractable()
    return thumbprint(members, hash, backend)
  }

  /** The form to publish. @throws JoseError `key_symmetric`: a secret has none. */
  toPublicJwk(): PublicJwk {
    const { publicMembers } = this.#record
    if (this.kty === 'oct') throw new JoseError('key_symmetric', 'a secret has no public form: expected a key pair')
    if (publicMembers === undefined) throw notExtractable()
    const keyOps = this.keyOps && publicOperations(this.keyOps)
    return { ...publicMembers, ...this.#parameters(keyOps?.length === 0 ? undefined : keyOps) } as PublicJwk
  }

  /** The form to keep, with all its secrets. @throws JoseError `key_not_private`, `key_not_extractable` */
  toPrivateJwk(): PrivateJwk {
    const { material } = this.#record
    if (!this.isPrivate) throw new JoseError('key_not_private', 'key has no private form: it is a public key')
    if ('native' in material) throw notExtractable()
    return { ...material, ...this.#parameters(this.keyOps) } as PrivateJwk
  }

  #parameters(keyOps: readonly string[] | undefined): Record<string, unknown> {
    const { kid, alg, use } = this
    const parameters = { kid, alg, use, key_ops: keyOps && [...keyOps] }
    return Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== undefined))
  }

  /** Whether the key may serve an algorithm. */
  supports(algorithm: KeyRequirement, operation: KeyOperation): boolean {
    return keyProblem(this, algorithm, operation) === undefined
  }

  /**
   * The key made ready to sign; prepared once for each algorithm.
   *
   * @throws JoseError where the key must not serve the algorithm.
   */
  signer(algorithm: SignatureAlgorithm): Awaitable<PreparedSigner> {
    return this.#signers.get(algorithm.name) ?? this.#signers.make(algorithm.name, () => this.#prepareSigner(algorithm))
  }

  /**
   * The key made ready to verify; prepared once for each algorithm.
   *
   * @throws JoseError where the key must not serve the algorithm.
   */
  verifier(algorithm: SignatureAlgorithm): Awaitable<Verifier> {
    return (
      this.#verifiers.get(algorithm.name) ??
      this.#verifiers.make(algorithm.name, () => this.#prepareVerifier(algorithm))
    )
  }

  #prepareSigner(algorithm: SignatureAlgorithm): Awaitable<PreparedSigner> {
    this.#refuseUnfit(algorithm, 'sign')
    const signer = this.#record.backend.signer(this.#record.material, algorithm.scheme)
    const ready = (sign: Signer): PreparedSigner => ({ sign, headers: new Map() })
    return typeof signer === 'function' ? ready(signer) : signer.then(ready)
  }

  #prepareVerifier(algorithm: SignatureAlgorithm): Awaitable<Verifier> {
    this.#refuseUnfit(algorithm, 'verify')
    const { material, publicMembers, backend } = this.#record
    // WebCrypto does not give the public half of a private key that it keeps.
    if (this.isPrivate && this.kty !== 'oct' && publicMembers === undefined) throw notExtractable()
    return backend.verifier(publicMembers ?? material, algorithm.scheme)
  }

  #refuseUnfit(algorithm: SignatureAlgorithm, operation: KeyOperation): void {
    const problem = keyProblem(this, algorithm, operation)
    if (problem) throw problem
  }
}

function notExtractable(): JoseError {
  return new JoseError('key_not_extractable', 'key cannot be shown: the platform keeps it (not extractable)')
}
