import type { IncomingMessage, ServerResponse } from 'node:http'
import { fromNode } from './shared/node-request.ts'
import { toNode } from './shared/node-response.ts'
import type { OAuthServer } from './shared/server.ts'

export type { NodeRequest } from './shared/node-body.ts'
export type { OAuthServer }
export { fromNode, toNode }

/**
 * A listener that answers everything with the server.
 *
 * @example
 * http.createServer(oauthServer(server)).listen(8080)
 */
export function oauthServer(
  server: Pick<OAuthServer, 'handle'>,
): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    server
      .handle(fromNode(request))
      .then((answer) => toNode(answer, response))
      // The server answers its own errors. What still comes here must not take the process down.
      .catch(() => response.writeHead(500).end())
  }
}
