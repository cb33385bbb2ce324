import { DocumentCache } from '../../../http/document.ts'
import type { HttpResponse } from '../../../http/response.ts'
import type { KeySet } from '../../../jose/jwks/index.ts'
import type { ServerMetadata } from '../../server-metadata.ts'
import type { RequestContext } from '../context.ts'
import type { Endpoint } from '../endpoint.ts'

/** The public keys that the server's signatures are verified with. @spec RFC 8414 §2 */
export class JwksEndpoint implements Endpoint {
  readonly name = 'jwks'
  readonly path = '/jwks'
  readonly methods = ['GET'] as const
  readonly cors = 'public'
  readonly #document: DocumentCache<KeySet> = new DocumentCache()

  metadata(url: string): Partial<ServerMetadata> {
    return { jwks_uri: url }
  }

  handle({ server }: RequestContext): HttpResponse {
    return this.#document.respond(server.keys, (keys) => keys.toPublicJwks())
  }
}
