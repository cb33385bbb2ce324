import type { Seconds } from '../util/clock.ts'

/**
 * Every registered error code that this package can answer with or read, with the HTTP status it has when it is
 * answered directly (not by a redirect).
 */
const STATUS = {
  // RFC 6749 §4.1.2.1, §5.2
  invalid_request: 400,
  invalid_client: 401,
  invalid_grant: 400,
  unauthorized_client: 400,
  unsupported_grant_type: 400,
  unsupported_response_type: 400,
  invalid_scope: 400,
  // RFC 8628 §3.5 lets the token endpoint say it, which answers 400
  access_denied: 400,
  server_error: 500,
  temporarily_unavailable: 503,
  // RFC 6750 §3.1
  invalid_token: 401,
  insufficient_scope: 403,
  // RFC 7009 §2.2.1
  unsupported_token_type: 400,
  // RFC 7591 §3.2.2
  invalid_redirect_uri: 400,
  invalid_client_metadata: 400,
  invalid_software_statement: 400,
  unapproved_software_statement: 400,
  // RFC 8628 §3.5
  authorization_pending: 400,
  slow_down: 400,
  expired_token: 400,
  // RFC 8707 §2
  invalid_target: 400,
  // RFC 9449 §12.2
  invalid_dpop_proof: 400,
  use_dpop_nonce: 400,
  // RFC 9470 §3
  insufficient_user_authentication: 401,
  // OIDC Core §3.1.2.6
  interaction_required: 400,
  login_required: 400,
  account_selection_required: 400,
  consent_required: 400,
  invalid_request_uri: 400,
  invalid_request_object: 400,
  request_not_supported: 400,
  request_uri_not_supported: 400,
  registration_not_supported: 400,
} as const

/** A registered `error` value. */
export type OAuth2ErrorCode = keyof typeof STATUS

export interface OAuth2ErrorOptions {
  /** The entry of the error catalogue (docs/errors.md): for the log and for pages in development. Never sent. */
  reason?: string
  /** For the log only: what exactly was wrong. Never sent. */
  detail?: string
  /** The exception behind it. For the log only, never sent. */
  cause?: unknown
  /** The HTTP status of a direct answer, where it differs from the code's own. */
  status?: number
  /** A page about this error (`error_uri`). */
  uri?: string
  /** A `WWW-Authenticate` challenge that goes with a direct answer. */
  challenge?: string
  /** When to try again, for `Retry-After`. */
  retryAfter?: Seconds
}

/**
 * A refusal that a protocol peer may see: `code` and `description` go out, `detail` and `cause` go to the log only.
 *
 * @example
 * throw new OAuth2Error('invalid_grant', 'authorization code was issued to another client', { detail: codeId })
 * @spec RFC 6749 §5.2
 */
export class OAuth2Error extends Error {
  override readonly name: string = 'OAuth2Error'
  readonly code: OAuth2ErrorCode
  readonly description: string
  readonly status: number
  readonly reason?: string
  readonly detail?: string
  readonly uri?: string
  readonly challenge?: string
  readonly retryAfter?: Seconds

  constructor(code: OAuth2ErrorCode, description: string, options: OAuth2ErrorOptions = {}) {
    const safe = toDescription(description)
    super(`${code}: ${safe}`, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.description = safe
    this.status = options.status ?? STATUS[code]
    if (options.reason !== undefined) this.reason = options.reason
    if (options.detail !== undefined) this.detail = options.detail
    if (options.uri !== undefined) this.uri = options.uri
    if (options.challenge !== undefined) this.challenge = options.challenge
    if (options.retryAfter !== undefined) this.retryAfter = options.retryAfter
  }

  /** The members that go out, in the order the specification lists them. */
  toParameters(): { error: OAuth2ErrorCode; error_description: string; error_uri?: string } {
    return {
      error: this.code,
      error_description: this.description,
      ...(this.uri === undefined ? {} : { error_uri: this.uri }),
    }
  }
}

/** Whether a value is a registered error code. */
export function isOAuth2ErrorCode(value: string): value is OAuth2ErrorCode {
  return Object.hasOwn(STATUS, value)
}

/**
 * `error_description` is limited to %x20-21 / %x23-5B / %x5D-7E. Quotes become apostrophes, the rest of what does not
 * fit is dropped: building an error must never itself fail.
 *
 * @spec RFC 6749 §5.2
 */
function toDescription(text: string): string {
  return text.replaceAll('"', "'").replaceAll(/[^\x20-\x21\x23-\x5b\x5d-\x7e]/g, '')
}
