import { fetchJson, type Transport } from '../../http/fetch.ts'
import { FetchError } from '../../http/fetch-error.ts'
import { appendWellKnown, insertWellKnown, isHttpsOrLoopback, parseUrl } from '../../http/url.ts'
import type { Clock, Seconds } from '../../util/clock.ts'
import type { JsonObject } from '../../util/json.ts'
import type { Logger } from '../../util/logger.ts'

export interface IssuerMetadataOptions {
  readonly transport: Transport
  readonly clock: Clock
  readonly logger: Logger
}

/** For how long a URL is taken as known. */
const LIFETIME: Seconds = 3600
/** How long after a failure nobody asks again. */
const BACK_OFF: Seconds = 5

/**
 * A URL of an issuer that is known by its name alone: its metadata say it. Fetched when it is first needed; while the
 * issuer does not answer, what was last known serves on.
 *
 * @spec RFC 8414 §3
 */
export class IssuerUrl {
  readonly #issuer: string
  readonly #member: string
  readonly #options: IssuerMetadataOptions
  #url: string | undefined
  #askAgainAt = 0
  #failure: unknown
  #pending: Promise<void> | undefined

  /** @param member of the metadata: `jwks_uri`, `introspection_endpoint`. */
  constructor(issuer: string, member: string, options: IssuerMetadataOptions) {
    this.#issuer = issuer
    this.#member = member
    this.#options = options
  }

  /** Throws what went wrong when the metadata were last asked for, where nothing is known. */
  async find(): Promise<string> {
    if (this.#options.clock() >= this.#askAgainAt) await this.#discover()
    if (this.#url !== undefined) return this.#url
    throw this.#failure
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
      this.#url = readUrl(await fetchMetadata(this.#issuer, transport), this.#member, this.#issuer)
      this.#askAgainAt = clock() + LIFETIME * 1000
    } catch (error) {
      this.#failure = error
      this.#askAgainAt = clock() + BACK_OFF * 1000
      logger.warn("the issuer's metadata could not be fetched", { issuer: this.#issuer, error })
    }
  }
}

/** Where the document may be: an OpenID provider need not have the first one. */
async function fetchMetadata(issuer: string, transport: Transport): Promise<JsonObject> {
  const urls = [insertWellKnown(issuer, 'oauth-authorization-server'), appendWellKnown(issuer, 'openid-configuration')]
  for (const url of urls) {
    const metadata = await fetchDocument(url, transport)
    if (metadata !== undefined) return metadata
  }
  throw new TypeError('issuer has no metadata at its well-known addresses')
}

async function fetchDocument(url: string, transport: Transport): Promise<JsonObject | undefined> {
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
function readUrl(metadata: JsonObject, member: string, issuer: string): string {
  if (metadata['issuer'] !== issuer) throw new TypeError(`"issuer" of the metadata mismatch: expected "${issuer}"`)
  const text = metadata[member]
  const url = typeof text === 'string' ? parseUrl(text) : undefined
  if (url === undefined || !isHttpsOrLoopback(url)) {
    throw new TypeError(`"${member}" of the metadata missing or not https`)
  }
  return url.href
}
