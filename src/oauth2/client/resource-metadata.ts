import { defaultTransport } from '../../http/default-transport.ts'
import { fetchJson, type Transport } from '../../http/fetch.ts'
import { guardedFetch } from '../../http/ssrf.ts'
import { checkIssuer, isHttpsOrLoopback, parseUrl } from '../../http/url.ts'
import { isStringArray } from '../../util/assert.ts'
import { ConfigurationError } from '../../util/configuration-error.ts'
import type { JsonObject } from '../../util/json.ts'
import { type ResourceMetadata, resourceMetadataUrl } from '../resource-metadata.ts'
import { ClientError } from './errors.ts'
import { toClientError } from './fetch-failure.ts'
import { withUserAgent } from './user-agent.ts'

export interface ResourceMetadataOptions {
  /** Where the API says that its description is: `resource_metadata` of a challenge. Default: its well-known address. */
  metadataUrl?: string | undefined
  /** Used for descriptions on the API's own host. */
  transport?: Transport
  /** Used for those on other hosts, which the API chose: `guardedFetch()`, which asks no private address. */
  foreignTransport?: Transport
}

/**
 * What an API says about itself, above all whose tokens it accepts: `authorization_servers` are issuers, to be discovered.
 * An API cannot speak for another one: the `resource` in the document is the one that was asked about, or where an answer
 * pointed to the document, one that the URL of the call belongs to.
 *
 * @example
 * const { authorization_servers: [issuer] = [] } = await fetchResourceMetadata(apiUrl, {
 *   metadataUrl: readChallenge(response)?.challenge.resource_metadata,
 * })
 * @param resource the API's identifier; with `metadataUrl`, the URL that was called.
 * @throws ClientError `discovery_failed`, `metadata_invalid`, `resource_mismatch` …
 * @spec RFC 9728 §3
 */
export async function fetchResourceMetadata(
  resource: string,
  options: ResourceMetadataOptions = {},
): Promise<ResourceMetadata> {
  const called = parseUrl(resource)
  if (called === undefined || !isHttpsOrLoopback(called)) {
    throw new ConfigurationError('fetchResourceMetadata', ['"resource" must be an absolute URL with https'])
  }
  const { metadataUrl: url = resourceMetadataUrl(called.href) } = options
  const document = await fetchDocument(url, chooseTransport(url, called, options))
  const isMeant = options.metadataUrl === undefined ? isIdentical(resource) : isPartOf(called)
  return validate(document, url, isMeant)
}

/** An API may name any host of the world as the place of its description. */
function chooseTransport(url: string, { origin }: URL, options: ResourceMetadataOptions): Transport {
  const { transport = defaultTransport(), foreignTransport } = options
  return withUserAgent(parseUrl(url)?.origin === origin ? transport : (foreignTransport ?? guardedFetch()))
}

async function fetchDocument(url: string, transport: Transport): Promise<JsonObject> {
  try {
    const { status, value } = await fetchJson(transport, { url })
    if (status === 200) return value
    const message = 'API did not answer with its metadata'
    throw new ClientError('discovery_failed', message, { endpoint: url, status })
  } catch (error) {
    throw toClientError(error, { stage: 'discovery', endpoint: url, invalid: 'metadata_invalid' })
  }
}

/** @spec RFC 9728 §3.3 */
function validate(document: JsonObject, endpoint: string, isMeant: (resource: string) => boolean): ResourceMetadata {
  const { resource, authorization_servers: servers = [], scopes_supported: scopes = [] } = document
  if (typeof resource !== 'string') throw invalid('resource', 'a URL', endpoint)
  if (!isMeant(resource)) {
    const message = '"resource" in the API metadata mismatch: expected the API that was asked about'
    throw new ClientError('resource_mismatch', message, { stage: 'discovery', endpoint, parameter: 'resource' })
  }
  if (!isStringArray(servers) || servers.some((issuer) => checkIssuer(issuer) !== undefined)) {
    throw invalid('authorization_servers', 'a list of https URLs', endpoint)
  }
  if (!isStringArray(scopes)) throw invalid('scopes_supported', 'a list of strings', endpoint)
  return { ...document, resource }
}

function isIdentical(expected: string): (resource: string) => boolean {
  return (resource) => resource === expected
}

/**
 * The same host, and a path that the called one is in. RFC 9728 asks for the very URL of the call, which fits no API with
 * more than one address; its update (draft-mcguinness-oauth-rfc9728bis) has this rule.
 */
function isPartOf({ origin, pathname, search }: URL): (resource: string) => boolean {
  return (resource) => {
    const url = parseUrl(resource)
    if (url === undefined || url.origin !== origin || url.username !== '' || url.password !== '' || url.hash !== '')
      return false
    if (url.search !== '' && url.search !== search) return false
    const folder = url.pathname.endsWith('/') ? url.pathname : `${url.pathname}/`
    return pathname === url.pathname || pathname.startsWith(folder)
  }
}

function invalid(parameter: string, expectation: string, endpoint: string): ClientError {
  const message = `"${parameter}" in the API metadata is missing or invalid: expected ${expectation}`
  return new ClientError('metadata_invalid', message, { endpoint, parameter })
}
