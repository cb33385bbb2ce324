import { DocumentCache } from '../../http/document.ts'
import type { HttpResponse } from '../../http/response.ts'
import { appendWellKnown, insertWellKnown } from '../../http/url.ts'
import type { Endpoint, RequestContext } from '../../oauth2/server/index.ts'
import type { ServerMetadata } from '../../oauth2/server-metadata.ts'

/** The provider's description of itself, at the place that clients of OpenID Connect look at. @spec OIDC Discovery §4 */
export class DiscoveryEndpoint implements Endpoint {
  readonly name = 'openid_configuration'
  readonly methods = ['GET'] as const
  readonly cors = 'public'
  readonly #document: DocumentCache<ServerMetadata> = new DocumentCache()

  /** Behind the issuer's path, and before it: clients that know RFC 8414 look there, too. @spec RFC 8414 §5 */
  path(issuer: URL): readonly string[] {
    const places = [appendWellKnown, insertWellKnown].map((place) => place(issuer.href, 'openid-configuration'))
    return [...new Set(places.map((url) => new URL(url).pathname))]
  }

  handle({ server }: RequestContext): HttpResponse {
    return this.#document.respond(server.metadata(), (metadata) => metadata)
  }
}
