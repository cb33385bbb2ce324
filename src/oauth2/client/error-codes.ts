/*
 * Every code of `ClientError`, by the step of the protocol that it is about. The first word of a code tells the step
 * (`stageOf` in errors.ts): a new first word does not compile before it is told there which one it belongs to.
 */
export const CLIENT_ERROR_CODES = [
  // any call of a server
  'request_failed',
  'response_too_large',
  'redirect_refused',
  'insecure_endpoint',
  'endpoint_missing',
  // the server's description of itself
  'discovery_failed',
  'metadata_invalid',
  // the way to the authorization server
  'provider_unknown',
  'return_to_refused',
  'pushed_request_refused',
  'pushed_response_invalid',
  // the way back from the authorization server
  'callback_invalid',
  'transaction_missing',
  'transaction_expired',
  'transaction_mismatch',
  'transaction_used',
  'state_missing',
  'state_mismatch',
  'issuer_missing',
  'issuer_mismatch',
  'authorization_refused',
  'code_missing',
  // tokens
  'token_response_invalid',
  'token_type_downgraded',
  'token_refused',
  'missing_token',
  'token_expired',
  'token_type_unsupported',
  'token_update_conflict',
  'token_renewal_timeout',
  'revocation_refused',
  // tokens without a browser, and questions about tokens
  'device_refused',
  'device_response_invalid',
  'device_denied',
  'device_expired',
  'introspection_refused',
  'introspection_response_invalid',
  // the client's registration
  'registration_refused',
  'registration_response_invalid',
  // an API that does not open
  'access_refused',
  'resource_mismatch',
  // the ID token
  'id_token_missing',
  'id_token_malformed',
  'id_token_algorithm_refused',
  'id_token_key_not_found',
  'id_token_signature_invalid',
  'id_token_claim_missing',
  'id_token_claim_invalid',
  'id_token_issuer_mismatch',
  'id_token_audience_mismatch',
  'id_token_azp_mismatch',
  'id_token_subject_mismatch',
  'id_token_expired',
  'id_token_not_yet_valid',
  'id_token_nonce_mismatch',
  'id_token_nonce_unexpected',
  'id_token_hash_mismatch',
  'id_token_authentication_too_old',
  'id_token_acr_mismatch',
  'id_token_too_old',
  'id_token_encrypted',
  'id_token_not_encrypted',
  'id_token_decryption_failed',
  'keys_unavailable',
  // userinfo
  'userinfo_refused',
  'userinfo_invalid',
  'userinfo_subject_mismatch',
  // the provider says that somebody logged out
  'logout_request_invalid',
  'logout_token_invalid',
  'logout_token_replayed',
] as const

export type ClientErrorCode = (typeof CLIENT_ERROR_CODES)[number]
