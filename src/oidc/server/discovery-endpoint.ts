import type { HttpResponse } from '../../http/response.ts'
import { appendWellKnown } from '../../http/url.ts'
import type { RequestContext } from '../../oauth2/server/context.ts'
import type { Endpoint } from '../../oauth2/server/endpoint.ts'
import { DocumentCache } from '../../oauth2/server/endpoints/document.ts'
import type { ServerMetadata } from '../../oauth2/server-metadata.ts'

/** The provider's description of itself, at the place that clients of OpenID Connect look at. @spec OIDC Discovery §4 */
export class DiscoveryEndpoint implements Endpoint {
  readonly name = 'openid_configuration'
  readonly methods = ['GET'] as const
  readonly cors = 'public'
  readonly #document: DocumentCache<ServerMetadata> = new DocumentCache()

  path(issuer: URL): readonly string[] {
    return [new URL(appendWellKnown(issuer.href, 'openid-configuration')).pathname]
  }

  handle({ server }: RequestContext): HttpResponse {
    return this.#document.respond(server.metadata(), (metadata) => metadata)
  }
}
