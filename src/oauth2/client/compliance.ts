import type { OutgoingRequest, OutgoingResponse, Transport } from '../../http/fetch.ts'
import type { Awaitable } from '../../util/awaitable.ts'

/** The moments at which something goes over the wire. */
export type WireMoment =
  | 'discovery'
  | 'jwks'
  | 'pushedAuthorization'
  | 'accessToken'
  | 'refreshToken'
  | 'deviceAuthorization'
  | 'revokeToken'
  | 'introspectToken'
  | 'registration'
  | 'userinfo'
  | 'protected'

type RequestHooks = { [M in WireMoment as `${M}Request`]?: (request: Request) => Awaitable<Request> }
type ResponseHooks = { [M in WireMoment as `${M}Response`]?: (response: Response) => Awaitable<Response> }

/**
 * Repairs what a provider wants or answers against the rules: each hook gets what is about to be sent, or what came, and
 * returns what it should have been.
 *
 * @example
 * accessTokenResponse: async (response) => Response.json({ token_type: 'Bearer', ...await response.json() })
 */
export interface ComplianceHooks extends RequestHooks, ResponseHooks {
  /** The URL that the browser is about to be sent to. */
  authorizationUrl?: (url: URL) => Awaitable<URL>
}

/** The transport with what goes and comes at this moment repaired, where there are hooks for it; several in their order. */
export function withCompliance(
  transport: Transport,
  compliance: readonly ComplianceHooks[],
  moment: WireMoment,
): Transport {
  const requests = compliance.flatMap((hooks) => hooks[`${moment}Request`] ?? [])
  const responses = compliance.flatMap((hooks) => hooks[`${moment}Response`] ?? [])
  if (requests.length === 0 && responses.length === 0) return transport
  return async (request) => {
    const response = await transport(await repairRequest(request, requests))
    return repairResponse(response, responses)
  }
}

type Repair<T> = (value: T) => Awaitable<T>

async function repairRequest(request: OutgoingRequest, hooks: readonly Repair<Request>[]): Promise<OutgoingRequest> {
  if (hooks.length === 0) return request
  let repaired = toRequest(request)
  for (const hook of hooks) repaired = await hook(repaired)
  return fromRequest(repaired, request.signal)
}

async function repairResponse(
  response: OutgoingResponse,
  hooks: readonly Repair<Response>[],
): Promise<OutgoingResponse> {
  if (hooks.length === 0) return response
  let repaired = toResponse(response)
  for (const hook of hooks) repaired = await hook(repaired)
  return fromResponse(repaired)
}

function toRequest({ url, method = 'GET', headers = [], body }: OutgoingRequest): Request {
  const content = typeof body === 'string' || body === undefined ? body : new Uint8Array(body)
  return new Request(url, {
    method,
    headers: headers.map(([name, value]): [string, string] => [name, value]),
    ...(content !== undefined && { body: content }),
  })
}

async function fromRequest(request: Request, signal: AbortSignal | undefined): Promise<OutgoingRequest> {
  const body = new Uint8Array(await request.arrayBuffer())
  return {
    url: request.url,
    method: request.method,
    headers: [...request.headers],
    ...(body.length > 0 && { body }),
    ...(signal !== undefined && { signal }),
  }
}

/** Statuses that go without content: `Response` takes none for them. */
const WITHOUT_CONTENT = [204, 205, 304]

/** The plain answer as the platform's `Response`. */
export function toResponse({ status, headers, body }: OutgoingResponse): Response {
  const content = WITHOUT_CONTENT.includes(status) ? null : new Uint8Array(body)
  return new Response(content, { status, headers: headers.map(([name, value]): [string, string] => [name, value]) })
}

async function fromResponse(response: Response): Promise<OutgoingResponse> {
  const body = new Uint8Array(await response.arrayBuffer())
  return { status: response.status, headers: [...response.headers], body }
}
