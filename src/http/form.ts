import { HttpError } from './errors.ts'

const MAX_LENGTH = 65_536
const MAX_PARAMETERS = 1000

/**
 * The parameters of a query or of an `application/x-www-form-urlencoded` body, with duplicates visible.
 *
 * @example
 * const parameters = RequestParameters.parse('grant_type=refresh_token&scope=')
 * parameters.get('grant_type') // 'refresh_token'
 * parameters.get('scope')      // undefined: no value is no parameter
 * @spec RFC 6749 §3.1
 */
export class RequestParameters {
  /** The first value of each name. */
  readonly #first: Map<string, string> = new Map()
  /** All values of each name that came more than once: normally none, and never made. */
  #repeated: Map<string, string[]> | undefined
  #count = 0

  private constructor() {}

  /**
   * Reads the text of a query (without `?`) or of a form.
   *
   * @throws HttpError 400 where percent-encoding is broken or is not UTF-8; 413 above 64 KiB or 1000 parameters.
   * @spec RFC 6749 §B
   */
  static parse(text: string): RequestParameters {
    if (text.length > MAX_LENGTH) throw new HttpError('too_large', 'parameters must not be longer than 64 KiB')
    const parameters = new RequestParameters()
    // Looked for once in all of it, not in each part: most forms have neither.
    const decode = text.includes('%') || text.includes('+') ? decodeFormComponent : asItIs
    let equals = text.indexOf('=')
    for (let start = 0; start < text.length; ) {
      let end = text.indexOf('&', start)
      if (end === -1) end = text.length
      // The next "=" is looked for only once it is behind: a text without any is scanned once, not once a parameter.
      if (equals !== -1 && equals < start) equals = text.indexOf('=', start)
      if (end > start) {
        const split = equals !== -1 && equals < end ? equals : end
        parameters.#add(decode(text.slice(start, split)), decode(text.slice(split + 1, end)))
      }
      start = end + 1
    }
    return parameters
  }

  /** Takes pairs in their order, already decoded. */
  static fromEntries(entries: Iterable<readonly [name: string, value: string]>): RequestParameters {
    const parameters = new RequestParameters()
    for (const [name, value] of entries) parameters.#add(name, value)
    return parameters
  }

  /**
   * Takes a body that a framework has parsed: strings, and arrays of strings for names that came more than once. What
   * else a framework makes of bracketed names (`a[b]=c`) was never a parameter of a protocol and is left out.
   */
  static fromObject(body: Readonly<Record<string, unknown>>): RequestParameters {
    const parameters = new RequestParameters()
    for (const [name, value] of Object.entries(body)) {
      for (const item of Array.isArray(value) ? value : [value]) {
        if (typeof item === 'string') parameters.#add(name, item)
      }
    }
    return parameters
  }

  /** The value, or nothing where it is absent or empty. Of a name that came twice, the first that is not empty. */
  get(name: string): string | undefined {
    const value = this.#first.get(name)
    if (value !== '') return value
    return this.#repeated?.get(name)?.find((other) => other !== '')
  }

  /** Whether there is a value that is not empty. */
  has(name: string): boolean {
    return this.get(name) !== undefined
  }

  /** Every value that is not empty, for the few parameters that may come more than once (`resource`, `audience`). */
  all(name: string): string[] {
    const values = this.#repeated?.get(name) ?? [this.#first.get(name) ?? '']
    return values.filter((value) => value !== '')
  }

  /** The names that came more than once, with or without a value: one of them is not what was meant. */
  get duplicates(): string[] {
    return this.#repeated === undefined ? [] : [...this.#repeated.keys()]
  }

  /** The names that have a value, each once. */
  names(): string[] {
    return [...this.#first.keys()].filter((name) => this.has(name))
  }

  /** As a form again: every pair that came, those of one name together. */
  toString(): string {
    const pairs: string[] = []
    for (const [name, first] of this.#first) {
      for (const value of this.#repeated?.get(name) ?? [first]) {
        pairs.push(`${encodeFormComponent(name)}=${encodeFormComponent(value)}`)
      }
    }
    return pairs.join('&')
  }

  #add(name: string, value: string): void {
    this.#count += 1
    if (this.#count > MAX_PARAMETERS) throw new HttpError('too_large', 'there must not be more than 1000 parameters')
    const first = this.#first.get(name)
    if (first === undefined) this.#first.set(name, value)
    else this.#repeat(name, first, value)
  }

  #repeat(name: string, first: string, value: string): void {
    this.#repeated ??= new Map()
    const values = this.#repeated.get(name)
    if (values === undefined) this.#repeated.set(name, [first, value])
    else values.push(value)
  }
}

function asItIs(text: string): string {
  return text
}

/**
 * Decodes a name or a value of a form: `+` is a space, the rest percent-encoded UTF-8.
 *
 * @throws HttpError 400
 * @spec RFC 6749 §B
 */
export function decodeFormComponent(text: string): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text
  if (!spaced.includes('%')) return spaced
  try {
    return decodeURIComponent(spaced)
  } catch {
    throw new HttpError('malformed_form', 'parameter names and values must be percent-encoded UTF-8')
  }
}

/**
 * Encodes a text so that form decoders and plain percent decoders read it alike: letters, digits and `-_.!~*'()` stay, a
 * space is `%20`. No more is encoded than that takes, because some servers do not decode.
 */
export function percentEncode(text: string): string {
  // A lone surrogate is no character and would make encodeURIComponent throw.
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd'))
}

/**
 * Encodes a name or a value for a form: letters, digits and `*-._` stay, a space becomes `+`.
 *
 * @spec RFC 6749 §B
 */
export function encodeFormComponent(text: string): string {
  return percentEncode(text).replace(/%20|[!'()~]/g, (part) => FORM_ONLY[part] ?? part)
}

/** Where the format differs from encodeURIComponent. */
const FORM_ONLY: Readonly<Record<string, string>> = {
  '%20': '+',
  '!': '%21',
  "'": '%27',
  '(': '%28',
  ')': '%29',
  '~': '%7E',
}
