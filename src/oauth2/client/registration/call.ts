import { defaultTransport } from '../../../http/default-transport.ts'
import { fetchJson, type OutgoingRequest, type OutgoingResponse, type Transport } from '../../../http/fetch.ts'
import type { Header } from '../../../http/header.ts'
import { type ComplianceHooks, type WireMoment, withCompliance } from '../compliance.ts'
import { ClientError, nameOfRefusal, type ProviderRefusal, readRefusal } from '../errors.ts'
import { toClientError } from '../fetch-failure.ts'
import { readRefusalBody } from '../refusal-body.ts'
import { withUserAgent } from '../user-agent.ts'
import { type ClientRegistration, type RegistrationAnswer, readInformation } from './information.ts'

/** How the server is reached. */
export interface RegistrationCallOptions {
  transport?: Transport
  /** Repairs what a provider does against the rules; several in their order. */
  compliance?: ComplianceHooks | readonly ComplianceHooks[]
  /** How the client introduces itself. Default: the name and version of this package. */
  userAgent?: string
}

/** One request about a registration. */
export interface RegistrationCall {
  readonly method: 'POST' | 'GET' | 'PUT' | 'DELETE'
  readonly endpoint: string
  readonly accessToken: string | undefined
  readonly metadata?: object
}

/** Sends it, and reads what the client is then. @throws ClientError `registration_refused`, `registration_response_invalid` … */
export async function fetchInformation(
  call: RegistrationCall,
  options: RegistrationCallOptions,
): Promise<ClientRegistration> {
  const answer = await sendForJson(call, options)
  const { status, value } = answer
  const refusal = readRefusal((name) => value[name])
  // 201 for the first one; some servers say 200.
  if (refusal !== undefined || (status !== 200 && status !== 201)) throw refused(call.endpoint, status, refusal)
  return readInformation(answer)
}

/** Sends what is answered without content. @throws ClientError `registration_refused` … */
export async function sendForNothing(call: RegistrationCall, options: RegistrationCallOptions): Promise<void> {
  const response = await orClientError(call.endpoint, transportFor('registration', options)(toRequest(call)))
  if (response.status === 204 || response.status === 200) return
  throw refused(call.endpoint, response.status, readRefusalBody(response))
}

async function sendForJson(call: RegistrationCall, options: RegistrationCallOptions): Promise<RegistrationAnswer> {
  const { endpoint } = call
  return {
    endpoint,
    ...(await orClientError(endpoint, fetchJson(transportFor('registration', options), toRequest(call)))),
  }
}

/** The transport as every call of a client has it. */
export function transportFor(moment: WireMoment, options: RegistrationCallOptions): Transport {
  const { transport = defaultTransport(), compliance = [], userAgent } = options
  return withCompliance(withUserAgent(transport, userAgent), [compliance].flat(), moment)
}

function toRequest({ method, endpoint, accessToken, metadata }: RegistrationCall): OutgoingRequest {
  const headers: Header[] = []
  if (metadata !== undefined) headers.push(['content-type', 'application/json'])
  if (accessToken !== undefined) headers.push(['authorization', `Bearer ${accessToken}`])
  return { method, url: endpoint, headers, ...(metadata !== undefined && { body: JSON.stringify(metadata) }) }
}

async function orClientError<T extends Pick<OutgoingResponse, 'status'>>(
  endpoint: string,
  answer: Promise<T>,
): Promise<T> {
  try {
    return await answer
  } catch (error) {
    throw toClientError(error, { stage: 'registration', endpoint, invalid: 'registration_response_invalid' })
  }
}

/** @spec RFC 7591 §3.2.2 */
function refused(endpoint: string, status: number, refusal: ProviderRefusal | undefined): ClientError {
  const code = status >= 500 ? 'request_failed' : 'registration_refused'
  const message = `registration endpoint answered with status ${status}${nameOfRefusal(refusal)}`
  return new ClientError(code, message, { stage: 'registration', endpoint, status, refusal })
}
