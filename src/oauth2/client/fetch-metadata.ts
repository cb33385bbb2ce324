import { parseMaxAge } from '../../http/cache-control.ts'
import { fetchJson, type Transport } from '../../http/fetch.ts'
import { headerOf } from '../../http/header.ts'
import type { Seconds } from '../../util/clock.ts'
import type { JsonObject } from '../../util/json.ts'
import type { Discovery } from './discovery-urls.ts'
import { ClientError } from './errors.ts'
import { toClientError } from './fetch-failure.ts'

/** What an address answered. */
export interface FetchedDocument {
  readonly url: string
  readonly document: JsonObject
  /** For how long the server says that it may be used again. */
  readonly maxAge: Seconds | undefined
}

/**
 * Asks the addresses in order; only where a server has no document at one, the next is tried. A document that `check` refuses
 * with a status is no document either.
 *
 * @throws ClientError `discovery_failed`, `request_failed` …
 * @spec RFC 8414 §3.2
 */
export async function fetchDocument<T>(
  { urls }: Discovery,
  transport: Transport,
  check: (fetched: FetchedDocument) => T,
): Promise<T> {
  const absences: ClientError[] = []
  for (const url of urls) {
    try {
      return check(await ask(transport, url))
    } catch (error) {
      if (!isAbsence(error)) throw error
      absences.push(error)
    }
  }
  const telling = absences.find(({ status }) => status !== 404 && status !== 410)
  throw telling ?? noDocument(urls)
}

async function ask(transport: Transport, url: string): Promise<FetchedDocument> {
  try {
    const { status, headers, value } = await fetchJson(transport, { url })
    if (status === 200) return { url, document: value, maxAge: parseMaxAge(headerOf({ headers }, 'cache-control')) }
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

function noDocument([endpoint]: readonly string[]): ClientError {
  return new ClientError('discovery_failed', 'authorization server has no metadata at its well-known address', {
    endpoint,
  })
}
