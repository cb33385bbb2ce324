import { fetchJson, type Transport } from '../../http/fetch.ts'
import type { Clock, Seconds } from '../../util/clock.ts'
import type { JsonObject } from '../../util/json.ts'
import type { Logger } from '../../util/logger.ts'
import type { ServerMetadata } from '../server-metadata.ts'
import type { Discovery } from './discovery-urls.ts'
import { ClientError } from './errors.ts'
import { toClientError } from './fetch-failure.ts'
import { validateServerMetadata } from './server-metadata.ts'

/** How long a document counts as fresh. */
const TTL: Seconds = 600
/** For how much longer the last good one serves while the server does not answer. */
const STALE_IF_ERROR: Seconds = 86_400
/** How long after a failure nobody asks again: at first, and at most after it doubled. */
const FIRST_BACK_OFF: Seconds = 1
const LONGEST_BACK_OFF: Seconds = 60

interface Failure {
  readonly error: unknown
  readonly backOff: Seconds
  readonly retryAt: number
}

export interface DiscoveryOptions {
  readonly discovery: Discovery
  readonly transport: Transport
  readonly clock: Clock
  readonly logger: Logger
}

/**
 * A server's description of itself, fetched when it is first needed and kept for ten minutes. Whoever asks while it is
 * being fetched waits for the same answer. While the server is down the last good document goes on serving for a day, and
 * the server is asked again after one second, two, four … sixty: an application starts, and runs, without it.
 *
 * @spec RFC 8414 §3
 */
export class ServerMetadataSource {
  readonly #options: DiscoveryOptions
  #metadata: ServerMetadata | undefined
  #fetchedAt = 0
  #failure: Failure | undefined
  #pending: Promise<ServerMetadata> | undefined

  constructor(options: DiscoveryOptions) {
    this.#options = options
  }

  /** @throws ClientError `discovery_failed`, `metadata_invalid`, `issuer_mismatch` … */
  async get(): Promise<ServerMetadata> {
    if (this.#metadata !== undefined && this.#age() < TTL) return this.#metadata
    if (this.#failure !== undefined && this.#options.clock() < this.#failure.retryAt)
      return this.#lastGood(this.#failure)
    this.#pending ??= this.#refresh().finally(() => {
      this.#pending = undefined
    })
    return this.#pending
  }

  async #refresh(): Promise<ServerMetadata> {
    try {
      this.#metadata = await fetchMetadata(this.#options)
      this.#fetchedAt = this.#options.clock()
      this.#failure = undefined
      return this.#metadata
    } catch (error) {
      this.#failure = this.#remember(error)
      const metadata = this.#lastGood(this.#failure)
      this.#options.logger.warn('discovery failed, the last good document goes on serving', { error })
      return metadata
    }
  }

  #remember(error: unknown): Failure {
    const last = this.#failure?.backOff
    const backOff = last === undefined ? FIRST_BACK_OFF : Math.min(last * 2, LONGEST_BACK_OFF)
    return { error, backOff, retryAt: this.#options.clock() + backOff * 1000 }
  }

  #lastGood(failure: Failure): ServerMetadata {
    if (this.#metadata === undefined || this.#age() > TTL + STALE_IF_ERROR) throw failure.error
    return this.#metadata
  }

  #age(): Seconds {
    return (this.#options.clock() - this.#fetchedAt) / 1000
  }
}

/**
 * Asks the addresses in order; only where a server has no document at one, the next is tried.
 *
 * @spec RFC 8414 §3.2
 */
async function fetchMetadata({ discovery, transport }: DiscoveryOptions): Promise<ServerMetadata> {
  const absences: ClientError[] = []
  for (const url of discovery.urls) {
    try {
      return validateServerMetadata(await fetchDocument(transport, url), discovery.issuers, url)
    } catch (error) {
      if (!isAbsence(error)) throw error
      absences.push(error)
    }
  }
  const telling = absences.find(({ status }) => status !== 404 && status !== 410)
  throw telling ?? noMetadata(discovery)
}

async function fetchDocument(transport: Transport, url: string): Promise<JsonObject> {
  try {
    const { status, value } = await fetchJson(transport, { url })
    if (status === 200) return value
    throw new ClientError('discovery_failed', 'authorization server did not answer with its metadata', {
      endpoint: url,
      status,
    })
  } catch (error) {
    throw toClientError(error, { stage: 'discovery', endpoint: url, invalid: 'metadata_invalid' })
  }
}

/**
 * A page, a refusal or a redirect in the place of a document: many servers answer an address that they do not know with
 * something else than 404. One that is out of order, or does not answer, says nothing about what it has.
 */
function isAbsence(error: unknown): error is ClientError {
  return error instanceof ClientError && error.status !== undefined && error.status < 500
}

function noMetadata({ urls }: Discovery): ClientError {
  return new ClientError('discovery_failed', 'authorization server has no metadata at its well-known address', {
    endpoint: urls[0],
  })
}
