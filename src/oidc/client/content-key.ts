/** Numbers for what has no content to compare: functions, keys, stores. Each object keeps the one that it was given. */
export class ContentKeys {
  readonly #numbers: WeakMap<object, number> = new WeakMap()
  #last = 0

  /** A text that two values share where they say the same: plain data by what is in it, all else by which object it is. */
  of(value: unknown): string {
    if (Array.isArray(value)) return `[${value.map((item) => this.of(item)).join()}]`
    if (isPlain(value)) return `{${this.#ofMembers(value)}}`
    if (typeof value === 'function' || (typeof value === 'object' && value !== null)) return `#${this.#numberOf(value)}`
    return JSON.stringify(value) ?? 'undefined'
  }

  #ofMembers(value: object): string {
    const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1))
    return members.map(([name, member]) => `${JSON.stringify(name)}:${this.of(member)}`).join()
  }

  #numberOf(value: object): number {
    const number = this.#numbers.get(value) ?? ++this.#last
    this.#numbers.set(value, number)
    return number
  }
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
