import { fromFetch, type HttpRequest, toFetch } from '../http/index.ts'
import type { AccessToken, Requirement, ResourceProtector, TokenFor } from '../oauth2/resource/index.ts'
import {
  type AuthorizeData,
  type AuthorizeRedirectOptions,
  type CompletedLogin,
  type CompletedLogout,
  defineOAuth,
  type Failure,
  type LogoutRedirectOptions,
  type OAuthConstructor,
  type OAuthRegistry,
  type OnLogout,
  RegisteredClient,
} from '../oidc/client/index.ts'
import type { OAuthServer } from './shared/server.ts'

export type { OpenIdClientOptions, OpenIdTokenSet } from '../oidc/client/index.ts'
export { ClientError } from '../oidc/client/index.ts'
export {
  loginOf,
  type Session,
  type SessionChange,
  type SessionContent,
  SessionError,
  type SessionLogin,
  type SessionsOptions,
  type SessionToken,
  sessionTokens,
} from '../session/index.ts'
export { Sessions, type WebSession } from './shared/web-sessions.ts'
export type { AccessToken, OAuthServer, Requirement }

/** In place of the cookies to set, the headers to answer with: `new Response(body, { headers })`. */
type WithHeaders<T> = Omit<T, 'setCookie'> & { readonly headers: Headers }

/** What came of a login. The headers belong into the answer either way. */
export type WebLogin = WithHeaders<CompletedLogin> | WithHeaders<Failure>

/** What came of a logout. The headers belong into the answer either way. */
export type WebLogout = WithHeaders<CompletedLogout> | WithHeaders<Failure>

/** How the clients look at a request: a copy of its body is read, when it is, and the body stays the application's. */
function viewFetch(request: Request): HttpRequest {
  return { ...fromFetch(request), form: async () => fromFetch(request.clone()).form() }
}

/** The client of one provider, over `Request` and `Response`. */
export class WebClient extends RegisteredClient {
  /** The response that sends the browser to the provider. @spec OIDC Core §3.1.2.1 */
  async authorizeRedirect(
    request: Request,
    redirectUri?: string,
    options: AuthorizeRedirectOptions = {},
  ): Promise<Response> {
    const { response } = await this.startLogin(viewFetch(request), redirectUri, options)
    return toFetch(response)
  }

  /** Headers that remember a login whose URL `createAuthorizationUrl` made, for you to send the browser there. */
  async saveAuthorizeData(request: Request, login: AuthorizeData): Promise<{ readonly headers: Headers }> {
    return { headers: cookieHeaders(await this.saveLogin(viewFetch(request), login)) }
  }

  /** Takes the browser back and redeems what it brings. @spec OIDC Core §3.1.2.5 */
  async authorizeAccessToken(request: Request): Promise<WebLogin> {
    const { setCookie, ...login } = await this.completeLogin(viewFetch(request))
    return { ...login, headers: cookieHeaders(setCookie) }
  }

  /** The response that sends the browser to the provider to sign out there too. @spec OIDC RP-Initiated Logout §2 */
  async logoutRedirect(
    request: Request,
    postLogoutRedirectUri?: string,
    options: LogoutRedirectOptions = {},
  ): Promise<Response> {
    const { response } = await this.startLogout(viewFetch(request), postLogoutRedirectUri, options)
    return toFetch(response)
  }

  /** Takes the browser back from `logoutRedirect`. */
  async validateLogoutResponse(request: Request): Promise<WebLogout> {
    const { setCookie, ...logout } = await this.completeLogout(viewFetch(request))
    return { ...logout, headers: cookieHeaders(setCookie) }
  }

  /**
   * The answer to a provider that tells of a logout behind the browser's back: for your `backchannel_logout_uri`.
   *
   * @spec OIDC Back-Channel Logout §2.5
   */
  async backChannelLogout(request: Request, onLogout: OnLogout): Promise<Response> {
    return toFetch(await this.receiveBackChannelLogout(viewFetch(request), onLogout))
  }

  /**
   * The page for the frame in which a provider tells of a logout: for your `frontchannel_logout_uri`.
   *
   * @spec OIDC Front-Channel Logout §2
   */
  async frontChannelLogout(request: Request, onLogout: OnLogout): Promise<Response> {
    return toFetch(await this.receiveFrontChannelLogout(viewFetch(request), onLogout))
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
export const OAuth: OAuthConstructor<WebClient, Request> = /* @__PURE__ */ defineOAuth(WebClient, viewFetch)

/** A registry of such clients, for signatures: `function routes(oauth: OAuth)`. */
export type OAuth = OAuthRegistry<WebClient, Request>

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

/** What a handler behind `protect` is told beside the request. */
export interface ProtectedContext<T = AccessToken> {
  readonly oauth: T
}

/** What answers a request that `protect` has let through. Further arguments are the platform's own. */
export type ProtectedHandler<T, A extends readonly unknown[]> = (
  request: Request,
  context: ProtectedContext<T>,
  ...platform: A
) => Response | Promise<Response>

/**
 * A fetch handler that hands on requests with a valid access token that allows enough, and answers the others.
 *
 * @example
 * Bun.serve({ fetch: protect(protector, 'profile', (request, { oauth }) => Response.json({ sub: oauth.subject })) })
 * @param requirement what the token must allow: every scope of a string, or of any one string of a list; or more.
 */
export function protect<Q extends Requirement, A extends readonly unknown[]>(
  protector: ResourceProtector,
  requirement: Q,
  handler: ProtectedHandler<TokenFor<Q>, A>,
): (request: Request, ...platform: A) => Promise<Response> {
  return async (request, ...platform) => {
    const { token, headers, response } = await protector.protect(request, requirement)
    if (response !== undefined) return response
    return withHeaders(await handler(request, { oauth: token }, ...platform), headers)
  }
}

/**
 * A fetch handler that answers with what the API says about itself, at its well-known path, and hands on all else.
 *
 * @example
 * Bun.serve({ fetch: resourceMetadata(protector, protect(protector, 'profile', me)) })
 * @spec RFC 9728 §3
 */
export function resourceMetadata<A extends readonly unknown[]>(
  protector: ResourceProtector,
  otherwise: (request: Request, ...platform: A) => Response | Promise<Response>,
): (request: Request, ...platform: A) => Promise<Response> {
  return async (request, ...platform) => (await protector.handleMetadata(request)) ?? otherwise(request, ...platform)
}

/** The headers of some responses, such as those that were fetched, cannot be changed. */
function withHeaders(response: Response, further: Headers): Response {
  const added = [...further]
  if (added.length === 0) return response
  const headers = new Headers(response.headers)
  for (const [name, value] of added) headers.set(name, value)
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers })
}

function cookieHeaders(cookies: readonly string[]): Headers {
  const headers = new Headers()
  for (const cookie of cookies) headers.append('set-cookie', cookie)
  return headers
}
