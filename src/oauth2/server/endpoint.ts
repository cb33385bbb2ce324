import type { HttpResponse } from '../../http/response.ts'
import type { Awaitable } from '../../util/awaitable.ts'
import type { ServerMetadata } from '../server-metadata.ts'
import type { RequestContext, ServerHandle } from './context.ts'

/**
 * Something the server answers at a path of its own.
 *
 * @typeParam S the part of the store that it uses.
 */
export interface Endpoint<in S = unknown> {
  /** For `createEndpointResponse(name, request)`, such as `revocation`. One endpoint a name. */
  readonly name: string
  /** Below the issuer's path (`/revoke`), or a function of the issuer that returns absolute paths (well-known documents). */
  readonly path: string | ((issuer: URL) => readonly string[])
  /** It answers one segment below its path: `/register` is then where `/register/abc` is answered, and not itself. */
  readonly below?: boolean
  readonly methods: readonly ('GET' | 'POST' | 'PUT' | 'DELETE')[]
  /** `public`: scripts of any origin may call it; never with cookies. */
  readonly cors?: 'public'
  /** `page`: people come here, and see errors as pages. Otherwise errors are JSON. */
  readonly errors?: 'page'
  /** What it adds to the server's metadata, given its own absolute URL and the server, for what depends on its keys. */
  metadata?(url: string, server: ServerHandle): Partial<ServerMetadata>
  // A property, like every other function that is given the store: of methods the compiler would accept too much.
  /** Throws `OAuth2Error` to refuse; the server answers it as `errors` says. */
  readonly handle: (context: RequestContext<S>) => Awaitable<HttpResponse>
}
