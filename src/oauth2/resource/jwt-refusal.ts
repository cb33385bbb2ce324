import type { JoseError, JoseErrorCode } from '../../jose/errors.ts'
import { OAuth2Error } from '../errors.ts'

/** What is wrong with a JWT, as the catalogue of errors calls it. Codes that start with `key_` are about the key. */
const REASONS: Partial<Record<JoseErrorCode, string>> = {
  type_mismatch: 'token_jwt_type',
  algorithm_missing: 'token_jwt_algorithm',
  algorithm_unsupported: 'token_jwt_algorithm',
  algorithm_not_allowed: 'token_jwt_algorithm',
  signature_invalid: 'token_jwt_signature',
  token_expired: 'token_expired',
  token_not_yet_valid: 'token_not_yet_valid',
}

/** @spec RFC 6750 §3.1 */
export function toTokenRefusal(error: JoseError): OAuth2Error {
  return error.code === 'jwks_unavailable' || error.code === 'jwks_invalid'
    ? cannotVerify('token_keys_unavailable', error)
    : new OAuth2Error('invalid_token', error.message, { reason: reasonOf(error), cause: error })
}

/** What this side cannot find out is not the token's fault. */
export function cannotVerify(reason: string, cause: unknown): OAuth2Error {
  const description = 'access token cannot be verified now'
  return new OAuth2Error('temporarily_unavailable', description, { reason, cause, retryAfter: 5 })
}

function reasonOf({ code, claim }: JoseError): string {
  const reason = REASONS[code]
  if (reason !== undefined) return reason
  if (claim === 'iss') return 'token_issuer'
  if (claim === 'aud') return 'token_audience'
  if (claim !== undefined) return 'token_claim_malformed'
  return code.startsWith('key_') ? 'token_jwt_key' : 'token_jwt_malformed'
}
