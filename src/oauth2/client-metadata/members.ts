import { publicJwks } from './jwks.ts'
import type { ClientMetadataProblem } from './problem.ts'
import type { ClientMetadata, LocalizedMember } from './types.ts'
import {
  endpoint,
  flag,
  link,
  listOf,
  name,
  oneOf,
  responseType,
  scope,
  seconds,
  signatureAlgorithm,
  text,
  uri,
  type ValueCheck,
} from './values.ts'

type Member = Exclude<keyof ClientMetadata, `${string}#${string}`>

/**
 * Every member that means something here, and what its value must be by itself. What is not in this table is ignored.
 *
 * @spec RFC 7591 §2
 * @spec OIDC Registration §2
 */
const MEMBERS: Readonly<Record<Member, ValueCheck>> = {
  redirect_uris: listOf(uri),
  token_endpoint_auth_method: name,
  grant_types: listOf(name),
  response_types: listOf(responseType),
  client_name: text,
  client_uri: link,
  logo_uri: link,
  scope,
  contacts: listOf(text),
  tos_uri: link,
  policy_uri: link,
  jwks_uri: endpoint,
  jwks: publicJwks,
  software_id: text,
  software_version: text,
  application_type: oneOf('web', 'native'),
  token_endpoint_auth_signing_alg: signatureAlgorithm,
  request_object_signing_alg: signatureAlgorithm,
  request_object_encryption_alg: name,
  request_object_encryption_enc: name,
  require_signed_request_object: flag,
  // A fragment here is the hash of what is found there (OIDC Core §6.2).
  request_uris: listOf(link),
  require_pushed_authorization_requests: flag,
  dpop_bound_access_tokens: flag,
  introspection_signed_response_alg: signatureAlgorithm,
  introspection_encrypted_response_alg: name,
  introspection_encrypted_response_enc: name,
  id_token_signed_response_alg: signatureAlgorithm,
  id_token_encrypted_response_alg: name,
  id_token_encrypted_response_enc: name,
  userinfo_signed_response_alg: signatureAlgorithm,
  userinfo_encrypted_response_alg: name,
  userinfo_encrypted_response_enc: name,
  subject_type: oneOf('public', 'pairwise'),
  sector_identifier_uri: endpoint,
  default_max_age: seconds,
  require_auth_time: flag,
  default_acr_values: listOf(name),
  initiate_login_uri: endpoint,
  post_logout_redirect_uris: listOf(uri),
}

const CHECKS: ReadonlyMap<string, ValueCheck> = new Map(Object.entries(MEMBERS))

const LOCALIZED: readonly LocalizedMember[] = ['client_name', 'client_uri', 'logo_uri', 'tos_uri', 'policy_uri']

/** @spec RFC 5646 §2.1 */
const LANGUAGE = /^[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8}){0,7}$/

/** More languages than an application has. */
const MAX_LOCALIZED = 200

/** The members of an object that this server understands, whatever their values are. @spec RFC 7591 §2 */
export function pickMembers(input: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(input).filter(([member, value]) => value !== undefined && findCheck(member) !== undefined),
  )
}

/** Each member that means something here and has a value of another kind. */
export function findInvalidMembers(metadata: Readonly<Record<string, unknown>>): ClientMetadataProblem[] {
  const problems = Object.entries(metadata).flatMap(([member, value]) => {
    const problem = value === undefined ? undefined : findCheck(member)?.(value)
    return problem === undefined ? [] : [{ member, problem: `"${member}" ${problem}` }]
  })
  if (Object.keys(metadata).filter((member) => member.includes('#')).length > MAX_LOCALIZED) {
    problems.push({ member: 'client_name', problem: `members must not come in more than ${MAX_LOCALIZED} languages` })
  }
  return problems
}

/** Whether each member that means something here has a value of its kind. */
export function isClientMetadata(
  metadata: Readonly<Record<string, unknown>>,
): metadata is Readonly<Record<string, unknown>> & ClientMetadata {
  return findInvalidMembers(metadata).length === 0
}

/** What a member is checked by, its translations included; nothing where it means nothing here. */
function findCheck(member: string): ValueCheck | undefined {
  const separator = member.indexOf('#')
  if (separator === -1) return CHECKS.get(member)
  const base = member.slice(0, separator)
  const isTranslation = LOCALIZED.some((name) => name === base) && LANGUAGE.test(member.slice(separator + 1))
  return isTranslation ? CHECKS.get(base) : undefined
}
