import { isHttpsOrLoopback, parseUrl } from '../../../http/url.ts'
import { isNonEmptyString, isStringArray } from '../../../util/assert.ts'
import type { Seconds } from '../../../util/clock.ts'
import type { JsonObject } from '../../../util/json.ts'
import type { ClientMetadata } from '../../client-metadata.ts'
import { ClientError } from '../errors.ts'

/**
 * A client as the server has registered it, spelled as on the wire: what it may do, and the secrets to do it with. Plain
 * JSON; keep it like a password.
 *
 * @spec RFC 7591 §3.2.1
 * @spec RFC 7592 §3
 */
export type ClientRegistration = ClientMetadata & {
  readonly client_id: string
  readonly client_secret?: string
  readonly client_id_issued_at?: Seconds
  /** 0: never. */
  readonly client_secret_expires_at?: Seconds
  /** Where the registration can be read, changed and ended, */
  readonly registration_client_uri?: string
  /** and what opens it. */
  readonly registration_access_token?: string
}

/** An answer of the registration endpoint. */
export interface RegistrationAnswer {
  readonly endpoint: string
  readonly status: number
  readonly value: JsonObject
}

interface Shape {
  readonly is: (value: unknown) => boolean
  readonly expectation: string
}

const TEXT: Shape = { is: isNonEmptyString, expectation: 'a text' }
const TIME: Shape = {
  is: (value) => typeof value === 'number' && Number.isFinite(value) && value >= 0,
  expectation: 'a number of seconds',
}
/** What opens the registration is sent there. */
const ADDRESS: Shape = {
  is: (value) => {
    const url = typeof value === 'string' ? parseUrl(value) : undefined
    return url !== undefined && isHttpsOrLoopback(url)
  },
  expectation: 'an absolute URL with https',
}

const ADDRESSES: Shape = { is: isStringArray, expectation: 'a list of URLs' }
const SCOPE: Shape = { is: (value) => typeof value === 'string', expectation: 'a text' }

/** The members that a client acts upon. What else the server says about it is the server's view of it. */
const SHAPES: Readonly<Record<string, Shape>> = {
  client_id: TEXT,
  client_secret: TEXT,
  client_id_issued_at: TIME,
  client_secret_expires_at: TIME,
  registration_client_uri: ADDRESS,
  registration_access_token: TEXT,
  token_endpoint_auth_method: TEXT,
  redirect_uris: ADDRESSES,
  scope: SCOPE,
  id_token_signed_response_alg: TEXT,
}

/**
 * Reads what a server says about a client. Members that it has nothing to say about are left out.
 *
 * @throws ClientError `registration_response_invalid`
 * @spec RFC 7591 §3.2.1
 */
export function readInformation({ endpoint, status, value }: RegistrationAnswer): ClientRegistration {
  const members = Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null))
  for (const [name, { is, expectation }] of Object.entries(SHAPES)) {
    const isAbsent = members[name] === undefined && name !== 'client_id'
    if (isAbsent || is(members[name])) continue
    const message = `"${name}" in the registration response is missing or invalid: expected ${expectation}`
    throw new ClientError('registration_response_invalid', message, { endpoint, status, parameter: name })
  }
  return { ...members, client_id: String(members['client_id']) }
}

/**
 * What the answer about a registration says, and of its credentials what it leaves out because it did not change: a server
 * that has only a hash of the secret cannot say it again. New ones, the access token above all, stand for the old.
 *
 * @spec RFC 7592 §2.2
 */
export function withCredentials(answer: ClientRegistration, previous: ClientRegistration): ClientRegistration {
  const { registration_access_token, registration_client_uri, client_id_issued_at } = previous
  const { client_secret, client_secret_expires_at } = previous
  const hasSecret = answer.client_secret !== undefined || answer.token_endpoint_auth_method === 'none'
  const kept = {
    ...{ registration_access_token, registration_client_uri, client_id_issued_at },
    ...(hasSecret ? {} : { client_secret, client_secret_expires_at }),
  }
  return { ...Object.fromEntries(Object.entries(kept).filter(([, value]) => value !== undefined)), ...answer }
}
