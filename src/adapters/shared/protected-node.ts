import type { ServerResponse } from 'node:http'
import type { AccessToken, Requirement, ResourceProtector } from '../../oauth2/resource/index.ts'
import type { NodeRequest } from './node-body.ts'
import { fromNode } from './node-request.ts'
import { toNode, writeHeaders } from './node-response.ts'

/** A request that `protect` may have looked at. */
export type ProtectedRequest = NodeRequest & { readonly oauth?: AccessToken }

/** Lets a request pass, with its token as `oauth`, or answers it. Whether it may pass. */
export async function admit(
  protector: ResourceProtector,
  requirement: Requirement | undefined,
  incoming: NodeRequest,
  outgoing: ServerResponse,
): Promise<boolean> {
  const { token, headers, response } = await protector.protect(fromNode(incoming), requirement ?? {})
  if (response !== undefined) {
    toNode(response, outgoing)
    return false
  }
  writeHeaders(headers, outgoing)
  if (token !== undefined) Object.assign(incoming, { oauth: token })
  return true
}

/** Answers a request for the document about the resource. Whether it was one. @spec RFC 9728 §3 */
export async function answerMetadata(
  protector: ResourceProtector,
  incoming: NodeRequest,
  outgoing: ServerResponse,
): Promise<boolean> {
  const response = await protector.handleMetadata(fromNode(incoming))
  if (response !== undefined) toNode(response, outgoing)
  return response !== undefined
}

/** The access token that `protect` has let through. Throws where there is none: no `protect` in front, or an optional one. */
export function getAccessToken(request: ProtectedRequest): AccessToken {
  if (request.oauth === undefined)
    throw new TypeError('request has no access token: put "protect" in front of this handler')
  return request.oauth
}

/** The access token that an optional `protect` has let through, if the request had one. */
export function findAccessToken(request: ProtectedRequest): AccessToken | undefined {
  return request.oauth
}
