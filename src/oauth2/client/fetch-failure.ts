import { FetchError, type FetchErrorCode } from '../../http/fetch-error.ts'
import { ClientError, type ClientErrorCode, type ClientStage } from './errors.ts'

/** What was going on when a call failed. */
export interface CallDescription {
  readonly stage: ClientStage
  readonly endpoint: string
  /** The code for an answer that is not of the form it has to have. */
  readonly invalid: ClientErrorCode
}

const CODES: Readonly<Record<Exclude<FetchErrorCode, 'content_type' | 'invalid_json'>, ClientErrorCode>> = {
  timeout: 'request_failed',
  network: 'request_failed',
  too_large: 'response_too_large',
  redirect: 'redirect_refused',
  insecure: 'insecure_endpoint',
  private_address: 'insecure_endpoint',
}

/** A failed call as an error that says at which step of the protocol it failed; other exceptions stay what they are. */
export function toClientError(error: unknown, call: CallDescription): unknown {
  if (!(error instanceof FetchError)) return error
  return new ClientError(codeOf(error, call), error.message, {
    stage: call.stage,
    endpoint: call.endpoint,
    cause: error,
    status: error.status,
  })
}

/** The page with which a gateway says that it is out of order is a failure, not a wrong answer. */
function codeOf({ code, status }: FetchError, call: CallDescription): ClientErrorCode {
  if (code === 'content_type' || code === 'invalid_json') {
    return status !== undefined && status >= 500 ? 'request_failed' : call.invalid
  }
  return CODES[code]
}
