import type { Seconds } from '../util/clock.ts'
import { isJsonObject, type JsonValue } from '../util/json.ts'
import type { Session, SessionChange, SessionContent, SessionLogin, SessionToken } from './session.ts'

export type Tokens = Readonly<Record<string, SessionToken>>

/** A session as it is kept. */
export interface SessionRecord<T> {
  readonly id: string
  readonly data: T
  readonly tokens: Tokens
  readonly login?: SessionLogin
  /** Those that the login had when the session began: see `Logouts`. */
  readonly marks?: readonly string[]
  readonly begunAt: Seconds
  readonly usedAt: Seconds
}

/** A new session. */
export function toRecord<T>(
  id: string,
  { data, tokens = {}, login }: SessionContent<T>,
  marks: readonly string[],
  now: Seconds,
): SessionRecord<T> {
  return {
    id,
    data,
    tokens: mergeTokens({}, tokens),
    begunAt: now,
    usedAt: now,
    ...(login !== undefined && { login, marks }),
  }
}

/** The session as the application sees it. */
export function toSession<T>({ begunAt, usedAt, marks: _, ...session }: SessionRecord<T>): Session<T> {
  return { ...session, createdAt: begunAt, lastUsedAt: usedAt }
}

export function changeRecord<T>(record: SessionRecord<T>, change: SessionChange<T>): SessionRecord<T> {
  return {
    ...record,
    ...('data' in change && { data: change.data as T }),
    ...(change.tokens !== undefined && { tokens: mergeTokens(record.tokens, change.tokens) }),
  }
}

/** Whether two token sets are the same one. */
export function isSameToken(a: SessionToken | undefined, b: SessionToken): boolean {
  return a?.access_token === b.access_token && a.refresh_token === b.refresh_token
}

/** The token of one provider, and nothing that objects have by nature. */
export function tokenOf(tokens: Tokens, provider: string): SessionToken | undefined {
  return Object.hasOwn(tokens, provider) ? tokens[provider] : undefined
}

/** What was sealed is what was meant to be: only the form is looked at, for seals of an older release. */
export function readRecord<T>(value: JsonValue | undefined): SessionRecord<T> | undefined {
  if (!isJsonObject(value)) return undefined
  const { id, tokens, begunAt, usedAt } = value
  const isRecord =
    typeof id === 'string' && isJsonObject(tokens) && typeof begunAt === 'number' && typeof usedAt === 'number'
  return isRecord ? (value as unknown as SessionRecord<T>) : undefined
}

function mergeTokens(tokens: Tokens, changes: Readonly<Record<string, SessionToken | undefined>>): Tokens {
  const merged = new Map(Object.entries(tokens))
  for (const [provider, token] of Object.entries(changes)) {
    if (token === undefined) merged.delete(provider)
    else merged.set(provider, withoutUserinfo(token))
  }
  return Object.fromEntries(merged)
}

function withoutUserinfo({ userinfo: _, ...token }: SessionToken): SessionToken {
  return token as SessionToken
}
