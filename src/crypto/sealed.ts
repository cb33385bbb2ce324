import { decodeBase64url, encodeBase64url } from '../util/base64url.ts'
import { concatBytes, decodeUtf8, encodeUtf8, equalBytes } from '../util/bytes.ts'
import { type Clock, nowInSeconds, type Seconds } from '../util/clock.ts'
import { ConfigurationError } from '../util/configuration-error.ts'
import type { JsonValue } from '../util/json.ts'
import { type CryptoBackend, getBackend } from './backend.ts'

const VERSION = 1
const KEY_ID_BYTES = 4
const IV_BYTES = 12
const HEADER_BYTES = 1 + KEY_ID_BYTES
/** More than any cookie or stored answer needs; a bound on what a stranger can make us decrypt. */
const MAX_LENGTH = 65_536
const MIN_SECRET_BYTES = 32

export interface SealerOptions {
  /** What the values are for, such as `login-transaction`. What is sealed for one purpose does not open for another. */
  readonly purpose: string
  readonly clock?: Clock
  /** For tests. Default: the runtime's. */
  readonly backend?: CryptoBackend
}

export interface SealOptions {
  /** From when on it does not open any more. */
  readonly expiresAt?: Seconds
}

interface SealingKey {
  readonly id: Uint8Array
  readonly key: Uint8Array
}

/**
 * Encrypts values that leave the program and come back: cookies, handles, stored answers. AES-256-GCM with a key of its
 * own for each purpose.
 *
 * Secrets rotate: the first seals, all of them open. A key id in front of the value says which one, so that nothing is
 * decrypted on trial.
 *
 * @example
 * const sealer = new Sealer([currentSecret, formerSecret], { purpose: 'login-transaction' })
 * const text = await sealer.seal({ state }, { expiresAt: now + 600 })
 * await sealer.unseal(text) // { state }, or undefined
 */
export class Sealer {
  /** The one that seals, then those that only open. */
  readonly #secrets: readonly [string, ...string[]]
  readonly #purpose: string
  readonly #clock: Clock
  readonly #backend: CryptoBackend
  readonly #keys: Map<string, Promise<SealingKey>> = new Map()

  /** @throws ConfigurationError where there is no secret, or one of fewer than 32 bytes. */
  constructor(secrets: string | readonly string[], options: SealerOptions) {
    const [current, ...former] = typeof secrets === 'string' ? [secrets] : secrets
    const problems = findProblems([current ?? '', ...former], options.purpose)
    if (current === undefined || problems.length > 0) throw new ConfigurationError('Sealer', problems)
    this.#secrets = [current, ...former]
    this.#purpose = options.purpose
    this.#clock = options.clock ?? Date.now
    this.#backend = options.backend ?? getBackend()
  }

  /** A base64url text that only this purpose's keys open. @throws RangeError where it would be too long. */
  async seal(value: JsonValue, options: SealOptions = {}): Promise<string> {
    // JSON knows no such number: the value would never expire.
    if (options.expiresAt !== undefined && !Number.isFinite(options.expiresAt)) {
      throw new TypeError('"expiresAt" must be a number of seconds')
    }
    const current = await this.#keyOf(this.#secrets[0])
    const header = concatBytes(Uint8Array.of(VERSION), current.id)
    const iv = this.#backend.randomBytes(IV_BYTES)
    const data = encodeUtf8(JSON.stringify([options.expiresAt ?? null, value]))
    const box = await this.#backend.aesGcmEncrypt({ key: current.key, iv, data, additionalData: this.#bind(header) })
    const text = encodeBase64url(concatBytes(header, iv, box))
    if (text.length > MAX_LENGTH) throw new RangeError('value is too large to be sealed: at most 64 KiB')
    return text
  }

  /** The value, or nothing where the text was not sealed by one of these secrets for this purpose, or has expired. */
  async unseal(text: string): Promise<JsonValue | undefined> {
    const bytes = decode(text)
    if (bytes === undefined || bytes[0] !== VERSION) return undefined
    const header = bytes.subarray(0, HEADER_BYTES)
    const keyId = header.subarray(1)
    for (const secret of this.#secrets) {
      const { id, key } = await this.#keyOf(secret)
      const data = equalBytes(id, keyId) ? await this.#open(key, header, bytes.subarray(HEADER_BYTES)) : undefined
      if (data !== undefined) return this.#read(data)
    }
    return undefined
  }

  #open(key: Uint8Array, header: Uint8Array, body: Uint8Array): ReturnType<CryptoBackend['aesGcmDecrypt']> {
    const iv = body.subarray(0, IV_BYTES)
    const data = body.subarray(IV_BYTES)
    return this.#backend.aesGcmDecrypt({ key, iv, data, additionalData: this.#bind(header) })
  }

  #read(data: Uint8Array): JsonValue | undefined {
    const [expiresAt, value]: [Seconds | null, JsonValue] = JSON.parse(decodeUtf8(data))
    return expiresAt === null || nowInSeconds(this.#clock) < expiresAt ? value : undefined
  }

  /** What is not encrypted is authenticated all the same: version, key id and purpose. */
  #bind(header: Uint8Array): Uint8Array {
    return concatBytes(header, encodeUtf8(this.#purpose))
  }

  /** Derived when first needed, and once. */
  #keyOf(secret: string): Promise<SealingKey> {
    const known = this.#keys.get(secret)
    if (known !== undefined) return known
    const key = this.#deriveKey(secret)
    this.#keys.set(secret, key)
    return key
  }

  /** Key and key id are cut from one output of HKDF: the one says nothing about the other. @spec RFC 5869 §2.3 */
  async #deriveKey(secret: string): Promise<SealingKey> {
    const info = `authwright sealed ${VERSION} ${this.#purpose}`
    const bytes = await this.#backend.hkdf('sha-256', encodeUtf8(secret), new Uint8Array(), info, 32 + KEY_ID_BYTES)
    return { key: bytes.subarray(0, 32), id: bytes.subarray(32) }
  }
}

function findProblems(secrets: readonly string[], purpose: string): string[] {
  const problems: string[] = []
  if (purpose === '') problems.push('"purpose" must not be empty')
  if (secrets.some((secret) => encodeUtf8(secret).length < MIN_SECRET_BYTES)) {
    problems.push(
      '"secrets" must hold at least one, and each must be at least 32 bytes long, such as the output of "openssl rand -base64 32"',
    )
  }
  return problems
}

function decode(text: string): Uint8Array | undefined {
  if (text.length > MAX_LENGTH) return undefined
  try {
    return decodeBase64url(text)
  } catch {
    return undefined
  }
}
