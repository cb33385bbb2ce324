/** A store broke a promise; the message says which, what was expected and what came. */
export class StoreContractError extends Error {
  override readonly name: string = 'StoreContractError'
}

/** Compares plain data member by member; a member that is `undefined` counts as absent. */
export function expectSame(actual: unknown, expected: unknown, what: string): void {
  if (isSame(actual, expected)) return
  throw new StoreContractError(`${what}: expected ${show(expected)}, got ${show(actual)}`)
}

export function expectNothing(actual: unknown, what: string): void {
  expectSame(actual, undefined, what)
}

/** The outcomes of a race, in whatever order they came: so many of each. */
export function expectTally(
  outcomes: readonly unknown[],
  expected: Readonly<Record<string, number>>,
  what: string,
): void {
  const tally: Record<string, number> = {}
  for (const outcome of outcomes) tally[String(outcome)] = (tally[String(outcome)] ?? 0) + 1
  expectSame(tally, expected, what)
}

export function expectAtMost(actual: number, limit: number, what: string): void {
  if (Number.isInteger(actual) && actual >= 0 && actual <= limit) return
  throw new StoreContractError(`${what}: expected a whole number from 0 to ${limit}, got ${show(actual)}`)
}

function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) !== Array.isArray(b)) return false
  const members = new Map(definedMembers(b))
  const others = definedMembers(a)
  return others.length === members.size && others.every(([name, member]) => isSame(member, members.get(name)))
}

function definedMembers(value: object): [string, unknown][] {
  return Object.entries<unknown>({ ...value }).filter(([, member]) => member !== undefined)
}

const longest = 300

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > longest ? `${text.slice(0, longest)}… (${text.length} characters)` : text
}
