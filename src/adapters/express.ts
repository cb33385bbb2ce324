import type { ServerResponse } from 'node:http'
import type { AccessToken, Requirement, ResourceProtector } from '../oauth2/resource/index.ts'
import { defineOAuth, type OAuthConstructor, type OAuthRegistry } from '../oidc/client/index.ts'
import type { NodeRequest } from './shared/node-body.ts'
import { NodeClient, viewNode } from './shared/node-client.ts'
import { fromNode, type ProxyOptions } from './shared/node-request.ts'
import { toNode } from './shared/node-response.ts'
import { admit, answerMetadata } from './shared/protected-node.ts'
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
export type { FinishedLogin, FinishedLogout } from './shared/node-client.ts'
export { Sessions } from './shared/node-sessions.ts'
export { findAccessToken, getAccessToken, type ProtectedRequest } from './shared/protected-node.ts'
export type { AccessToken, NodeRequest, OAuthServer, ProxyOptions, Requirement }
export { fromNode, NodeClient, toNode }

/**
 * The providers that an app on Express logs in with. Express 5 hands rejected promises to its error handler; on Express
 * 4 add `.catch(next)`.
 *
 * @example
 * const oauth = new OAuth({ secret, clients: { google: { clientId, clientSecret, serverMetadataUrl, scope: 'openid email' } } })
 * app.get('/login', (req, res) => oauth.google.authorizeRedirect(req, res, 'https://app.example/callback'))
 * app.get('/callback', async (req, res) => {
 *   const token = await oauth.google.authorizeAccessToken(req, res)
 *   res.json({ hello: token.userinfo?.email })
 * })
 */
export const OAuth: OAuthConstructor<NodeClient, NodeRequest> = /* @__PURE__ */ defineOAuth(NodeClient, viewNode)

/** A registry of such clients, for signatures: `function routes(oauth: OAuth)`. */
export type OAuth = OAuthRegistry<NodeClient, NodeRequest>

/** A middleware for Express 4 and 5, and for what else takes the same three arguments. */
export type Middleware = (request: NodeRequest, response: ServerResponse, next: (error?: unknown) => void) => void

/**
 * A middleware that answers the server's paths and leaves all others to the app. It may stand before or behind body
 * parsers, and may be mounted: the server goes by the path that the browser asked for.
 *
 * @example
 * app.use(oauthServer(server))
 */
export function oauthServer(server: OAuthServer, options?: ProxyOptions): Middleware {
  return (incoming, outgoing, next) => {
    const request = fromNode(incoming, options)
    if (!server.owns(request)) return next()
    server
      .handle(request)
      .then((response) => toNode(response, outgoing))
      .catch(next)
  }
}

/**
 * A middleware that lets a request pass with a valid access token that allows enough, and answers it otherwise. The
 * handlers behind it find the token by `getAccessToken`; where it is `optional`, by `findAccessToken`.
 *
 * @example
 * app.get('/me', protect(protector, 'profile'), (req, res) => res.json({ sub: getAccessToken(req).subject }))
 * @param requirement what the token must allow: every scope of a string, or of any one string of a list; or more.
 */
export function protect(protector: ResourceProtector, requirement?: Requirement): Middleware {
  return (incoming, outgoing, next) => {
    admit(protector, requirement, incoming, outgoing)
      .then((mayPass) => mayPass && next())
      .catch(next)
  }
}

/**
 * A middleware that answers with what the API says about itself, at its well-known path. It belongs at the root of the app.
 *
 * @example
 * app.use(resourceMetadata(protector))
 * @spec RFC 9728 §3
 */
export function resourceMetadata(protector: ResourceProtector): Middleware {
  return (incoming, outgoing, next) => {
    answerMetadata(protector, incoming, outgoing)
      .then((isAnswered) => isAnswered || next())
      .catch(next)
  }
}
