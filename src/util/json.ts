export type JsonPrimitive = string | number | boolean | null
export type JsonValue = JsonPrimitive | JsonValue[] | JsonObject

/** A JSON object. A member that is `undefined` is one that is absent, as `JSON.stringify` has it. */
export interface JsonObject {
  [name: string]: JsonValue | undefined
}

export interface JsonObjectOptions {
  /** Refuse an object, at any depth, that names a member twice (RFC 7515 §4). Otherwise the last one wins. */
  readonly rejectDuplicates?: boolean
}

/**
 * Parses a JSON text whose value must be an object.
 *
 * Members that would reach an object's prototype when a careless copy is made (`__proto__`, `constructor.prototype`) are
 * refused. The messages never contain the text: the platform's own do.
 *
 * @throws SyntaxError
 * @spec RFC 8259 §4
 */
export function parseJsonObject(text: string, options: JsonObjectOptions = {}): JsonObject {
  const value = parse(text)
  if (!isJsonObject(value)) throw new SyntaxError('JSON text is not an object')
  refuseMembers(text, value, options)
  return value
}

/**
 * Parses a JSON text whose value must be an array. What holds for objects holds for those within it.
 *
 * @throws SyntaxError
 * @spec RFC 8259 §5
 */
export function parseJsonArray(text: string, options: JsonObjectOptions = {}): JsonValue[] {
  const value = parse(text)
  if (!Array.isArray(value)) throw new SyntaxError('JSON text is not an array')
  refuseMembers(text, value, options)
  return value
}

function refuseMembers(text: string, value: object, { rejectDuplicates }: JsonObjectOptions): void {
  if (mayReachPrototype(text)) refusePrototypeMembers(value)
  if (rejectDuplicates === true) refuseDuplicateMembers(text)
}

/** Whether what came from JSON is an object, not an array or null. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function parse(text: string): JsonValue {
  try {
    return JSON.parse(text)
  } catch {
    throw new SyntaxError('text is not JSON')
  }
}

/** A cheap look that spares nearly every text the walk: an escape could spell either name. */
function mayReachPrototype(text: string): boolean {
  return text.includes('__proto__') || text.includes('constructor') || text.includes('\\u')
}

/** Walks without recursion, so that a deeply nested text cannot exhaust the stack. */
function refusePrototypeMembers(root: object): void {
  const pending: object[] = [root]
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    for (const [name, member] of Object.entries(value)) {
      if (name === '__proto__' || (name === 'constructor' && holdsPrototype(member))) {
        throw new SyntaxError('JSON object has a member that names an object prototype')
      }
      if (typeof member === 'object' && member !== null) pending.push(member)
    }
  }
}

function holdsPrototype(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, 'prototype')
}

/** Strings, and the braces that open and close objects, in a text that is known to be JSON. */
const STRINGS_AND_BRACES = /"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?|[{}]/g

/** @spec RFC 7515 §4 */
function refuseDuplicateMembers(text: string): void {
  const open: Set<string>[] = []
  for (const [token, colon] of text.matchAll(STRINGS_AND_BRACES)) {
    if (token === '{') open.push(new Set())
    else if (token === '}') open.pop()
    else if (colon !== undefined) refuseSecond(JSON.parse(token.slice(0, -colon.length)), open.at(-1))
  }
}

function refuseSecond(name: string, seen: Set<string> | undefined): void {
  if (seen?.has(name)) throw new SyntaxError('JSON object names a member twice')
  seen?.add(name)
}
