/** Why a key, a signature or a token was refused. Codes are stable; sentences may improve. */
export type JoseErrorCode =
  // the form of a token
  | 'token_malformed'
  | 'token_too_large'
  | 'encoding_invalid'
  | 'header_invalid'
  | 'header_parameter_invalid'
  | 'payload_invalid'
  // what its header asks for
  | 'algorithm_missing'
  | 'algorithm_unsupported'
  | 'algorithm_not_allowed'
  | 'algorithms_required'
  | 'critical_invalid'
  | 'critical_unsupported'
  | 'type_mismatch'
  | 'encryption_missing'
  | 'encryption_unsupported'
  | 'encryption_not_allowed'
  | 'compression_not_allowed'
  // keys
  | 'key_invalid'
  | 'key_unsupported'
  | 'key_too_weak'
  | 'key_type_mismatch'
  | 'key_curve_mismatch'
  | 'key_algorithm_mismatch'
  | 'key_use_mismatch'
  | 'key_operation_mismatch'
  | 'key_not_private'
  | 'key_not_extractable'
  | 'key_symmetric'
  | 'key_not_found'
  | 'password_missing'
  | 'password_invalid'
  | 'signer_failed'
  | 'jwks_invalid'
  | 'jwks_unavailable'
  // the signature
  | 'signature_invalid'
  // the encryption
  | 'recipients_invalid'
  | 'decryption_failed'
  | 'compression_invalid'
  | 'plaintext_too_large'
  // selective disclosure
  | 'disclosure_invalid'
  | 'key_binding_missing'
  | 'key_binding_unexpected'
  // claims
  | 'claim_missing'
  | 'claim_invalid'
  | 'claim_mismatch'
  | 'token_expired'
  | 'token_not_yet_valid'
  | 'token_too_old'

export interface JoseErrorOptions {
  /** The claim that a claim error is about. */
  claim?: string | undefined
  /** The exception behind it. For the log only. */
  cause?: unknown
}

/**
 * A key, a signature or a token was refused. The message names the parameter, its meaning and what was expected; it
 * never repeats what was received, so it may be logged and shown (CVE-2025-65015).
 */
export class JoseError extends Error {
  override readonly name: string = 'JoseError'
  readonly code: JoseErrorCode
  readonly claim: string | undefined

  constructor(code: JoseErrorCode, message: string, options: JoseErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.claim = options.claim
  }
}

/** Runs a step whose exceptions say too much or too little, and throws one of ours in their place. Ours stay. */
export function orThrow<T>(step: () => T, code: JoseErrorCode, message: string): T {
  try {
    return step()
  } catch (cause) {
    throw cause instanceof JoseError ? cause : new JoseError(code, message)
  }
}
