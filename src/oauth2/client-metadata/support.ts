import { isStringArray } from '../../util/assert.ts'
import { normalizeResponseType } from '../response-type.ts'
import { parseScope } from '../scope.ts'
import type { ClientMetadataProblem } from './problem.ts'
import type { ClientMetadata } from './types.ts'

/** The server's description of itself: also of what extensions bring. */
export type ServerDocument = Readonly<object>

type Member = keyof ClientMetadata & string

/**
 * What a client may choose among, and where the server's document lists it. What is not listed at all is not there: then
 * the member means nothing and is left out, unless the client would be given less protection than it asked for.
 *
 * @spec RFC 8414 §2
 * @spec OIDC Discovery §3
 */
const CHOICES: readonly [member: Member, list: string, whenAbsent?: 'refuse'][] = [
  ['token_endpoint_auth_method', 'token_endpoint_auth_methods_supported', 'refuse'],
  ['token_endpoint_auth_signing_alg', 'token_endpoint_auth_signing_alg_values_supported'],
  ['grant_types', 'grant_types_supported', 'refuse'],
  ['response_types', 'response_types_supported', 'refuse'],
  ['scope', 'scopes_supported'],
  ['subject_type', 'subject_types_supported'],
  ['default_acr_values', 'acr_values_supported'],
  ['request_object_signing_alg', 'request_object_signing_alg_values_supported'],
  ['request_object_encryption_alg', 'request_object_encryption_alg_values_supported'],
  ['request_object_encryption_enc', 'request_object_encryption_enc_values_supported'],
  ['introspection_signed_response_alg', 'introspection_signing_alg_values_supported'],
  ['introspection_encrypted_response_alg', 'introspection_encryption_alg_values_supported', 'refuse'],
  ['introspection_encrypted_response_enc', 'introspection_encryption_enc_values_supported', 'refuse'],
  ['id_token_signed_response_alg', 'id_token_signing_alg_values_supported'],
  ['id_token_encrypted_response_alg', 'id_token_encryption_alg_values_supported', 'refuse'],
  ['id_token_encrypted_response_enc', 'id_token_encryption_enc_values_supported', 'refuse'],
  ['userinfo_signed_response_alg', 'userinfo_signing_alg_values_supported'],
  ['userinfo_encrypted_response_alg', 'userinfo_encryption_alg_values_supported', 'refuse'],
  ['userinfo_encrypted_response_enc', 'userinfo_encryption_enc_values_supported', 'refuse'],
]

/** What a client can only ask for where the server does it, and the member of its document that says so. */
const FEATURES: readonly [member: Member, feature: string][] = [
  ['require_pushed_authorization_requests', 'pushed_authorization_request_endpoint'],
  ['require_signed_request_object', 'request_object_signing_alg_values_supported'],
  ['dpop_bound_access_tokens', 'dpop_signing_alg_values_supported'],
]

/**
 * What of a registration the server cannot do.
 *
 * @spec RFC 7591 §2
 */
export function findUnsupported(metadata: ClientMetadata, server: ServerDocument): ClientMetadataProblem[] {
  const document = readDocument(server)
  const choices = CHOICES.filter(([member, list, whenAbsent]) => {
    const offered = document.get(list)
    if (!isStringArray(offered)) return whenAbsent === 'refuse' && metadata[member] !== undefined
    return !valuesOf(member, metadata[member]).every((value) => offered.includes(value))
  })
  const features = FEATURES.filter(([member, feature]) => metadata[member] === true && !document.has(feature))
  return [...choices, ...features].map(([member, listed]) => ({
    member,
    problem: `"${member}" asks for something that this server does not do: see "${listed}" of its metadata`,
  }))
}

/** The members that mean something to this server. @spec RFC 7591 §2 */
export function withoutMeaningless(metadata: ClientMetadata, server: ServerDocument): ClientMetadata {
  const document = readDocument(server)
  const kept: ClientMetadata = { ...metadata }
  for (const [member, list, whenAbsent] of CHOICES) {
    // Without a list of scopes, any scope will do.
    if (member !== 'scope' && whenAbsent === undefined && !document.has(list)) delete kept[member]
  }
  if (document.get('request_uri_parameter_supported') !== true) delete kept.request_uris
  return kept
}

function readDocument(server: ServerDocument): ReadonlyMap<string, unknown> {
  return new Map(Object.entries(server).filter(([, value]) => value !== undefined))
}

/** A member's value as a list. The words of a response type are a set: in whatever order they come, it is the same. */
function valuesOf(member: Member, value: unknown): readonly string[] {
  if (typeof value === 'string') return member === 'scope' ? parseScope(value) : [value]
  if (!isStringArray(value)) return []
  return member === 'response_types' ? value.map(normalizeResponseType) : value
}
