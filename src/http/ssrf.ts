import type { Duration } from '../util/duration.ts'
import { type OutgoingRequest, outgoingFetch, type Transport } from './fetch.ts'
import { FetchError } from './fetch-error.ts'
import { addressCheckedFetch, type Fetch, type Resolve } from './node-fetch.ts'
import { isPublicAddress } from './public-address.ts'
import { isLoopbackHost, parseUrl } from './url.ts'

export interface GuardedFetchOptions {
  /** For everything, body included. Default 5 s. */
  readonly timeout?: Duration
  /** How long a response may be. Default 64 KiB. */
  readonly maxBytes?: number
  /**
   * Whether addresses of this machine and of private networks may be asked, and http on a loopback address. For
   * development and closed networks: whoever registers a client can then make the server ask what only it can reach.
   */
  readonly allowPrivateAddresses?: boolean
  /** How names are resolved. Default: `dns.lookup` of Node. */
  readonly resolve?: Resolve
}

/**
 * A transport for URLs that others chose: `jwks_uri`, `request_uri`, `sector_identifier_uri`. https only, no redirects,
 * bounded in size and time, and never to an address that is not public, by whatever name: names are resolved first, and
 * the connection goes to the address that was checked. Where the platform cannot resolve names itself (browsers, some edge
 * runtimes), only addresses that stand in the URL are checked.
 *
 * @spec RFC 9101 §10.4.1
 */
export function guardedFetch(options: GuardedFetchOptions = {}): Transport {
  const { timeout = 5, maxBytes = 65_536, allowPrivateAddresses = false, resolve } = options
  const mayConnect = (address: string): boolean => allowPrivateAddresses || isPublicAddress(address)
  const refuse = (url: string, address: string): Error | undefined =>
    mayConnect(address) ? undefined : new FetchError('private_address', { url })
  // Found on the first call: nothing of the platform is touched before.
  let transport: Transport | undefined
  return async (request) => {
    if (!allowPrivateAddresses) requirePublicHttps(request)
    transport ??= outgoingFetch({ timeout, maxBytes, ...withFetch(addressCheckedFetch(refuse, resolve)) })
    return transport(request)
  }
}

function withFetch(fetch: Fetch | undefined): { fetch?: Fetch } {
  return fetch === undefined ? {} : { fetch }
}

/** What can be seen in the URL itself. An address is never resolved, so it has to be looked at here. */
function requirePublicHttps(request: OutgoingRequest): void {
  const url = parseUrl(request.url)
  if (url?.protocol !== 'https:' || url.username !== '' || url.password !== '')
    throw new FetchError('insecure', request)
  const { hostname } = url
  const address = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname
  const isAddress = hostname.startsWith('[') || /^[\d.]+$/.test(hostname)
  const isPrivate = isAddress ? !isPublicAddress(address) : isLoopbackHost(hostname) || /\.localhost\.?$/.test(hostname)
  if (isPrivate) throw new FetchError('private_address', request)
}
