/**
 * A deep copy of plain data that nobody can change, so that one object can be kept and handed out many times. Members
 * that are `undefined` are left out, as in JSON: a record reads the same from every store.
 */
export function frozenCopy<T>(value: T): T
export function frozenCopy(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || isFrozenData(value)) return value
  return Object.freeze(Array.isArray(value) ? value.map((item) => frozenCopy(item)) : copyMembers(value))
}

function copyMembers(value: object): object {
  const copy: Record<string, unknown> = {}
  const members = value as Readonly<Record<string, unknown>>
  // Not by entries: a pair for each member is more garbage than the copy itself.
  for (const name of Object.keys(members)) {
    const member = members[name]
    if (member === undefined) continue
    // Assigning to this one name would change the prototype instead of making a member.
    if (name === '__proto__') Object.defineProperty(copy, name, { value: frozenCopy(member), enumerable: true })
    else copy[name] = frozenCopy(member)
  }
  return copy
}

/** Whether nobody can change it as it is: then it is its own copy, and a record that lies in another takes room once. */
function isFrozenData(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return value !== undefined
  return Object.isFrozen(value) && isPlain(value) && Object.values(value).every(isFrozenData)
}

/** What a Date, a Map or an instance of a class holds can change although it is frozen. */
function isPlain(value: object): boolean {
  return Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype
}
