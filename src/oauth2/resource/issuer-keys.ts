import { fetchJson, type Transport } from '../../http/fetch.ts'
import { FetchError } from '../../http/fetch-error.ts'
import { appendWellKnown, insertWellKnown, isHttpsOrLoopback, parseUrl } from '../../http/url.ts'
import { type SignatureRegistry, standardSignatureRegistry } from '../../jose/algorithms/signatures.ts'
import type { Key } from '../../jose/jwk/index.ts'
import { JoseError, type KeyCriteria, KeySet, type KeySource, type RemoteKeySet } from '../../jose/jwks/index.ts'
import type { Clock, Seconds } from '../../util/clock.ts'
import type { Logger } from '../../util/logger.ts'

export interface IssuerKeysOptions {
  readonly transport: Transport
  readonly clock: Clock
  readonly logger: Logger
}

/** For how long a `jwks_uri` is taken as known. */
const LIFETIME: Seconds = 3600
/** How long after a failure nobody asks again. */
const BACK_OFF: Seconds = 5

/**
 * The keys of an issuer that is known by its name alone: its metadata say where they are. Fetched when a key is first
 * needed; while the issuer does not answer, what was last known serves on.
 *
 * @spec RFC 8414 §3
 */
export class IssuerKeys implements KeySource {
  readonly registry: SignatureRegistry = standardSignatureRegistry()
  readonly #issuer: string
  readonly #options: IssuerKeysOptions
  #uri: string | undefined
  #keys: RemoteKeySet | undefined
  #askAgainAt = 0
  #failure: unknown
  #pending: Promise<void> | undefined

  constructor(issuer: string, options: IssuerKeysOptions) {
    this.#issuer = issuer
    this.#options = options
  }

  /** @throws JoseError `jwks_unavailable` */
  async select(criteria: KeyCriteria): Promise<readonly Key[]> {
    if (this.#options.clock() >= this.#askAgainAt) await this.#discover()
    if (this.#keys !== undefined) return this.#keys.select(criteria)
    throw new JoseError('jwks_unavailable', "the issuer's keys could not be found", { cause: this.#failure })
  }

  /** Whoever comes while the metadata are being fetched waits for the same answer. */
  #discover(): Promise<void> {
    this.#pending ??= this.#refresh().finally(() => {
      this.#pending = undefined
    })
    return this.#pending
  }

  async #refresh(): Promise<void> {
    const { transport, clock, logger } = this.#options
    try {
      const uri = await fetchJwksUri(this.#issuer, transport)
      // The same address keeps its keys: forgetting them would only mean fetching them again.
      if (uri !== this.#uri) this.#keys = KeySet.remote(uri, this.#options)
      this.#uri = uri
      this.#askAgainAt = clock() + LIFETIME * 1000
    } catch (error) {
      this.#failure = error
      this.#askAgainAt = clock() + BACK_OFF * 1000
      logger.warn("the issuer's metadata could not be fetched", { issuer: this.#issuer, error })
    }
  }
}

/** Where the document may be: an OpenID provider need not have the first one. */
async function fetchJwksUri(issuer: string, transport: Transport): Promise<string> {
  const urls = [insertWellKnown(issuer, 'oauth-authorization-server'), appendWellKnown(issuer, 'openid-configuration')]
  for (const url of urls) {
    const metadata = await fetchMetadata(url, transport)
    if (metadata !== undefined) return readJwksUri(metadata, issuer)
  }
  throw new TypeError('issuer has no metadata at its well-known addresses')
}

async function fetchMetadata(url: string, transport: Transport): Promise<Record<string, unknown> | undefined> {
  try {
    const { status, value } = await fetchJson(transport, { url })
    return status === 200 ? value : undefined
  } catch (error) {
    // An error page instead of a document means that there is none. No answer at all says nothing.
    if (error instanceof FetchError && error.status !== undefined) return undefined
    throw error
  }
}

/** Metadata that say they are about somebody else are not to be used. @spec RFC 8414 §3.3 */
function readJwksUri(metadata: Record<string, unknown>, issuer: string): string {
  const { issuer: named, jwks_uri: uri } = metadata
  if (named !== issuer) throw new TypeError(`"issuer" of the metadata mismatch: expected "${issuer}"`)
  const url = typeof uri === 'string' ? parseUrl(uri) : undefined
  if (url === undefined || !isHttpsOrLoopback(url))
    throw new TypeError('"jwks_uri" of the metadata missing or not https')
  return url.href
}
