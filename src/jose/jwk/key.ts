import { type CryptoBackend, getBackend, type KeyMembers, type Signer, type Verifier } from '../../crypto/backend.ts'
import type { Awaitable } from '../../util/awaitable.ts'
import {
  algorithmsFor,
  type SignatureAlgorithm,
  type SignatureRegistry,
  signatureAlgorithm,
} from '../algorithms/signature-registry.ts'
import { standardSignatureRegistry } from '../algorithms/signatures.ts'
import { JoseError } from '../errors.ts'
import type { DerivationOptions } from './derive.ts'
import type { ExternalSigner } from './external.ts'
import type { CertificateParameters } from './formats/certificate.ts'
import type { PrivateForm, PublicForm } from './formats/export.ts'
import type { WebKeyParameters } from './formats/platform.ts'
import { generateForAlgorithm, generateKind, type KeyKind } from './generate.ts'
import { type KeyHints, type KeyInput, type KeyObjectLike, type KeyPlace, readKey } from './import.ts'
import { PreparedCache } from './prepared-cache.ts'
import type { KeyRecord } from './record.ts'
import { type ThumbprintHash, thumbprint, thumbprintUri } from './thumbprint.ts'
import type { AlgorithmName, KeyOperation, PrivateJwk, PublicJwk } from './types.ts'
import { algorithmMismatch, type KeyRequirement, keyProblem, publicOperations } from './usage.ts'
import type { VerificationKey } from './verification-key.ts'

/** Where a key is to work, and what for. */
export interface KeyPlaceOptions {
  /** The runtime's own by default. */
  readonly backend?: CryptoBackend
  /** The signature algorithms that the key may serve; the standard ones by default. */
  readonly registry?: SignatureRegistry
}

export interface KeyOptions extends KeyHints, KeyPlaceOptions {}

export interface GenerateKeyOptions extends KeyPlaceOptions {
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
}

export interface DeriveKeyOptions extends DerivationOptions, KeyPlaceOptions {
  /** Default: the SHA-256 thumbprint. */
  readonly kid?: string
}

export interface ExternalKeyOptions extends ExternalSigner, KeyPlaceOptions {
  /** The key that verifies what the signer signs. */
  readonly publicKey: KeyInput
  readonly alg?: AlgorithmName
  readonly kid?: string
}

export interface PublicExportOptions {
  /** `spki` by default. */
  readonly form?: PublicForm
}

export interface PrivateExportOptions {
  /** `pkcs8` by default. */
  readonly form?: PrivateForm
  /** Encrypts the key (PKCS #8 only). */
  readonly password?: string | Uint8Array
}

export interface CryptoKeyOptions {
  /** Whether the key is the public half of a private one. */
  readonly half?: 'public' | 'private'
  /** What WebCrypto is to bind the key to. Default: the signature algorithm that the key is for. */
  readonly parameters?: WebKeyParameters
  readonly usages?: readonly KeyUsage[]
  readonly extractable?: boolean
}

/** A key made ready to sign with one algorithm. */
export interface PreparedSigner {
  readonly sign: Signer
  /** Encoded protected headers by `typ`, so that a header that never changes is written once. */
  readonly headers: Map<string | undefined, string>
}

