import type { OutgoingRequest, OutgoingResponse, Transport } from '../../http/fetch.ts'
import type { Awaitable } from '../../util/awaitable.ts'
import { type WireMoment, withCompliance } from './compliance.ts'
import type { ClientSettings } from './options.ts'

/** One request of the client, and its answer. */
export interface Exchange {
  readonly moment: WireMoment
  /** Makes the request; once more where it has to be repeated, because what authenticates a client may be used once. */
  readonly build: () => Awaitable<OutgoingRequest>
  /** The token that goes with a proof of its key. */
  readonly accessToken?: string | undefined
}

/** The requests to the authorization server that say which key tokens are bound to. @spec RFC 9449 §5 §10.1 */
const BINDING: readonly WireMoment[] = ['pushedAuthorization', 'accessToken', 'refreshToken']

/** Sends a request, repaired by the hooks of its moment, and with a proof of possession where one belongs to it. */
export async function exchange(client: ClientSettings, call: Exchange): Promise<OutgoingResponse> {
  const { moment, build, accessToken } = call
  const { transport, clock, dpop } = client
  const repair = (inner: Transport): Transport => withCompliance(inner, client.compliance, moment)
  if (dpop === undefined || !(accessToken !== undefined || BINDING.includes(moment))) {
    return repair(transport)(await build())
  }
  return dpop.exchange(build, { transport, repair, clock, ...(accessToken !== undefined && { accessToken }) })
}
