import type { OutgoingResponse, Transport } from '../../http/fetch.ts'
import type { ClientSettings } from './options.ts'

/** The client's transport with the token endpoint's answers repaired on their way in, where there is a hook for that. */
export function withAccessTokenResponse({ transport, compliance }: ClientSettings): Transport {
  const repair = compliance.accessTokenResponse
  if (repair === undefined) return transport
  return async (request) => fromResponse(await repair(toResponse(await transport(request))))
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
