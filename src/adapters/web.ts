import { fromFetch, toFetch } from '../http/index.ts'
import type { OAuthServer } from './shared/server.ts'

export type { OAuthServer }

/**
 * A fetch handler that answers everything with the server: for platforms that speak `Request` and `Response`.
 *
 * @example
 * Bun.serve({ fetch: oauthServer(server) })
 */
export function oauthServer(server: Pick<OAuthServer, 'handle'>): (request: Request) => Promise<Response> {
  return async (request) => toFetch(await server.handle(fromFetch(request)))
}
