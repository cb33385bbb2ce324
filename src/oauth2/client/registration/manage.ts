import type { ClientMetadata } from '../../client-metadata.ts'
import { ClientError } from '../errors.ts'
import { fetchInformation, type RegistrationCall, type RegistrationCallOptions, sendForNothing } from './call.ts'
import { type ClientRegistration, withCredentials } from './information.ts'

/**
 * Asks how a client is registered now. Keep what comes back in the place of what was there: the access token of the
 * registration may be another one from now on.
 *
 * @throws ClientError `registration_refused`, `endpoint_missing` …
 * @spec RFC 7592 §2.1
 */
export async function readRegistration(
  registration: ClientRegistration,
  options: RegistrationCallOptions = {},
): Promise<ClientRegistration> {
  const answer = await fetchInformation({ method: 'GET', ...addressOf(registration) }, options)
  return accept(answer, registration)
}

/**
 * Changes a registration. What is not named stays as it is; `undefined` takes a member away. Keep what comes back.
 *
 * @example
 * registration = await updateRegistration(registration, { redirect_uris: [...redirectUris, another] })
 * @throws ClientError `registration_refused`, `endpoint_missing` …
 * @spec RFC 7592 §2.2
 */
export async function updateRegistration(
  registration: ClientRegistration,
  changes: { readonly [M in keyof ClientMetadata]: ClientMetadata[M] | undefined },
  options: RegistrationCallOptions = {},
): Promise<ClientRegistration> {
  const { client_id, client_id_issued_at, client_secret_expires_at, ...rest } = registration
  const { registration_client_uri, registration_access_token, ...metadata } = rest
  const call = { method: 'PUT', ...addressOf(registration), metadata: { ...metadata, ...changes, client_id } } as const
  return accept(await fetchInformation(call, options), registration)
}

/**
 * Ends a registration: the client is none from then on, and the server should end what it has given to it.
 *
 * @throws ClientError `registration_refused`, `endpoint_missing` …
 * @spec RFC 7592 §2.3
 */
export async function deleteRegistration(
  registration: ClientRegistration,
  options: RegistrationCallOptions = {},
): Promise<void> {
  await sendForNothing({ method: 'DELETE', ...addressOf(registration) }, options)
}

/** Servers may register clients and let nobody change them. @spec RFC 7592 §3 */
function addressOf(registration: ClientRegistration): Pick<RegistrationCall, 'endpoint' | 'accessToken'> {
  const { registration_client_uri: endpoint, registration_access_token: accessToken } = registration
  if (endpoint !== undefined && accessToken !== undefined) return { endpoint, accessToken }
  const parameter = endpoint === undefined ? 'registration_client_uri' : 'registration_access_token'
  const message = `"${parameter}" is missing: the server does not let the client manage its registration`
  throw new ClientError('endpoint_missing', message, { stage: 'registration', parameter })
}

function accept(answer: ClientRegistration, previous: ClientRegistration): ClientRegistration {
  if (answer.client_id === previous.client_id) return withCredentials(answer, previous)
  const message = '"client_id" in the registration response mismatch: expected the one of the registration'
  throw new ClientError('registration_response_invalid', message, { parameter: 'client_id' })
}
