import { DocumentCache } from '../../../http/document.ts'
import type { HttpResponse } from '../../../http/response.ts'
import { insertWellKnown } from '../../../http/url.ts'
import type { ServerMetadata } from '../../server-metadata.ts'
import type { RequestContext } from '../context.ts'
import type { Endpoint } from '../endpoint.ts'

/** The server's description of itself, at the well-known place that its issuer leads to. @spec RFC 8414 §3 */
export class MetadataEndpoint implements Endpoint {
  readonly name = 'metadata'
  readonly methods = ['GET'] as const
  readonly cors = 'public'
  readonly #document: DocumentCache<ServerMetadata> = new DocumentCache()

  path(issuer: URL): readonly string[] {
    return [new URL(insertWellKnown(issuer.href, 'oauth-authorization-server')).pathname]
  }

  handle({ server }: RequestContext): HttpResponse {
    return this.#document.respond(server.metadata(), (metadata) => metadata)
  }
}
