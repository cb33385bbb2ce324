import type { HttpRequest } from '../../http/request.ts'
import type { HttpResponse } from '../../http/response.ts'
import { defineOAuth, type OAuthConstructor } from './define-oauth.ts'
import type {
  AuthorizeData,
  AuthorizeRedirectOptions,
  LoginCompletion,
  LogoutCompletion,
  LogoutRedirectOptions,
} from './login-types.ts'
import type { OnLogout } from './logout-notice.ts'
import { RegisteredClient } from './registered-client.ts'
import type { OAuthRegistry } from './registry.ts'

/** The client of one provider, over plain requests and answers. */
export class PlainClient extends RegisteredClient {
  /** The answer that sends the browser to the provider. @spec OIDC Core §3.1.2.1 */
  authorizeRedirect(
    request: HttpRequest,
    redirectUri?: string,
    options: AuthorizeRedirectOptions = {},
  ): Promise<{ readonly response: HttpResponse }> {
    return this.startLogin(request, redirectUri, options)
  }

  /** The cookies that remember a login whose URL `createAuthorizationUrl` made. */
  async saveAuthorizeData(
    request: HttpRequest,
    login: AuthorizeData,
  ): Promise<{ readonly setCookie: readonly string[] }> {
    return { setCookie: await this.saveLogin(request, login) }
  }

  /** What came of the login; `setCookie` belongs into the answer either way. @spec OIDC Core §3.1.2.5 */
  authorizeAccessToken(request: HttpRequest): Promise<LoginCompletion> {
    return this.completeLogin(request)
  }

  /** The answer that sends the browser to the provider to log out. @spec OIDC RP-Initiated Logout §2 */
  logoutRedirect(
    request: HttpRequest,
    postLogoutRedirectUri?: string,
    options: LogoutRedirectOptions = {},
  ): Promise<{ readonly response: HttpResponse }> {
    return this.startLogout(request, postLogoutRedirectUri, options)
  }

  /** Whether the browser came back from a logout that it started; `setCookie` belongs into the answer either way. */
  validateLogoutResponse(request: HttpRequest): Promise<LogoutCompletion> {
    return this.completeLogout(request)
  }

  /** The answer to a provider that tells of a logout behind the browser's back. @spec OIDC Back-Channel Logout §2.5 */
  backChannelLogout(request: HttpRequest, onLogout: OnLogout): Promise<HttpResponse> {
    return this.receiveBackChannelLogout(request, onLogout)
  }

  /** The page for the frame in which a provider tells of a logout. @spec OIDC Front-Channel Logout §2 */
  frontChannelLogout(request: HttpRequest, onLogout: OnLogout): Promise<HttpResponse> {
    return this.receiveFrontChannelLogout(request, onLogout)
  }
}

/**
 * The providers that an application logs in with, over plain requests and answers. The entries for frameworks
 * (`authwright/express`, `authwright/web` …) have an `OAuth` each that speaks their framework's language.
 *
 * @example
 * const oauth = new OAuth({ secret, clients: { google: { clientId, clientSecret, serverMetadataUrl, scope: 'openid email' } } })
 * const { response } = await oauth.google.authorizeRedirect(request, 'https://app.example/callback')
 * // … when the browser comes back:
 * const login = await oauth.google.authorizeAccessToken(request)
 * if (login.ok) login.token.userinfo?.email
 */
export const OAuth: OAuthConstructor<PlainClient> = /* @__PURE__ */ defineOAuth(
  PlainClient,
  (request: HttpRequest) => request,
)

/** A registry of such clients, for signatures: `function routes(oauth: OAuth)`. */
export type OAuth = OAuthRegistry<PlainClient, HttpRequest>
