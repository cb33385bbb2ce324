import { fromFetch, toFetch } from '../http/index.ts'
import {
  type AuthorizeRedirectOptions,
  type CompletedLogin,
  type CompletedLogout,
  defineOAuth,
  type Failure,
  type LogoutRedirectOptions,
  type OAuthConstructor,
  RegisteredClient,
} from '../oidc/client/index.ts'
import type { OAuthServer } from './shared/server.ts'

export type { OpenIdClientOptions, OpenIdTokenSet } from '../oidc/client/index.ts'
export { ClientError } from '../oidc/client/index.ts'
export type { OAuthServer }

/** In place of the cookies to set, the headers to answer with: `new Response(body, { headers })`. */
type WithHeaders<T> = Omit<T, 'setCookie'> & { readonly headers: Headers }

/** What came of a login. The headers belong into the answer either way. */
export type WebLogin = WithHeaders<CompletedLogin> | WithHeaders<Failure>

/** What came of a logout. The headers belong into the answer either way. */
export type WebLogout = WithHeaders<CompletedLogout> | WithHeaders<Failure>

/** The client of one provider, over `Request` and `Response`. */
export class WebClient extends RegisteredClient {
  /** The response that sends the browser to the provider. @spec OIDC Core §3.1.2.1 */
  async authorizeRedirect(
    request: Request,
    redirectUri?: string,
    options: AuthorizeRedirectOptions = {},
  ): Promise<Response> {
    const { response } = await this.startLogin(fromFetch(request), redirectUri, options)
    return toFetch(response)
  }

  /** Takes the browser back and redeems what it brings. @spec OIDC Core §3.1.2.5 */
  async authorizeAccessToken(request: Request): Promise<WebLogin> {
    const { setCookie, ...login } = await this.completeLogin(fromFetch(request))
    return { ...login, headers: cookieHeaders(setCookie) }
  }

  /** The response that sends the browser to the provider to sign out there too. @spec OIDC RP-Initiated Logout §2 */
  async logoutRedirect(
    request: Request,
    postLogoutRedirectUri?: string,
    options: LogoutRedirectOptions = {},
  ): Promise<Response> {
    const { response } = await this.startLogout(fromFetch(request), postLogoutRedirectUri, options)
    return toFetch(response)
  }

  /** Takes the browser back from `logoutRedirect`. */
  async validateLogoutResponse(request: Request): Promise<WebLogout> {
    const { setCookie, ...logout } = await this.completeLogout(fromFetch(request))
    return { ...logout, headers: cookieHeaders(setCookie) }
  }
}

/**
 * The providers that an app on `Request` and `Response` logs in with.
 *
 * @example
 * const oauth = new OAuth({ secret, clients: { google: { clientId, clientSecret, serverMetadataUrl, scope: 'openid email' } } })
 * const toProvider = (request: Request) => oauth.google.authorizeRedirect(request, 'https://app.example/callback')
 * const fromProvider = async (request: Request) => {
 *   const login = await oauth.google.authorizeAccessToken(request)
 *   const { headers } = login
 *   if (!login.ok) return new Response('Signing in did not work.', { status: 400, headers })
 *   return Response.json({ hello: login.token.userinfo?.email }, { headers })
 * }
 */
export const OAuth: OAuthConstructor<WebClient> = /* @__PURE__ */ defineOAuth(WebClient)

export interface WebServerOptions {
  /** Where a request comes from, which only the platform knows: for limits and the log. Not a header that anybody can send. */
  readonly remoteAddress?: (request: Request) => string | undefined
}

/**
 * A fetch handler that answers everything with the server: for platforms that speak `Request` and `Response`.
 *
 * @example
 * Bun.serve({ fetch: oauthServer(server) })
 */
export function oauthServer(
  server: Pick<OAuthServer, 'handle'>,
  { remoteAddress }: WebServerOptions = {},
): (request: Request) => Promise<Response> {
  return async (request) => toFetch(await server.handle(fromFetch(request, remoteAddress?.(request))))
}

function cookieHeaders(cookies: readonly string[]): Headers {
  const headers = new Headers()
  for (const cookie of cookies) headers.append('set-cookie', cookie)
  return headers
}
