import { isSecretName, REDACTED, redactText } from './redact-text.ts'

const MAX_DEPTH = 8
const MAX_ITEMS = 100

/** Members of a private or symmetric JWK (RFC 7518 §6.2.2, §6.3.2, §6.4.1; RFC 8037 §2). */
const JWK_SECRETS: ReadonlySet<string> = new Set(['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'])

/**
 * A copy of a value that may be logged: plain data without secrets, whatever it was nested in. Errors keep name, code,
 * message, stack and cause; bytes, functions and what is too deep or too much become a note.
 */
export function redact(value: unknown): unknown {
  return copy(value, [])
}

function copy(value: unknown, parents: readonly object[]): unknown {
  if (typeof value === 'string') return redactText(value)
  if (typeof value === 'bigint' || typeof value === 'symbol') return String(value)
  if (typeof value === 'function') return '[function]'
  if (typeof value !== 'object' || value === null) return value
  if (parents.includes(value)) return '[circular]'
  if (parents.length >= MAX_DEPTH) return '[too deep]'
  return copyObject(value, [...parents, value])
}

function copyObject(value: object, parents: readonly object[]): unknown {
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return '[bytes]'
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? '[invalid date]' : value.toISOString()
  if (value instanceof URL) return redactText(value.href)
  if (value instanceof Error) return copyError(value, parents)
  if (value instanceof Set || Array.isArray(value)) return copyItems([...value], parents)
  if (hasEntries(value)) return copyMembers(value.entries(), parents)
  return copyMembers(Object.entries(value), parents, 'kty' in value)
}

/** Maps, headers, search parameters and forms. */
function hasEntries(value: object): value is { entries(): Iterable<readonly [unknown, unknown]> } {
  return [Map, Headers, URLSearchParams, FormData].some((type) => value instanceof type)
}

/** What follows a secret's name in a list is taken for its value: headers travel as pairs and as flat lists. */
function copyItems(items: readonly unknown[], parents: readonly object[]): unknown[] {
  return items.slice(0, MAX_ITEMS).map((item, index) => {
    const before = items[index - 1]
    return typeof before === 'string' && isSecretName(before) ? REDACTED : copy(item, parents)
  })
}

function copyMembers(
  members: Iterable<readonly [unknown, unknown]>,
  parents: readonly object[],
  isJwk = false,
): Record<string, unknown> {
  const copies: [string, unknown][] = []
  for (const [key, member] of members) {
    if (copies.length === MAX_ITEMS) break
    const name = typeof key === 'string' ? key : `[${typeof key}]`
    const isSecret = isSecretName(name) || (isJwk && JWK_SECRETS.has(name))
    copies.push([redactText(name), isSecret && member !== undefined ? REDACTED : copy(member, parents)])
  }
  // Not by assignment: a member named __proto__ stays a member.
  return Object.fromEntries(copies)
}

/** An error's `code` is a word of a fixed list, unlike the parameter of that name, and its message is not enumerable. */
function copyError(error: Error, parents: readonly object[]): Record<string, unknown> {
  const { code, cause: _cause, ...own } = { ...error } as Record<string, unknown>
  return {
    name: redactText(String(error.name)),
    ...(isErrorCode(code) ? { code } : {}),
    message: redactText(String(error.message)),
    ...copyMembers(Object.entries(own), parents),
    ...(error.stack === undefined ? {} : { stack: redactText(error.stack) }),
    ...(error instanceof AggregateError ? { errors: copy(error.errors, parents) } : {}),
    ...(error.cause === undefined ? {} : { cause: copy(error.cause, parents) }),
  }
}

/** `invalid_grant`, `ECONNREFUSED`: one case throughout, which random text is not. */
function isErrorCode(code: unknown): code is string | number {
  return typeof code === 'number' || (typeof code === 'string' && /^(?:[a-z_]{1,64}|[A-Z0-9_]{1,64})$/.test(code))
}
