import type { IncomingMessage, ServerResponse } from 'node:http'
import { defineOAuth, type OAuthConstructor } from '../oidc/client/index.ts'
import { NodeClient } from './shared/node-client.ts'
import { fromNode, type ProxyOptions } from './shared/node-request.ts'
import { toNode } from './shared/node-response.ts'
import type { OAuthServer } from './shared/server.ts'

export type { OpenIdClientOptions, OpenIdTokenSet } from '../oidc/client/index.ts'
export { ClientError } from '../oidc/client/index.ts'
export type { NodeRequest } from './shared/node-body.ts'
export type { FinishedLogin, FinishedLogout } from './shared/node-client.ts'
export { CookieSession } from './shared/session.ts'
export type { OAuthServer, ProxyOptions }
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
export const OAuth: OAuthConstructor<NodeClient> = /* @__PURE__ */ defineOAuth(NodeClient)

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

/** The server answers its own errors. What is left must not take the process down, even where somebody has answered. */
function giveUp(response: ServerResponse): void {
  if (!response.headersSent) response.writeHead(500)
  response.end()
}
