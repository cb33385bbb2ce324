import type { Seconds } from '../../util/clock.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../util/json.ts'

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

/** A browser may carry many attempts, and servers refuse long headers: the names of members go by one letter. */
const LETTERS: Readonly<Record<keyof CarriedTransaction, string>> = {
  provider: 'p',
  issuer: 'i',
  state: 's',
  redirectUri: 'u',
  codeVerifier: 'v',
  nonce: 'n',
  maxAge: 'm',
  scope: 'o',
  resource: 'r',
  isPosted: 'f',
  returnTo: 'b',
  data: 'd',
  createdAt: 'c',
  ticket: 't',
}
const MEMBERS: ReadonlyMap<string, string> = new Map(
  Object.entries(LETTERS).map(([member, letter]): [string, string] => [letter, member]),
)

/** What is sealed of an attempt. */
export function packTransaction(transaction: CarriedTransaction): JsonObject {
  const members = Object.entries(LETTERS).map(([member, letter]): [string, JsonValue | undefined] => [
    letter,
    transaction[member as keyof CarriedTransaction],
  ])
  return Object.fromEntries(members.filter(([, value]) => value !== undefined && value !== false))
}

/** What was sealed is what was meant to be: only the form is looked at, for seals of an older release. */
export function readTransaction(value: JsonValue | undefined): CarriedTransaction | undefined {
  if (!isJsonObject(value)) return undefined
  const members = Object.entries(value).map(([letter, member]) => [MEMBERS.get(letter) ?? letter, member])
  const transaction: JsonObject = Object.fromEntries(members)
  return isTransaction(transaction) ? transaction : undefined
}

function isTransaction(value: JsonObject): value is CarriedTransaction {
  const { provider, state, redirectUri, createdAt } = value
  return [provider, state, redirectUri].every((text) => typeof text === 'string') && typeof createdAt === 'number'
}
