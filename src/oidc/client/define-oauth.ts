import type { HttpRequest } from '../../http/request.ts'
import type { Framework, OAuthOptions } from './oauth-options.ts'
import { OAuthRegistry } from './registry.ts'

/** Makes registries: `new OAuth({ secret, clients })` has the clients as typed members. */
export interface OAuthConstructor<C, R = HttpRequest> {
  new <const N extends string = never, D = never>(
    options: OAuthOptions<N, R, D>,
  ): OAuthRegistry<C, R, D> & { readonly [K in N]: C }
}

/**
 * A registry of an adapter's own clients.
 *
 * @example
 * class ExpressClient extends RegisteredClient {
 *   async authorizeRedirect(req: Request, res: Response, redirectUri?: string, options: AuthorizeRedirectOptions = {}) {
 *     const { response } = await this.startLogin(fromExpress(req), redirectUri, options)
 *     writeResponse(res, response)
 *   }
 *   async authorizeAccessToken(req: Request, res: Response) {
 *     const login = await this.completeLogin(fromExpress(req))
 *     appendCookies(res, login.setCookie)
 *     if (!login.ok) throw login.error
 *     return login.token
 *   }
 * }
 * export const OAuth: OAuthConstructor<ExpressClient, Request> = defineOAuth(ExpressClient, fromExpress)
 * @param view looks at a request of the framework; the same view each time, where a body can be read but once.
 */
export function defineOAuth<C, R = HttpRequest>(
  Client: Framework<C, R>['Client'],
  view: (request: R) => HttpRequest,
): OAuthConstructor<C, R> {
  class OAuth<D> extends OAuthRegistry<C, R, D> {
    constructor(options: OAuthOptions<string, R, D>) {
      super(options, { Client, view })
    }
  }
  // The members that the constructor adds are known from its argument, which a class declaration cannot say.
  return OAuth as OAuthConstructor<C, R>
}
