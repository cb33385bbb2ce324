import type { ServerResponse } from 'node:http'
import type { HttpRequest } from '../../http/index.ts'
import {
  type AuthorizeData,
  type AuthorizeRedirectOptions,
  type CompletedLogin,
  type CompletedLogout,
  type LogoutRedirectOptions,
  type OnLogout,
  type OpenIdTokenSet,
  RegisteredClient,
} from '../../oidc/client/index.ts'
import type { NodeRequest } from './node-body.ts'
import { fromNode } from './node-request.ts'
import { toNode, writeHeaders } from './node-response.ts'
import { viewOnce } from './view.ts'

/** How the clients look at a request. */
export const viewNode: (request: NodeRequest) => HttpRequest = /* @__PURE__ */ viewOnce((request: NodeRequest) =>
  fromNode(request),
)

/** A login that succeeded: the token, what `authorizeRedirect` was given as `returnTo` and `data`, and which checks ran. */
export type FinishedLogin = Omit<CompletedLogin, 'ok' | 'setCookie'>

/** A logout that succeeded, with what `logoutRedirect` was given as `data`. */
export type FinishedLogout = Omit<CompletedLogout, 'ok' | 'setCookie'>

/** The client of one provider, over the requests and responses of `node:http` and of frameworks that extend them. */
export class NodeClient extends RegisteredClient {
  /**
   * Sends the browser to the provider.
   *
   * @param redirectUri where it comes back to; registered with the provider. A path goes behind the registry's `baseUrl`.
   * @spec OIDC Core §3.1.2.1
   */
  async authorizeRedirect(
    request: NodeRequest,
    response: ServerResponse,
    redirectUri?: string,
    options: AuthorizeRedirectOptions = {},
  ): Promise<void> {
    const login = await this.startLogin(viewNode(request), redirectUri, options)
    toNode(login.response, response)
  }

  /** Remembers a login whose URL `createAuthorizationUrl` made, for you to send the browser there. */
  async saveAuthorizeData(request: NodeRequest, response: ServerResponse, login: AuthorizeData): Promise<void> {
    setCookies(await this.saveLogin(viewNode(request), login), response)
  }

  /**
   * Takes the browser back and redeems what it brings. `token.userinfo` holds the claims of the validated ID token.
   *
   * @throws ClientError where the person or the provider said no, or something is not as it should be.
   * @spec OIDC Core §3.1.2.5
   */
  async authorizeAccessToken(request: NodeRequest, response: ServerResponse): Promise<OpenIdTokenSet> {
    const { token } = await this.finishLogin(request, response)
    return token
  }

  /** `authorizeAccessToken`, with what else there is to know about the login. @throws ClientError */
  async finishLogin(request: NodeRequest, response: ServerResponse): Promise<FinishedLogin> {
    const { setCookie, ...login } = await this.completeLogin(viewNode(request))
    setCookies(setCookie, response)
    if (!login.ok) throw login.error
    const { ok, ...finished } = login
    return finished
  }

  /**
   * Sends the browser to the provider to sign out there too. The session of the app is the app's to end.
   *
   * @param postLogoutRedirectUri where it comes back to; registered with the provider.
   * @spec OIDC RP-Initiated Logout §2
   */
  async logoutRedirect(
    request: NodeRequest,
    response: ServerResponse,
    postLogoutRedirectUri?: string,
    options: LogoutRedirectOptions = {},
  ): Promise<void> {
    const logout = await this.startLogout(viewNode(request), postLogoutRedirectUri, options)
    toNode(logout.response, response)
  }

  /** Takes the browser back from `logoutRedirect`. @throws ClientError where it did not come from there. */
  async validateLogoutResponse(request: NodeRequest, response: ServerResponse): Promise<FinishedLogout> {
    const { setCookie, ...logout } = await this.completeLogout(viewNode(request))
    setCookies(setCookie, response)
    if (!logout.ok) throw logout.error
    const { ok, ...finished } = logout
    return finished
  }

  /**
   * Answers a provider that tells of a logout behind the browser's back: for your `backchannel_logout_uri`.
   *
   * @spec OIDC Back-Channel Logout §2.5
   */
  async backChannelLogout(request: NodeRequest, response: ServerResponse, onLogout: OnLogout): Promise<void> {
    toNode(await this.receiveBackChannelLogout(viewNode(request), onLogout), response)
  }

  /**
   * Answers with the page for the frame in which a provider tells of a logout: for your `frontchannel_logout_uri`.
   *
   * @spec OIDC Front-Channel Logout §2
   */
  async frontChannelLogout(request: NodeRequest, response: ServerResponse, onLogout: OnLogout): Promise<void> {
    toNode(await this.receiveFrontChannelLogout(viewNode(request), onLogout), response)
  }
}

function setCookies(cookies: readonly string[], response: ServerResponse): void {
  writeHeaders(
    cookies.map((cookie) => ['set-cookie', cookie]),
    response,
  )
}
