import type { OutgoingRequest, Transport } from '../../http/fetch.ts'
import type { Header } from '../../http/header.ts'
import type { JsonObject } from '../../util/json.ts'
import type { WireMoment } from './compliance.ts'
import type { ClientErrorCode, ClientStage } from './errors.ts'

/** What a call of an endpoint is part of. */
export interface EndpointCall {
  readonly stage: ClientStage
  readonly moment: WireMoment
  /** The code for an answer that is no JSON object. */
  readonly invalid?: ClientErrorCode
  /** Asks for, and reads, an answer of another form than JSON. */
  readonly fetch?: (transport: Transport, request: OutgoingRequest) => Promise<Omit<EndpointAnswer, 'endpoint'>>
}

/** What an endpoint answered, whatever its status. */
export interface EndpointAnswer {
  readonly endpoint: string
  readonly status: number
  readonly headers: readonly Header[]
  readonly value: JsonObject
}
