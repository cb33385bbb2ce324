import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Requirement, ResourceProtector } from '../oauth2/resource/index.ts'
import { defineOAuth, type OAuthConstructor, type OAuthRegistry } from '../oidc/client/index.ts'
import type { NodeRequest } from './shared/node-body.ts'
import { NodeClient, viewNode } from './shared/node-client.ts'
import { fromNode, type ProxyOptions } from './shared/node-request.ts'
import { toNode } from './shared/node-response.ts'
import { admit, answerMetadata, type ProtectedRequest } from './shared/protected-node.ts'
import type { OAuthServer } from './shared/server.ts'

export type { AccessToken, Requirement } from '../oauth2/resource/index.ts'
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
export type { FinishedLogin, FinishedLogout } from './shared/node-client.ts'
export { Sessions } from './shared/node-sessions.ts'
export { findAccessToken, getAccessToken, type ProtectedRequest } from './shared/protected-node.ts'
export type { NodeRequest, OAuthServer, ProxyOptions }
export { fromNode, NodeClient, toNode }

/**
 * The providers that an app on `node:http` logs in with.
 *
 * @example
 * const oauth = new OAuth({ secret, clients: { google: { clientId, clientSecret, serverMetadataUrl, scope: 'openid email' } } })
 * await oauth.google.authorizeRedirect(req, res, 'https://app.example/callback')
 * // … when the browser comes back:
 * const token = await oauth.google.authorizeAccessToken(req, res)
 */
export const OAuth: OAuthConstructor<NodeClient, NodeRequest> = /* @__PURE__ */ defineOAuth(NodeClient, viewNode)

/** A registry of such clients, for signatures: `function routes(oauth: OAuth)`. */
export type OAuth = OAuthRegistry<NodeClient, NodeRequest>

/**
 * A listener that answers everything with the server.
 *
 * @example
 * http.createServer(oauthServer(server)).listen(8080)
 */
export function oauthServer(
  server: Pick<OAuthServer, 'handle'>,
  options?: ProxyOptions,
): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    server
      .handle(fromNode(request, options))
      .then((answer) => toNode(answer, response))
      .catch(() => giveUp(response))
  }
}

/** What answers a request. What it throws, or rejects with, is answered with 500. */
export type Handler = (request: ProtectedRequest, response: ServerResponse) => unknown

/**
 * A listener that hands on requests with a valid access token that allows enough, and answers the others. The handler finds
 * the token by `getAccessToken`; where it is `optional`, by `findAccessToken`.
 *
 * @example
 * const me = protect(protector, 'profile', (request, response) => response.end(getAccessToken(request).subject))
 * http.createServer(me).listen(8080)
 * @param requirement what the token must allow: every scope of a string, or of any one string of a list; or more.
 */
export function protect(
  protector: ResourceProtector,
  requirement: Requirement,
  handler: Handler,
): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    admit(protector, requirement, request, response)
      .then((mayPass) => mayPass && handler(request, response))
      .catch(() => giveUp(response))
  }
}

/**
 * A listener that answers with what the API says about itself, at its well-known path, and hands on all else.
 *
 * @example
 * http.createServer(resourceMetadata(protector, protect(protector, 'profile', me))).listen(8080)
 * @spec RFC 9728 §3
 */
export function resourceMetadata(
  protector: ResourceProtector,
  otherwise: Handler,
): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    answerMetadata(protector, request, response)
      .then((isAnswered) => isAnswered || otherwise(request, response))
      .catch(() => giveUp(response))
  }
}

/** The server answers its own errors. What is left must not take the process down, even where somebody has answered. */
function giveUp(response: ServerResponse): void {
  if (!response.headersSent) response.writeHead(500)
  response.end()
}
