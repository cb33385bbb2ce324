import type { Transport } from '../../http/fetch.ts'
import { guardedFetch } from '../../http/ssrf.ts'
import { importPublicKeys } from '../../jose/jwks/fetch-keys.ts'
import { KeySet, type KeySource } from '../../jose/jwks/index.ts'
import type { Clock } from '../../util/clock.ts'
import { createLogger, type Logger } from '../../util/logger.ts'
import { LruCache } from '../../util/lru.ts'
import type { Client } from './records.ts'

export interface ClientKeysOptions {
  /** How a `jwks_uri` is asked. Default: `guardedFetch()`, which asks public addresses only. */
  readonly transport?: Transport
  /** For how many clients keys are remembered. Default 1000. */
  readonly maxClients?: number
  readonly logger?: Logger
  readonly clock?: Clock
}

/** More keys than a client needs, and few enough to try. */
const MAX_KEYS = 20

const NO_KEYS: KeySource = new KeySet([])

/**
 * The public keys of clients: those that were registered by value, and those behind a `jwks_uri`. Keys are read once and
 * kept for as long as the registration says the same; secrets and private keys among them are passed over.
 *
 * @spec RFC 7591 §2
 */
export class ClientKeys {
  readonly #transport: Transport
  readonly #logger: Logger
  readonly #clock: Clock
  /** By what the registration says, so that no client is given what another one registered. */
  readonly #sources: LruCache<string, KeySource>

  constructor(options: ClientKeysOptions = {}) {
    this.#transport = options.transport ?? guardedFetch()
    this.#logger = createLogger(options.logger)
    this.#clock = options.clock ?? Date.now
    this.#sources = new LruCache({ max: options.maxClients ?? 1000 })
  }

  /**
   * The keys of a client; none where it registered none.
   *
   * @throws JoseError `jwks_invalid` where what it registered is no JWK Set.
   */
  async find({ jwks, jwks_uri: uri }: Client): Promise<KeySource> {
    if (jwks !== undefined) return this.#remember(JSON.stringify(jwks), () => this.#read(jwks))
    if (uri !== undefined) return this.#remember(uri, () => this.#fetch(uri))
    return NO_KEYS
  }

  async #remember(registered: string, make: () => KeySource | Promise<KeySource>): Promise<KeySource> {
    const known = this.#sources.get(registered)
    if (known !== undefined) return known
    const source = await make()
    this.#sources.set(registered, source)
    return source
  }

  async #read(jwks: object): Promise<KeySource> {
    return new KeySet(await importPublicKeys(jwks, { maxKeys: MAX_KEYS, logger: this.#logger }))
  }

  #fetch(uri: string): KeySource {
    return KeySet.remote(uri, {
      transport: this.#transport,
      maxKeys: MAX_KEYS,
      logger: this.#logger,
      clock: this.#clock,
    })
  }
}
