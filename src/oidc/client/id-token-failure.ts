import { JoseError, type JoseErrorCode } from '../../jose/errors.ts'
import { ClientError, type ClientErrorCode } from '../../oauth2/client/errors.ts'

/** What a refusal of the JWT means for the login. What is not in here is a fault of the token's form. */
const CODES: Partial<Record<JoseErrorCode, ClientErrorCode>> = {
  algorithm_missing: 'id_token_algorithm_refused',
  algorithm_unsupported: 'id_token_algorithm_refused',
  algorithm_not_allowed: 'id_token_algorithm_refused',
  algorithms_required: 'id_token_algorithm_refused',
  key_not_found: 'id_token_key_not_found',
  jwks_invalid: 'keys_unavailable',
  jwks_unavailable: 'keys_unavailable',
  signature_invalid: 'id_token_signature_invalid',
  claim_missing: 'id_token_claim_missing',
  claim_invalid: 'id_token_claim_invalid',
  token_expired: 'id_token_expired',
  token_not_yet_valid: 'id_token_not_yet_valid',
  token_too_old: 'id_token_too_old',
}

/** The claims whose value must be an expected one. */
const MISMATCHES: ReadonlyMap<string, ClientErrorCode> = new Map([
  ['iss', 'id_token_issuer_mismatch'],
  ['aud', 'id_token_audience_mismatch'],
])

/** A refused ID token as an error of the login; other exceptions stay what they are. */
export function toIdTokenError(error: unknown): unknown {
  if (!(error instanceof JoseError)) return error
  const code = MISMATCHES.get(error.code === 'claim_mismatch' ? (error.claim ?? '') : '') ?? CODES[error.code]
  return new ClientError(code ?? 'id_token_malformed', `ID token refused: ${error.message}`, {
    cause: error,
    ...(error.claim !== undefined && { parameter: error.claim }),
  })
}
