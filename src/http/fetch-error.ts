import { parseUrl } from './url.ts'

const MEANING = {
  timeout: 'took too long',
  too_large: 'answered more than is allowed',
  redirect: 'answered with a redirect, which is not followed',
  insecure:
    'is not allowed: "url" must be absolute and https, or http on a loopback address, without user and password',
  private_address: 'is not allowed: the host is on this machine or in a private network',
  network: 'failed on the network',
  content_type: 'answered something other than application/json',
  invalid_json: 'answered what is not a JSON object in UTF-8',
} as const

export type FetchErrorCode = keyof typeof MEANING

export interface FetchErrorDetails {
  /** The status of the response, where there was one. */
  readonly status?: number
  readonly cause?: unknown
}

/** A request of ours that came to nothing. It names where it went, without the query, which may hold secrets. */
export class FetchError extends Error {
  override readonly name: string = 'FetchError'
  readonly code: FetchErrorCode
  readonly status?: number

  constructor(code: FetchErrorCode, request: { method?: string; url: string }, details: FetchErrorDetails = {}) {
    const { status, cause } = details
    const suffix = status === undefined ? '' : ` (status ${status})`
    super(`${describe(request)} ${MEANING[code]}${suffix}`, cause === undefined ? undefined : { cause: bare(cause) })
    this.code = code
    if (status !== undefined) this.status = status
  }
}

/** Parsers keep what they could not read of a response, in the error or the one behind it: it may hold a token. */
function bare(cause: unknown): unknown {
  for (const error of [cause, cause instanceof Error ? cause.cause : undefined]) {
    if (!(error instanceof Error)) continue
    for (const name of ['rawPacket', 'data']) Reflect.deleteProperty(error, name)
  }
  return cause
}

function describe({ method = 'GET', url }: { method?: string; url: string }): string {
  const parsed = parseUrl(url)
  return parsed === undefined ? `${method} request` : `${method} ${parsed.origin}${parsed.pathname}`
}
