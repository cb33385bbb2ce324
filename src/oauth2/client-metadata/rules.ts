import { findRedirectUriProblem } from '../redirect-uri.ts'
import type { ClientMetadataProblem } from './problem.ts'
import type { ClientMetadata } from './types.ts'

type Rule = (metadata: ClientMetadata) => readonly (ClientMetadataProblem | undefined)[]

/** What the members of one registration must be beside each other. */
const RULES: readonly Rule[] = [
  redirectUris,
  redirectUriMissing,
  responseTypes,
  credentials,
  keys,
  assertionAlgorithm,
  encryption,
]

/** Each rule that the metadata breaks. The values themselves were checked before. @spec RFC 7591 §2 */
export function findBrokenRules(metadata: ClientMetadata): ClientMetadataProblem[] {
  return RULES.flatMap((rule) => rule(metadata)).filter((problem) => problem !== undefined)
}

function broken(member: keyof ClientMetadata & string, problem: string): ClientMetadataProblem {
  return { member, problem }
}

/**
 * The same rule for every place that a browser is sent to.
 *
 * @spec RFC 6749 §3.1.2.2
 * @spec OIDC RP-Initiated Logout §3.1
 */
function redirectUris(metadata: ClientMetadata): ClientMetadataProblem[] {
  return (['redirect_uris', 'post_logout_redirect_uris'] as const).flatMap((member) =>
    (metadata[member] ?? []).flatMap((uri) => {
      const problem = findRedirectUriProblem(uri, metadata.application_type)
      return problem === undefined ? [] : [broken(member, `each of "${member}" ${problem}`)]
    }),
  )
}

/** @spec RFC 7591 §2 */
function redirectUriMissing(metadata: ClientMetadata): (ClientMetadataProblem | undefined)[] {
  if ((metadata.redirect_uris ?? []).length > 0) return []
  const grantTypes = grantTypesOf(metadata)
  return [
    grantTypes.includes('authorization_code')
      ? broken('redirect_uris', '"redirect_uris" must name at least one for the authorization code grant')
      : undefined,
    grantTypes.includes('implicit')
      ? broken('redirect_uris', '"redirect_uris" must name at least one for the implicit grant')
      : undefined,
  ]
}

/** What a response type carries, and the grant type that goes with it. */
const GRANT_TYPES: readonly [word: string, grantType: string][] = [
  ['code', 'authorization_code'],
  ['token', 'implicit'],
  ['id_token', 'implicit'],
]

/**
 * Response types and grant types say the same twice; where one is left out, the other decides.
 *
 * @spec RFC 7591 §2.1
 * @spec OIDC Registration §2
 */
function responseTypes(metadata: ClientMetadata): (ClientMetadataProblem | undefined)[] {
  const { response_types } = metadata
  if (response_types === undefined) return []
  const grantTypes = grantTypesOf(metadata)
  const words = new Set(response_types.flatMap((type) => type.split(' ')))
  return [
    ...GRANT_TYPES.map(([word, grantType]) =>
      words.has(word) && !grantTypes.includes(grantType)
        ? broken('response_types', `"response_types" with "${word}" needs "${grantType}" among "grant_types"`)
        : undefined,
    ),
    grantTypes.includes('authorization_code') && !words.has('code')
      ? broken('response_types', '"response_types" must have one with "code" for the authorization code grant')
      : undefined,
  ]
}

/** A client that is nobody in particular acts for nobody. @spec RFC 6749 §4.4 */
function credentials(metadata: ClientMetadata): (ClientMetadataProblem | undefined)[] {
  return [
    metadata.token_endpoint_auth_method === 'none' && grantTypesOf(metadata).includes('client_credentials')
      ? broken(
          'grant_types',
          '"grant_types" must not include "client_credentials" for a client that has no credentials',
        )
      : undefined,
  ]
}

/** @spec RFC 7591 §2 */
function keys({ jwks, jwks_uri, token_endpoint_auth_method }: ClientMetadata): (ClientMetadataProblem | undefined)[] {
  return [
    jwks !== undefined && jwks_uri !== undefined
      ? broken('jwks', '"jwks" and "jwks_uri" must not be given together')
      : undefined,
    token_endpoint_auth_method === 'private_key_jwt' && jwks === undefined && jwks_uri === undefined
      ? broken('jwks', '"jwks" or "jwks_uri" is missing: "private_key_jwt" is checked with the client\'s keys')
      : undefined,
  ]
}

/** Secrets make one kind of signature, keys another. @spec OIDC Core §9 */
function assertionAlgorithm({
  token_endpoint_auth_method: method,
  token_endpoint_auth_signing_alg: alg,
}: ClientMetadata): (ClientMetadataProblem | undefined)[] {
  if (alg === undefined) return []
  const isSecret = alg.startsWith('HS')
  const member = 'token_endpoint_auth_signing_alg'
  return [
    method === 'client_secret_jwt' && !isSecret
      ? broken(member, `"${member}" must be one that signs with the secret for "client_secret_jwt"`)
      : undefined,
    method === 'private_key_jwt' && isSecret
      ? broken(member, `"${member}" must be one that signs with a private key for "private_key_jwt"`)
      : undefined,
  ]
}

const ENCRYPTED = [
  ['introspection_encrypted_response_alg', 'introspection_encrypted_response_enc'],
  ['id_token_encrypted_response_alg', 'id_token_encrypted_response_enc'],
  ['userinfo_encrypted_response_alg', 'userinfo_encrypted_response_enc'],
] as const

/** What is encrypted to the client needs a key of its; how the content is encrypted says nothing alone. @spec OIDC Registration §2 */
function encryption(metadata: ClientMetadata): (ClientMetadataProblem | undefined)[] {
  const hasKeys = metadata.jwks !== undefined || metadata.jwks_uri !== undefined
  return ENCRYPTED.flatMap(([alg, enc]) => [
    metadata[enc] !== undefined && metadata[alg] === undefined
      ? broken(enc, `"${enc}" must not be given without "${alg}"`)
      : undefined,
    metadata[alg] !== undefined && !hasKeys
      ? broken(alg, `"${alg}" needs a key to encrypt to: "jwks" or "jwks_uri"`)
      : undefined,
  ])
}

/** @spec RFC 7591 §2 */
function grantTypesOf({ grant_types }: ClientMetadata): readonly string[] {
  return grant_types ?? ['authorization_code']
}
