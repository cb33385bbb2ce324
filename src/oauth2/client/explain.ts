import { FetchError } from '../../http/fetch-error.ts'
import { JoseError } from '../../jose/errors.ts'
import { ConfigurationError } from '../../util/configuration-error.ts'
import { isOAuth2ErrorCode } from '../errors.ts'
import { ClientError, type ClientErrorCode, type ClientStage } from './errors.ts'
import type { Entries, Entry } from './explanations/entry.ts'
import { FETCH } from './explanations/fetch.ts'
import { IDENTITY } from './explanations/id-token.ts'
import { JOSE } from './explanations/jose.ts'
import { LOGIN } from './explanations/login.ts'
import { REFUSALS } from './explanations/refusals.ts'
import { TOKENS } from './explanations/tokens.ts'
import { WIRE } from './explanations/wire.ts'

/** What an error means, for the people who run an application. It holds no secret, and nothing that was received. */
export interface Explanation extends Entry {
  /** The error's own; `configuration` and `unknown` for those that have none. */
  readonly code: string
  /** The step of the protocol that failed. */
  readonly stage?: ClientStage
  /** The address that was called, without its query. */
  readonly endpoint?: string
  /** The HTTP status of the answer. */
  readonly status?: number
  /** The code with which the provider refused, where it is a registered one. */
  readonly refusal?: string
  /** The page about it. */
  readonly docs: string
}

const DOCS = 'https://github.com/authwright/authwright/blob/main/docs/guide/client/errors.md'

/** What is known about each code of a `ClientError`. */
export const CLIENT_ENTRIES: Entries<ClientErrorCode> = { ...WIRE, ...LOGIN, ...TOKENS, ...IDENTITY }

const UNKNOWN: Entry = {
  meaning: 'An exception that is none of this package.',
  causes: ['a function of the application threw it', 'a mistake in this package'],
  fix: 'Look at its stack.',
}

const CONFIGURATION: Omit<Entry, 'causes'> = {
  meaning: 'Something is set up in a way that cannot work.',
  fix: 'Correct what the causes name. This is thrown before anything is sent.',
}

/**
 * Says what an error means, why it usually happens and what to do about it.
 *
 * @example
 * const { meaning, causes, fix, docs } = explain(error)
 * console.error(`${meaning} ${fix} ${docs}`)
 */
export function explain(error: unknown): Explanation {
  for (const known of withCauses(error)) {
    const explanation = explainKnown(known)
    if (explanation !== undefined) return explanation
  }
  return { code: 'unknown', ...UNKNOWN, docs: `${DOCS}#other-errors` }
}

function explainKnown(error: unknown): Explanation | undefined {
  if (error instanceof ClientError) return explainClientError(error)
  if (error instanceof JoseError) return describe('JoseError', error.code, JOSE[error.code])
  if (error instanceof FetchError) {
    const { code, status } = error
    return { ...describe('FetchError', code, FETCH[code]), ...(status !== undefined && { status }) }
  }
  if (!(error instanceof ConfigurationError)) return undefined
  return { code: 'configuration', ...CONFIGURATION, causes: error.problems, docs: `${DOCS}#other-errors` }
}

function explainClientError({ code, stage, endpoint, status, refusal }: ClientError): Explanation {
  const name = refusal !== undefined && isOAuth2ErrorCode(refusal.error) ? refusal.error : undefined
  const said = name !== undefined && Object.hasOwn(REFUSALS, name) ? REFUSALS[name] : undefined
  return {
    ...describe('ClientError', code, CLIENT_ENTRIES[code]),
    ...said,
    stage,
    ...(endpoint !== undefined && { endpoint }),
    ...(status !== undefined && { status }),
    ...(name !== undefined && { refusal: name }),
  }
}

function describe(family: string, code: string, entry: Entry = UNKNOWN): Explanation {
  // The heading of the page, as its address has it.
  return { code, ...entry, docs: `${DOCS}#${family.toLowerCase()}-${code}` }
}

/** What an error was caused by is often what there is to say about it: frameworks wrap errors. */
function* withCauses(error: unknown): Generator<unknown> {
  let cause = error
  for (let depth = 0; depth < 5 && cause !== undefined; depth++) {
    yield cause
    cause = cause instanceof Error ? cause.cause : undefined
  }
}
