import type { OutgoingRequest, OutgoingResponse, Transport } from '../../http/fetch.ts'
import type { Awaitable } from '../../util/awaitable.ts'
import type { Clock } from '../../util/clock.ts'

/** What a proof is made for. */
export interface ProvenCall {
  readonly transport: Transport
  /** What hooks do to the request and to its answer; the proof is about the request that they leave. */
  readonly repair: (transport: Transport) => Transport
  readonly clock: Clock
  /** The token that is presented to an API; absent at the authorization server. */
  readonly accessToken?: string
}

/** Proves with each request that the client holds a key, so that tokens are of no use to anybody else. `Dpop` is one. */
export interface ProofOfPossession {
  /** Whether a server may answer with tokens that are not bound to the key. */
  readonly acceptsBearer: boolean
  /** The SHA-256 thumbprint of the key, in base64url. */
  thumbprint(): Promise<string>
  /** Sends what `build` makes; a second time, built anew, where the server wants that with a nonce it has just given. */
  exchange(build: () => Awaitable<OutgoingRequest>, call: ProvenCall): Promise<OutgoingResponse>
}