/** The place that options describe. Nothing is looked for before a key is made. */
function placeOf({ backend = getBackend(), registry = standardSignatureRegistry() }: KeyPlaceOptions): KeyPlace {
  return { backend, registry }
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
export class Key implements VerificationKey {
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
  /** The certificates that came with it. Nothing is known about them but that they are of this key. */
  readonly certificates: CertificateParameters | undefined
  /** The algorithm it signs with when nobody says: its own, or the one that its curve leaves. */
  readonly defaultAlgorithm: string | undefined
  /** The signature algorithms that it may serve. */
  readonly registry: SignatureRegistry
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
    this.certificates = record.certificates && Object.freeze(record.certificates)
    this.defaultAlgorithm = (record.alg ?? record.crv) ? algorithmsFor(record.registry, record)[0]?.name : undefined
    this.registry = record.registry
    this.#record = record
  }

  /**
   * Reads a key. Material that is broken, too weak or of a kind that nothing here can use is refused now.
   *
   * @throws JoseError `key_invalid`, `key_unsupported`, `key_too_weak`
   */
  static async import(input: KeyInput, options: KeyOptions = {}): Promise<Key> {
    return new Key(await readKey(input, options, placeOf(options)))
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
    const place = placeOf(options)
    const { crv, modulusLength = 2048, alg, use } = options
    const isAlgorithm = typeof algorithmOrKind === 'string'
    const jwk = isAlgorithm
      ? await generateForAlgorithm(
          signatureAlgorithm(place.registry, algorithmOrKind),
          { crv, modulusLength },
          place.backend,
        )
      : await generateKind(algorithmOrKind, modulusLength, place.backend)
    const kid = options.kid ?? (await thumbprint(jwk, 'sha256', place.backend))
    if (isAlgorithm) return Key.import(jwk, { alg: algorithmOrKind, kid, use: 'sig', ...place })
    return Key.import(jwk, { ...(alg !== undefined && { alg }), ...(use !== undefined && { use }), kid, ...place })
  }

  /**
   * Makes a key out of a secret: the same secret, algorithm and purpose make the same key, on every machine. Not for
   * RSA, and not from passwords, which can be guessed.
   *
   * @example
   * const key = await Key.derive('Ed25519', masterSecret, { info: 'id tokens 2026' })
   * @throws JoseError `algorithm_unsupported`, `key_unsupported`, `key_too_weak`
   */
  static async derive(alg: AlgorithmName, secret: Uint8Array, options: DeriveKeyOptions = {}): Promise<Key> {
    const place = placeOf(options)
    const { deriveMembers } = await import('./derive.ts')
    const jwk = await deriveMembers(signatureAlgorithm(place.registry, alg), secret, options, place.backend)
    const kid = options.kid ?? (await thumbprint(jwk, 'sha256', place.backend))
    return Key.import(jwk, { alg, kid, use: 'sig', ...place })
  }

  /**
   * A private key that is elsewhere: in a key management service, a hardware module, an agent. It signs by asking,
   * and verifies here with its public half.
   *
   * @example
   * const key = await Key.external({ publicKey: pem, alg: 'ES256', signatureFormat: 'der',
   *   sign: async ({ digest }) => kms.sign(keyName, await digest()) })
   */
  static async external(options: ExternalKeyOptions): Promise<Key> {
    const { publicKey, alg, kid, sign, signatureFormat } = options
    const hints = { use: 'sig', ...(alg !== undefined && { alg }), ...(kid !== undefined && { kid }) } as const
    const { keyOps: _, ...record } = await readKey(publicKey, hints, placeOf(options))
    if (record.isPrivate) throw new JoseError('key_invalid', '"publicKey" invalid: expected a public key')
    const external = { sign, ...(signatureFormat !== undefined && { signatureFormat }) }
    return new Key({ ...record, material: { native: external }, keyOps: ['sign', 'verify'], isPrivate: true, external })
  }

  /** The key's fingerprint, the same for its public and its private form. @spec RFC 7638 §3 */
  async thumbprint(hash: ThumbprintHash = 'sha256'): Promise<string> {
    const { material, publicMembers, backend } = this.#record
    const members = publicMembers ?? material
    if ('native' in members) throw notExtractable()
    return thumbprint(members, hash, backend)
  }

  /** The fingerprint as a URI. @spec RFC 9278 §3 */
  async thumbprintUri(hash: ThumbprintHash = 'sha256'): Promise<string> {
    return thumbprintUri(await this.thumbprint(hash), hash)
  }

  /** The form to publish. @throws JoseError `key_symmetric`: a secret has none. */
  toPublicJwk(): PublicJwk {
    const keyOps = this.keyOps && publicOperations(this.keyOps)
    return { ...this.#publicMembers(), ...this.#parameters(keyOps?.length === 0 ? undefined : keyOps) } as PublicJwk
  }

  /** The form to keep, with all its secrets. @throws JoseError `key_not_private`, `key_not_extractable` */
  toPrivateJwk(): PrivateJwk {
    return { ...this.#privateMembers(), ...this.#parameters(this.keyOps) } as PrivateJwk
  }

  /** The public key as PEM. @throws JoseError as `toPublicJwk` does. */
  async toPublicPem(options: PublicExportOptions = {}): Promise<string> {
    const { toPem, writePublic } = await import('./formats/export.ts')
    return toPem(writePublic(this.#publicMembers(), options.form ?? 'spki'))
  }

  /** The private key as PEM, with all its secrets unless there is a password. @throws JoseError as `toPrivateJwk` does. */
  async toPrivatePem(options: PrivateExportOptions = {}): Promise<string> {
    const { toPem, writePrivate } = await import('./formats/export.ts')
    const { form = 'pkcs8', password } = options
    return toPem(await writePrivate(this.#privateMembers(), form, password, this.#record.backend))
  }

  /** The public key as DER. @throws JoseError as `toPublicJwk` does. */
  async toPublicDer(options: PublicExportOptions = {}): Promise<Uint8Array> {
    const { writePublic } = await import('./formats/export.ts')
    return writePublic(this.#publicMembers(), options.form ?? 'spki').der
  }

  /** The private key as DER, with all its secrets unless there is a password. @throws JoseError as `toPrivateJwk` does. */
  async toPrivateDer(options: PrivateExportOptions = {}): Promise<Uint8Array> {
    const { writePrivate } = await import('./formats/export.ts')
    const { form = 'pkcs8', password } = options
    return (await writePrivate(this.#privateMembers(), form, password, this.#record.backend)).der
  }

  /** The public key as a line of OpenSSH. @throws JoseError `key_unsupported` for kinds that OpenSSH does not have. */
  async toPublicSsh(comment = ''): Promise<string> {
    const { writeSshKey } = await import('./formats/export.ts')
    return writeSshKey(this.#publicMembers(), comment)
  }

  /**
   * The key as WebCrypto has it: by default for signatures, and not to be extracted again.
   *
   * @throws JoseError `key_unsupported`, `key_not_extractable`, `algorithms_required`
   */
  async toCryptoKey(options: CryptoKeyOptions = {}): Promise<CryptoKey> {
    const { half = this.isPrivate ? 'private' : 'public', extractable = false } = options
    const isPrivate = half === 'private'
    const { toCryptoKey } = await import('./formats/platform.ts')
    const members = isPrivate ? this.#privateMembers() : this.#publicMembers()
    const algorithm = this.registry.algorithms[this.defaultAlgorithm ?? '']
    const { parameters = { algorithm }, usages = [isPrivate ? 'sign' : 'verify'] } = options
    return toCryptoKey(members, parameters, usages, extractable)
  }

  /**
   * The key as node:crypto has it; the type is Node's own where you name it.
   *
   * @example
   * const keyObject = await key.toKeyObject<KeyObject>()
   * @throws JoseError `key_unsupported`, `key_not_extractable`
   */
  async toKeyObject<NodeKeyObject extends KeyObjectLike = KeyObjectLike>(): Promise<NodeKeyObject> {
    const { toKeyObject } = await import('./formats/platform.ts')
    const members = this.isPrivate ? this.#privateMembers() : this.#publicMembers()
    return toKeyObject<NodeKeyObject>(members, this.isPrivate)
  }

  #publicMembers(): KeyMembers {
    const { publicMembers } = this.#record
    if (this.kty === 'oct') throw new JoseError('key_symmetric', 'a secret has no public form: expected a key pair')
    if (publicMembers === undefined) throw notExtractable()
    return publicMembers
  }

  #privateMembers(): KeyMembers {
    const { material } = this.#record
    if (!this.isPrivate) throw new JoseError('key_not_private', 'key has no private form: it is a public key')
    if ('native' in material) throw notExtractable()
    return material
  }

  #parameters(keyOps: readonly string[] | undefined): Record<string, unknown> {
    const { kid, alg, use, certificates } = this
    const parameters = { kid, alg, use, key_ops: keyOps && [...keyOps], ...structuredClone(certificates) }
    return Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== undefined))
  }

  /** Whether the key may serve an algorithm. */
  supports(algorithm: KeyRequirement, operation: KeyOperation): boolean {
    return this.#problem(algorithm, operation) === undefined
  }

  /**
   * The key made ready to sign; prepared once for each algorithm.
   *
   * @throws JoseError where the key must not serve the algorithm.
   */
  signer(algorithm: SignatureAlgorithm): Awaitable<PreparedSigner> {
    return this.#signers.get(algorithm) ?? this.#signers.make(algorithm, () => this.#prepareSigner(algorithm))
  }

  /**
   * The key made ready to verify; prepared once for each algorithm.
   *
   * @throws JoseError where the key must not serve the algorithm.
   */
  verifier(algorithm: SignatureAlgorithm): Awaitable<Verifier> {
    return this.#verifiers.get(algorithm) ?? this.#verifiers.make(algorithm, () => this.#prepareVerifier(algorithm))
  }

  #prepareSigner(algorithm: SignatureAlgorithm): Awaitable<PreparedSigner> {
    this.#refuseUnfit(algorithm, 'sign')
    const { material, external, backend } = this.#record
    const signer = external
      ? import('./external.ts').then(({ externalSigner }) => externalSigner(external, algorithm, this, backend))
      : backend.signer(material, algorithm.scheme)
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
    const problem = this.#problem(algorithm, operation)
    if (problem) throw problem
  }

  /** A set of keys may know more algorithms than one of its keys does, or another one by the same name. */
  #problem(algorithm: KeyRequirement, operation: KeyOperation): JoseError | undefined {
    const { name, use = 'sig' } = algorithm
    const isRegistered = use !== 'sig' || this.registry.algorithms[name] === algorithm
    return keyProblem(this, algorithm, operation) ?? (isRegistered ? undefined : algorithmMismatch(name))
  }
}

function notExtractable(): JoseError {
  return new JoseError('key_not_extractable', 'key cannot be shown: the platform keeps it (not extractable)')
}
