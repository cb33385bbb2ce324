import type { Seconds } from '../../util/clock.ts'
import { isJsonObject, type JsonValue } from '../../util/json.ts'

/** How long somebody may take to log in. */
export const TRANSACTION_LIFETIME: Seconds = 600

/** What it is that is under way. */
export type TransactionKind = 'login' | 'logout'

/** All that has to be known when a browser that was sent away comes back. */
export type Transaction = {
  readonly provider: string
  readonly issuer?: string
  readonly state: string
  /** Where the browser comes back to. */
  readonly redirectUri: string
  readonly codeVerifier?: string
  readonly nonce?: string
  readonly maxAge?: Seconds
  /** What was asked for, and what for, where it was something else than the client's own. */
  readonly scope?: string
  readonly resource?: string[]
  /** Whether it comes back by a form that another site posts. */
  readonly isPosted?: boolean
  /** A path of the application, checked to be one. */
  readonly returnTo?: string
  /** The application's own, given back to it. */
  readonly data?: JsonValue
  readonly createdAt: Seconds
}

/** What the browser carries of an attempt: all of it, or what finds it and the ticket for the rest. */
export type CarriedTransaction = Transaction & { readonly ticket?: string }

/** What was sealed is what was meant to be: only the form is looked at, for seals of an older release. */
export function readTransaction(value: JsonValue | undefined): CarriedTransaction | undefined {
  return isTransaction(value) ? value : undefined
}

function isTransaction(value: JsonValue | undefined): value is CarriedTransaction {
  if (!isJsonObject(value)) return false
  const { provider, state, redirectUri, createdAt } = value
  return [provider, state, redirectUri].every((text) => typeof text === 'string') && typeof createdAt === 'number'
}
