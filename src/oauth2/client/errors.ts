import { isOAuth2ErrorCode } from '../errors.ts'

/** The step of the protocol that failed. */
export type ClientStage =
  | 'discovery'
  | 'authorization'
  | 'callback'
  | 'token'
  | 'refresh'
  | 'revocation'
  | 'introspection'
  | 'registration'
  | 'device'
  | 'id_token'
  | 'userinfo'
  | 'logout'
  | 'resource'

/** Every code and the step it belongs to where nothing else is said. */
const STAGE = {
  // any call to a server
  request_failed: 'resource',
  response_too_large: 'resource',
  redirect_refused: 'resource',
  insecure_endpoint: 'resource',
  endpoint_missing: 'discovery',
  // the server's description of itself
  discovery_failed: 'discovery',
  metadata_invalid: 'discovery',
  // the way to the authorization server
  provider_unknown: 'authorization',
  return_to_refused: 'authorization',
  pushed_request_refused: 'authorization',
  pushed_response_invalid: 'authorization',
  // the way back from the authorization server
  callback_invalid: 'callback',
  transaction_missing: 'callback',
  transaction_expired: 'callback',
  transaction_mismatch: 'callback',
  transaction_used: 'callback',
  state_missing: 'callback',
  state_mismatch: 'callback',
  issuer_missing: 'callback',
  issuer_mismatch: 'callback',
  authorization_refused: 'callback',
  code_missing: 'callback',
  // tokens
  token_response_invalid: 'token',
  token_type_downgraded: 'token',
  token_refused: 'token',
  missing_token: 'resource',
  token_expired: 'resource',
  token_type_unsupported: 'resource',
  token_update_conflict: 'refresh',
  revocation_refused: 'revocation',
  // tokens without a browser, and questions about tokens
  device_refused: 'device',
  device_response_invalid: 'device',
  device_denied: 'device',
  device_expired: 'device',
  introspection_refused: 'introspection',
  introspection_response_invalid: 'introspection',
  // the client's registration
  registration_refused: 'registration',
  registration_response_invalid: 'registration',
  // an API that does not open
  access_refused: 'resource',
  resource_mismatch: 'resource',
  // the ID token
  id_token_missing: 'id_token',
  id_token_malformed: 'id_token',
  id_token_algorithm_refused: 'id_token',
  id_token_key_not_found: 'id_token',
  id_token_signature_invalid: 'id_token',
  id_token_claim_missing: 'id_token',
  id_token_claim_invalid: 'id_token',
  id_token_issuer_mismatch: 'id_token',
  id_token_audience_mismatch: 'id_token',
  id_token_azp_mismatch: 'id_token',
  id_token_subject_mismatch: 'id_token',
  id_token_expired: 'id_token',
  id_token_not_yet_valid: 'id_token',
  id_token_nonce_mismatch: 'id_token',
  id_token_nonce_unexpected: 'id_token',
  id_token_hash_mismatch: 'id_token',
  id_token_authentication_too_old: 'id_token',
  id_token_acr_mismatch: 'id_token',
  id_token_too_old: 'id_token',
  id_token_encrypted: 'id_token',
  id_token_not_encrypted: 'id_token',
  id_token_decryption_failed: 'id_token',
  keys_unavailable: 'id_token',
  // userinfo
  userinfo_refused: 'userinfo',
  userinfo_invalid: 'userinfo',
  userinfo_subject_mismatch: 'userinfo',
  // the provider says that somebody logged out
  logout_request_invalid: 'logout',
  logout_token_invalid: 'logout',
  logout_token_replayed: 'logout',
} as const

export type ClientErrorCode = keyof typeof STAGE

/** Every code, for what has to know them all. */
export const CLIENT_ERROR_CODES: readonly ClientErrorCode[] = /* @__PURE__ */ Object.keys(STAGE).filter(
  (code): code is ClientErrorCode => Object.hasOwn(STAGE, code),
)

/** What a provider said when it refused. Its words: fit for a log or a support page, not for decisions or as HTML. */
export interface ProviderRefusal {
  readonly error: string
  readonly error_description?: string
  readonly error_uri?: string
}

export interface ClientErrorOptions {
  /** Where the code alone does not say it. */
  stage?: ClientStage
  /** The address that was called; query and user information are dropped. */
  endpoint?: string | undefined
  /** The HTTP status of the answer. */
  status?: number | undefined
  /** What the provider said. */
  refusal?: ProviderRefusal | undefined
  /** The claim or parameter that it is about. */
  parameter?: string
  /** The exception behind it. */
  cause?: unknown
}

/**
 * A server answered wrongly, refused, or a login did not come back as it left. `code` is stable; the message names the
 * parameter, its meaning and what was expected, and holds nothing that was received. It may be logged as it is.
 *
 * @example
 * try {
 *   await oauth.google.authorizeAccessToken(request)
 * } catch (error) {
 *   if (error instanceof ClientError && error.code === 'authorization_refused') return showDeclined(error.refusal?.error)
 *   throw error
 * }
 */
export class ClientError extends Error {
  override readonly name: string = 'ClientError'
  readonly code: ClientErrorCode
  readonly stage: ClientStage
  readonly endpoint?: string
  readonly status?: number
  readonly refusal?: ProviderRefusal
  readonly parameter?: string

  constructor(code: ClientErrorCode, message: string, options: ClientErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.stage = options.stage ?? STAGE[code]
    if (options.endpoint !== undefined) this.endpoint = withoutQuery(options.endpoint)
    if (options.status !== undefined) this.status = options.status
    if (options.refusal !== undefined) this.refusal = options.refusal
    if (options.parameter !== undefined) this.parameter = options.parameter
  }
}

const MAX_REFUSAL_LENGTH = 500

/**
 * Reads `error`, `error_description` and `error_uri` out of an answer. Control characters and what is not ASCII are
 * dropped, so that a log line or a terminal cannot be forged; quotes, which the specification forbids too, are common.
 *
 * @spec RFC 6749 §4.1.2.1
 * @spec RFC 6749 §5.2
 */
export function readRefusal(read: (name: string) => unknown): ProviderRefusal | undefined {
  const error = toRefusalText(read('error'))
  if (error === undefined) return undefined
  const description = toRefusalText(read('error_description'))
  const uri = toRefusalText(read('error_uri'))
  return {
    error,
    ...(description !== undefined && { error_description: description }),
    ...(uri !== undefined && { error_uri: uri }),
  }
}

/** A refusal's code for a message: only registered ones, which cannot carry anybody's text. */
export function nameOfRefusal(refusal: ProviderRefusal | undefined): string {
  return refusal !== undefined && isOAuth2ErrorCode(refusal.error) ? ` (${refusal.error})` : ''
}

/** A text of somebody else's, fit for a log: short, and without what could forge a line. */
export function toRefusalText(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined
  const text = value.slice(0, MAX_REFUSAL_LENGTH).replaceAll(/[^\x20-\x7e]/g, '')
  return text === '' ? undefined : text
}

function withoutQuery(endpoint: string): string {
  return URL.canParse(endpoint) ? new URL(endpoint).origin + new URL(endpoint).pathname : ''
}
