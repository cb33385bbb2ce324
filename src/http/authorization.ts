import { HttpError } from './errors.ts'

/** What an `Authorization` header says: a scheme with one opaque token or with named parameters. */
export interface Credentials {
  /** Lower-case: `bearer`, `basic`, `dpop`. */
  readonly scheme: string
  readonly token68?: string
  /** By lower-case name. */
  readonly parameters: ReadonlyMap<string, string>
}

/** One challenge of a `WWW-Authenticate` header. It has the form of credentials. */
export type Challenge = Credentials

const MAX_LENGTH = 16_384
const NO_PARAMETERS: ReadonlyMap<string, string> = new Map()

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+"
/** The common form, a scheme and one opaque token, in one look. */
const OPAQUE = new RegExp(`^(${TOKEN}) +([A-Za-z0-9\\-._~+/]+=*)$`)
const SCHEME = new RegExp(`(${TOKEN})( +|(?=[ \\t]*(?:,|$)))`, 'y')
const TOKEN68 = /([A-Za-z0-9\-._~+/]+=*)(?=[ \t]*(?:,|$))/y
const QUOTED = '"((?:[\\t \\x21\\x23-\\x5b\\x5d-\\x7e\\x80-\\xff]|\\\\[\\t \\x21-\\x7e\\x80-\\xff])*)"'
const PARAMETER = new RegExp(`(${TOKEN})[ \\t]*=[ \\t]*(?:${QUOTED}|(${TOKEN}))(?=[ \\t]*(?:,|$))`, 'y')
/** What ends an element of a list; elements may be empty. */
const SEPARATOR = /(?:[ \t]*,)+[ \t]*|[ \t]+$/y

/**
 * Reads an `Authorization` header.
 *
 * @throws HttpError 400
 * @spec RFC 9110 §11.4
 */
export function parseAuthorization(header: string): Credentials {
  const [, scheme, token68] = (header.length <= MAX_LENGTH && OPAQUE.exec(header)) || []
  if (scheme !== undefined && token68 !== undefined) {
    return { scheme: scheme.toLowerCase(), token68, parameters: NO_PARAMETERS }
  }
  const [credentials, ...others] = parseChallenges(header)
  if (credentials === undefined || others.length > 0) {
    throw new HttpError('malformed_authorization', '"Authorization" header must be a scheme with a token or parameters')
  }
  return credentials
}

/**
 * Reads the challenges of a `WWW-Authenticate` header: none where it does not follow the grammar, because half of a
 * header that two readers may split differently is no ground for a decision.
 *
 * @spec RFC 9110 §11.6.1
 */
export function parseChallenges(header: string): readonly Challenge[] {
  return (header.length <= MAX_LENGTH && parseList(header)) || []
}

/**
 * Writes one challenge. Values become quoted strings; what cannot stand in one is left out, so that answering an error
 * cannot itself fail. Several challenges are joined by `, `.
 *
 * @example
 * buildChallenge('Bearer', { realm: 'api', error: 'invalid_token' }) // Bearer realm="api", error="invalid_token"
 * @spec RFC 9110 §11.6.1
 */
export function buildChallenge(scheme: string, parameters: Readonly<Record<string, string | undefined>> = {}): string {
  const written = Object.entries(parameters).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${quote(value)}`],
  )
  return written.length === 0 ? scheme : `${scheme} ${written.join(', ')}`
}

/** @spec RFC 9110 §5.6.4 */
function quote(value: string): string {
  return `"${value.replaceAll(/[^\t\x20-\x7e]/g, '').replaceAll(/["\\]/g, '\\$&')}"`
}

/** A list of challenges, read from left to right; nothing where the header leaves the grammar. */
function parseList(header: string): Credentials[] | undefined {
  const list: Credentials[] = []
  let position = skip(SEPARATOR, header, 0)
  while (position < header.length) {
    const read = readOne(header, position)
    if (read === undefined) return undefined
    list.push(read.credentials)
    position = skip(SEPARATOR, header, read.end)
    if (position === read.end && position < header.length) return undefined
  }
  return list
}

function readOne(header: string, start: number): { credentials: Credentials; end: number } | undefined {
  const match = matchAt(SCHEME, header, start)
  if (match?.[1] === undefined) return undefined
  const scheme = match[1].toLowerCase()
  const end = start + match[0].length
  if (match[2] === '') return { credentials: { scheme, parameters: NO_PARAMETERS }, end }
  const token68 = matchAt(TOKEN68, header, end)?.[1]
  if (token68 !== undefined) {
    return { credentials: { scheme, token68, parameters: NO_PARAMETERS }, end: end + token68.length }
  }
  const read = readParameters(header, end)
  return read && { credentials: { scheme, parameters: read.parameters }, end: read.end }
}

/**
 * Reads parameters up to the next challenge: after a comma, what is not `name=value` starts one.
 *
 * @spec RFC 9110 §11.2
 */
function readParameters(
  header: string,
  start: number,
): { parameters: ReadonlyMap<string, string>; end: number } | undefined {
  const parameters = new Map<string, string>()
  let end = start
  for (let next = skip(SEPARATOR, header, start); ; next = skip(SEPARATOR, header, end)) {
    const match = matchAt(PARAMETER, header, next)
    const name = match?.[1]?.toLowerCase()
    if (match === null || name === undefined) return { parameters, end }
    // A name may come only once in a challenge.
    if (parameters.has(name)) return undefined
    parameters.set(name, match[2]?.replaceAll(/\\(.)/g, '$1') ?? match[3] ?? '')
    end = next + match[0].length
  }
}

function matchAt(pattern: RegExp, text: string, position: number): RegExpExecArray | null {
  pattern.lastIndex = position
  return pattern.exec(text)
}

function skip(pattern: RegExp, text: string, position: number): number {
  return position + (matchAt(pattern, text, position)?.[0].length ?? 0)
}
