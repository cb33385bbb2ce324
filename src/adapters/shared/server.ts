import type { HttpRequest, HttpResponse } from '../../http/index.ts'

/** What an adapter needs of a server. `AuthorizationServer` is one; adapters do not load it. */
export interface OAuthServer {
  /** Answers a request. Errors are answers too. */
  handle(request: HttpRequest): Promise<HttpResponse>
  /** Whether the request's path is one of the server's. */
  owns(request: HttpRequest): boolean
}
