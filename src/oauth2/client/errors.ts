import { isOAuth2ErrorCode } from '../errors.ts'
import type { ClientErrorCode } from './error-codes.ts'

export { CLIENT_ERROR_CODES, type ClientErrorCode } from './error-codes.ts'

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

/** The step that a code belongs to where nothing else is said, by its first word: a table of all codes would be in every bundle. */
const STAGES: Readonly<Record<FirstWord<ClientErrorCode>, ClientStage>> = {
  request: 'resource',
  response: 'resource',
  redirect: 'resource',
  insecure: 'resource',
  endpoint: 'discovery',
  discovery: 'discovery',
  metadata: 'discovery',
  provider: 'authorization',
  return: 'authorization',
  pushed: 'authorization',
  callback: 'callback',
  transaction: 'callback',
  state: 'callback',
  issuer: 'callback',
  authorization: 'callback',
  code: 'callback',
  token: 'token',
  missing: 'resource',
  revocation: 'revocation',
  device: 'device',
  introspection: 'introspection',
  registration: 'registration',
  access: 'resource',
  resource: 'resource',
  id: 'id_token',
  keys: 'id_token',
  userinfo: 'userinfo',
  logout: 'logout',
}

type FirstWord<Code extends string> = Code extends `${infer Word}_${string}` ? Word : never

/** Codes whose first word is that of another step. */
const EXCEPTIONS: Partial<Record<ClientErrorCode, ClientStage>> = {
  token_expired: 'resource',
  token_type_unsupported: 'resource',
  token_update_conflict: 'refresh',
}

function stageOf(code: ClientErrorCode): ClientStage {
  const stages: Partial<Record<string, ClientStage>> = STAGES
  return EXCEPTIONS[code] ?? stages[code.slice(0, code.indexOf('_'))] ?? 'resource'
}

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
    this.stage = options.stage ?? stageOf(code)
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
