import type { Awaitable } from '../../util/awaitable.ts'
import type { OAuth2Client } from './client.ts'
import type { TokenSet } from './token-set.ts'

/** Whose token goes with the calls. */
export interface AuthorizedFetchOptions {
  /** Finds the token before each call, where it was last stored. */
  readonly token?: () => Awaitable<TokenSet | undefined>
  /** The request of the application that the calls serve: the client's `fetchToken` finds the token that goes with it. */
  readonly request?: unknown
}

/** As much of `fetch` as libraries for APIs need. */
export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>

/**
 * A `fetch` that sends a client's token along, renewed and proven where it has to be: for libraries that take one.
 *
 * @example
 * const octokit = new Octokit({ request: { fetch: authorizedFetch(oauth.github, { request: req }) } })
 * @spec RFC 6750 §2.1
 * @spec RFC 9449 §7.1
 */
export function authorizedFetch(client: OAuth2Client, { token, request }: AuthorizedFetchOptions): Fetch {
  return async (input, init) => {
    const call = toRequest(input, init)
    const { method, headers, signal } = call
    const body = new Uint8Array(await call.arrayBuffer())
    const found = await token?.()
    return client.request(method, input instanceof Request ? input.url : input, {
      headers: Object.fromEntries(headers),
      signal,
      ...(body.length > 0 && { body }),
      ...(found !== undefined && { token: found }),
      ...(request !== undefined && { request }),
    })
  }
}

/** What the platform makes of it: content of every kind as bytes, and its type. A relative URL is the client's to resolve. */
function toRequest(input: string | URL | Request, init: RequestInit | undefined): Request {
  return new Request(input instanceof Request ? input : 'https://relative.invalid', init)
}
