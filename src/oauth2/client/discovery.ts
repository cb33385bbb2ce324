import type { Transport } from '../../http/fetch.ts'
import type { Clock, Seconds } from '../../util/clock.ts'
import type { Logger } from '../../util/logger.ts'
import type { ServerMetadata } from '../server-metadata.ts'
import type { Discovery } from './discovery-urls.ts'
import { fetchDocument } from './fetch-metadata.ts'
import type { IssuerMatcher } from './issuer-matcher.ts'
import type { KeptDocument, MetadataStore } from './metadata-store.ts'
import { validateServerMetadata } from './server-metadata.ts'

/** How long a document counts as fresh where the server does not say, and within which bounds it may say. */
const TTL: Seconds = 600
const SHORTEST_TTL: Seconds = 60
const LONGEST_TTL: Seconds = 86_400
/** For how much longer it is handed out at once, while it is fetched again for those who come later. */
const STALE_WHILE_REVALIDATE: Seconds = 600
/** For how much longer the last good one serves while the server does not answer. */
const STALE_IF_ERROR: Seconds = 86_400
/** How long after a failure nobody asks again: at first, and at most after it doubled. */
const FIRST_BACK_OFF: Seconds = 1
const LONGEST_BACK_OFF: Seconds = 60
/** A fetch that took longer was abandoned: some platforms end what goes on behind an answer, and tell nobody. */
const ABANDONED_AFTER: Seconds = 60

interface Held {
  readonly metadata: ServerMetadata
  readonly fetchedAt: number
  readonly ttl: Seconds
}

interface Failure {
  readonly error: unknown
  readonly backOff: Seconds
  readonly retryAt: number
}

interface Refresh {
  readonly startedAt: number
  readonly done: Promise<ServerMetadata>
}

export interface DiscoveryOptions {
  readonly discovery: Discovery
  readonly transport: Transport
  readonly clock: Clock
  readonly logger: Logger
  readonly acceptIssuer?: IssuerMatcher | undefined
  readonly metadataStore?: MetadataStore | undefined
}

/**
 * A server's description of itself, fetched when it is first needed and kept for as long as the server says, or for ten
 * minutes. Whoever asks while it is being fetched waits for the same answer; just past its time it is still handed out
 * while it is fetched behind. While the server is down the last good document goes on serving for a day, and the server is
 * asked again after one second, two, four … sixty: an application starts, with a store, and runs without it.
 *
 * @spec RFC 8414 §3
 */
export class ServerMetadataSource {
  readonly #options: DiscoveryOptions
  #held: Held | undefined
  #failure: Failure | undefined
  #refresh: Refresh | undefined
  #loaded: Promise<void> | undefined

  constructor(options: DiscoveryOptions) {
    this.#options = options
  }

  /** @throws ClientError `discovery_failed`, `metadata_invalid`, `issuer_mismatch` … */
  async get(): Promise<ServerMetadata> {
    if (this.#held === undefined) await this.#loadOnce()
    const held = this.#held
    const age = held === undefined ? Number.POSITIVE_INFINITY : this.#age(held) - held.ttl
    if (held !== undefined && age < 0) return held.metadata
    const failure = this.#failure
    if (failure !== undefined && this.#options.clock() < failure.retryAt) return this.#lastGood(failure)
    const refresh = this.#refreshOnce()
    if (held === undefined || age >= STALE_WHILE_REVALIDATE) return refresh
    // While there is a last good one, a refresh does not fail: it logs.
    refresh.catch(() => undefined)
    return held.metadata
  }

  #refreshOnce(): Promise<ServerMetadata> {
    const now = this.#options.clock()
    const current = this.#refresh
    if (current !== undefined && now < current.startedAt + ABANDONED_AFTER * 1000) return current.done
    const done = this.#fetch().finally(() => {
      if (this.#refresh?.done === done) this.#refresh = undefined
    })
    this.#refresh = { startedAt: now, done }
    return done
  }

  async #fetch(): Promise<ServerMetadata> {
    const { discovery, transport, clock, logger } = this.#options
    try {
      const { document, held } = await fetchDocument(discovery, transport, ({ url, document, maxAge }) => ({
        document,
        held: { metadata: this.#validate(document, url), fetchedAt: clock(), ttl: withinBounds(maxAge) },
      }))
      this.#held = held
      this.#failure = undefined
      await this.#save({ document, fetchedAt: held.fetchedAt })
      return held.metadata
    } catch (error) {
      this.#failure = this.#remember(error)
      const metadata = this.#lastGood(this.#failure)
      logger.warn('discovery failed, the last good document goes on serving', { error })
      return metadata
    }
  }

  #validate(document: KeptDocument['document'], url: string): ServerMetadata {
    const { discovery, acceptIssuer } = this.#options
    return validateServerMetadata(document, discovery.issuers, url, acceptIssuer)
  }

  #loadOnce(): Promise<void> {
    this.#loaded ??= this.#load()
    return this.#loaded
  }

  /** What an earlier process left. It is checked as if it had just come: what is expected may have changed since. */
  async #load(): Promise<void> {
    const { metadataStore, discovery, clock, logger } = this.#options
    try {
      const kept = await metadataStore?.load(addressOf(discovery))
      if (kept === undefined || !(kept.fetchedAt <= clock())) return
      const metadata = this.#validate(kept.document, addressOf(discovery))
      this.#held ??= { metadata, fetchedAt: kept.fetchedAt, ttl: TTL }
    } catch (error) {
      logger.warn('kept server metadata cannot be used', { error })
    }
  }

  /** A store that fails is no reason to refuse somebody's login. */
  async #save(kept: KeptDocument): Promise<void> {
    const { metadataStore, discovery, logger } = this.#options
    try {
      await metadataStore?.save(addressOf(discovery), kept)
    } catch (error) {
      logger.warn('server metadata could not be kept', { error })
    }
  }

  #remember(error: unknown): Failure {
    const last = this.#failure?.backOff
    const backOff = last === undefined ? FIRST_BACK_OFF : Math.min(last * 2, LONGEST_BACK_OFF)
    return { error, backOff, retryAt: this.#options.clock() + backOff * 1000 }
  }

  #lastGood(failure: Failure): ServerMetadata {
    const held = this.#held
    if (held === undefined || this.#age(held) > held.ttl + STALE_IF_ERROR) throw failure.error
    return held.metadata
  }

  #age({ fetchedAt }: Held): Seconds {
    return (this.#options.clock() - fetchedAt) / 1000
  }
}

/** Servers that forbid to keep anything do not mean that every login should ask twice. */
function withinBounds(maxAge: Seconds | undefined): Seconds {
  return maxAge === undefined ? TTL : Math.min(Math.max(maxAge, SHORTEST_TTL), LONGEST_TTL)
}

function addressOf({ urls }: Discovery): string {
  return urls.join(' ')
}
