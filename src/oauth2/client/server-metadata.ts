import { isHttpsOrLoopback, parseUrl } from '../../http/url.ts'
import { isNonEmptyString, isRecord, isStringArray } from '../../util/assert.ts'
import type { JsonObject } from '../../util/json.ts'
import type { ServerMetadata } from '../server-metadata.ts'
import { ClientError } from './errors.ts'
import type { IssuerMatcher } from './issuer-matcher.ts'

const isBoolean = (value: unknown): boolean => typeof value === 'boolean'

/** An endpoint that is reached in the clear is an endpoint of whoever sits between. @spec RFC 9700 §2.6 */
const isEndpoint = (value: unknown): boolean => {
  const url = typeof value === 'string' ? parseUrl(value) : undefined
  return url !== undefined && isHttpsOrLoopback(url)
}

interface Shape {
  readonly is: (value: unknown) => boolean
  readonly expectation: string
}

const ENDPOINT: Shape = { is: isEndpoint, expectation: 'an absolute URL with https, or http on a loopback host' }
const ALIASES: Shape = {
  is: (value) => isRecord(value) && Object.values(value).every(isEndpoint),
  expectation: 'an object of absolute URLs with https',
}
const LIST: Shape = { is: isStringArray, expectation: 'a list of strings' }
const FLAG: Shape = { is: isBoolean, expectation: 'true or false' }

/**
 * The members that a client acts upon, OpenID Connect's among them: one registry holds them all. What else a document
 * says, and be it nonsense, is not our concern.
 */
const SHAPES: Readonly<Record<string, Shape>> = {
  issuer: { is: isNonEmptyString, expectation: 'a URL' },
  authorization_endpoint: ENDPOINT,
  token_endpoint: ENDPOINT,
  jwks_uri: ENDPOINT,
  userinfo_endpoint: ENDPOINT,
  revocation_endpoint: ENDPOINT,
  pushed_authorization_request_endpoint: ENDPOINT,
  introspection_endpoint: ENDPOINT,
  device_authorization_endpoint: ENDPOINT,
  registration_endpoint: ENDPOINT,
  mtls_endpoint_aliases: ALIASES,
  end_session_endpoint: ENDPOINT,
  token_endpoint_auth_methods_supported: LIST,
  revocation_endpoint_auth_methods_supported: LIST,
  id_token_signing_alg_values_supported: LIST,
  code_challenge_methods_supported: LIST,
  authorization_response_iss_parameter_supported: FLAG,
  require_pushed_authorization_requests: FLAG,
}

/**
 * Checks a server's description of itself. The issuer in it must be the one that was asked about, character by
 * character: that is what keeps one server from speaking for another.
 *
 * @throws ClientError `metadata_invalid`, `issuer_mismatch`
 * @spec RFC 8414 §3.3
 * @spec OIDC Discovery §4.3
 */
export function validateServerMetadata(
  document: JsonObject,
  issuers: readonly string[],
  endpoint: string,
  acceptIssuer?: IssuerMatcher,
): ServerMetadata {
  const metadata = withoutEmpty(document)
  requireShape(metadata, endpoint)
  const { issuer } = metadata
  if (issuers.includes(issuer) || acceptIssuer?.(issuer, { where: 'metadata', metadata }) === true) return metadata
  const message = `"issuer" in the server metadata mismatch: expected "${issuers[0]}"`
  throw new ClientError('issuer_mismatch', message, { stage: 'discovery', endpoint, parameter: 'issuer' })
}

/** Servers write `null` or nothing where they mean that there is none; the specification has them leave it out. */
function withoutEmpty(document: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(document).filter(([, value]) => value !== null && value !== ''))
}

function requireShape(document: object, endpoint: string): asserts document is ServerMetadata {
  const problem = Object.hasOwn(document, 'issuer') ? findMetadataProblem(document) : NO_ISSUER
  if (problem === undefined) return
  const message = `"${problem.name}" in the server metadata is missing or invalid: expected ${problem.expectation}`
  throw new ClientError('metadata_invalid', message, { endpoint, parameter: problem.name })
}

const NO_ISSUER = { name: 'issuer', expectation: 'a URL' } as const

/** The first member that is not of its form; members that are not there have none. */
export function findMetadataProblem(document: object): { name: string; expectation: string } | undefined {
  const members = new Map<string, unknown>(Object.entries(document))
  for (const [name, { is, expectation }] of Object.entries(SHAPES)) {
    if (members.get(name) !== undefined && !is(members.get(name))) return { name, expectation }
  }
  return undefined
}
