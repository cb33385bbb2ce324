import { appendWellKnown, insertWellKnown } from '../../http/url.ts'
import type { ServerMetadata } from '../server-metadata.ts'

/** The documents in which a server describes itself. */
export type WellKnownName = 'oauth-authorization-server' | 'openid-configuration'

/** Where to look for a server's description of itself, and whose it must be. */
export interface Discovery {
  /** Those it may be about: one, or two that differ in a final slash and so have the same address. */
  readonly issuers: readonly string[]
  /** Tried in order; the next one where a server has no such document. */
  readonly urls: readonly string[]
}

interface DiscoveryOptions {
  readonly issuer?: string
  readonly serverMetadataUrl?: string
  readonly authorizeUrl?: string
  readonly accessTokenUrl?: string
  readonly serverMetadata?: Partial<ServerMetadata>
}

/**
 * Finds out what to fetch. Nothing where the endpoints were given: then an `issuer` only says what to compare with.
 *
 * @returns a sentence where the options do not say whose document it is.
 */
export function findDiscovery(
  options: DiscoveryOptions,
  names: readonly WellKnownName[],
): Discovery | string | undefined {
  const { issuer, serverMetadataUrl: url } = options
  if (url !== undefined) return ofUrl(url, issuer)
  return issuer === undefined || hasEndpoints(options)
    ? undefined
    : { issuers: [issuer], urls: names.map((name) => WELL_KNOWN[name](issuer)) }
}

function hasEndpoints({ authorizeUrl, accessTokenUrl, serverMetadata = {} }: DiscoveryOptions): boolean {
  const { authorization_endpoint: authorization, token_endpoint: token } = serverMetadata
  return [authorizeUrl, accessTokenUrl, authorization, token].some((endpoint) => endpoint !== undefined)
}

const WELL_KNOWN: Readonly<Record<WellKnownName, (issuer: string) => string>> = {
  'oauth-authorization-server': (issuer) => insertWellKnown(issuer, 'oauth-authorization-server'),
  'openid-configuration': (issuer) => appendWellKnown(issuer, 'openid-configuration'),
}

/**
 * A document's address holds the issuer that it must be about: whoever can make it say another one could have tokens of
 * that one accepted. An issuer that ends in a slash has the same address as one that does not, so both may be meant.
 *
 * @spec RFC 8414 §3.3
 */
function ofUrl(url: string, issuer: string | undefined): Discovery | string {
  if (issuer !== undefined) return { issuers: [issuer], urls: [url] }
  const derived = issuerOfUrl(url)
  if (derived !== undefined) return { issuers: [derived, `${derived}/`], urls: [url] }
  return '"issuer" is missing: "serverMetadataUrl" is no well-known address, so it does not say whose metadata it holds'
}

const APPENDED = /^(https?:\/\/.+)\/\.well-known\/openid-configuration$/
const INSERTED = /^(https?:\/\/[^/]+)\/\.well-known\/oauth-authorization-server(\/.*)?$/

/**
 * @spec RFC 8414 §3.1
 * @spec OIDC Discovery §4
 */
function issuerOfUrl(url: string): string | undefined {
  const [, base] = APPENDED.exec(url) ?? []
  if (base !== undefined) return base
  const [, origin, path = ''] = INSERTED.exec(url) ?? []
  return origin === undefined ? undefined : `${origin}${path}`
}
