import type { HttpResponse } from '../../../http/response.ts'
import type { Awaitable } from '../../../util/awaitable.ts'
import type { AuthorizationRequest } from '../authorization/request.ts'
import type { RequestContext } from '../context.ts'
import type { AuthorizationDecision } from '../decisions.ts'
import type { Endpoint } from '../endpoint.ts'

export interface AuthorizationEndpointOptions<in S> {
  /**
   * Finds out what the person wants: either at once, with a decision, or with a page or redirect of its own that leads to
   * `createAuthorizationResponse` later. What it throws is told to the client.
   */
  interact(context: RequestContext<S>, request: AuthorizationRequest): Awaitable<HttpResponse | AuthorizationDecision>
}

/**
 * Where the browser arrives with an authorization request.
 *
 * @example
 * const endpoint = new AuthorizationEndpoint({
 *   async interact({ request }) {
 *     const user = await currentUser(request)
 *     return user ? { subject: user.id, authTime: user.authTime } : redirect('https://op.example/login')
 *   },
 * })
 * server.registerEndpoint(endpoint)
 * @spec RFC 6749 §3.1
 */
export class AuthorizationEndpoint<S> implements Endpoint<S> {
  readonly name = 'authorization'
  readonly path = '/authorize'
  readonly methods = ['GET', 'POST'] as const
  readonly errors = 'page'
  readonly #options: AuthorizationEndpointOptions<S>

  constructor(options: AuthorizationEndpointOptions<S>) {
    this.#options = options
  }

  async handle(context: RequestContext<S>): Promise<HttpResponse> {
    const { server, request, requestId } = context
    const authorization = await server.getConsentGrant(request, requestId)
    try {
      const answer = await this.#options.interact(context, authorization)
      return 'status' in answer ? answer : await server.createAuthorizationResponse(authorization, answer)
    } catch (error) {
      return server.refuseAuthorization(authorization, error)
    }
  }
}
