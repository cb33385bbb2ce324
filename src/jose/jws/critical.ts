import { JoseError } from '../errors.ts'

/** Parameters that RFC 7515, RFC 7516 and RFC 7518 define must not be called critical. @spec RFC 7515 §4.1.11 */
const registered: ReadonlySet<string> = new Set(
  'alg jku jwk kid x5u x5c x5t x5t#S256 typ cty crit enc zip epk apu apv iv tag p2s p2c'.split(' '),
)

const none: readonly string[] = Object.freeze([])

/**
 * The extensions that a header calls critical: a list of names that are there, once each, and not registered ones.
 *
 * @param crit as the protected header has it: a list that anybody could change protects nothing.
 * @param header all parameters, protected or not.
 * @spec RFC 7515 §4.1.11
 */
export function readCritical(crit: unknown, header: Readonly<Record<string, unknown>>): readonly string[] {
  if (crit === undefined) return none
  const isValid =
    Array.isArray(crit) &&
    crit.length > 0 &&
    new Set(crit).size === crit.length &&
    crit.every((name) => isExtensionOf(header, name))
  if (isValid) return crit
  throw new JoseError(
    'critical_invalid',
    '"crit" (Critical) header parameter invalid: expected a list of extension parameters of this header, once each',
  )
}

function isExtensionOf(header: Readonly<Record<string, unknown>>, name: unknown): boolean {
  return typeof name === 'string' && !registered.has(name) && Object.hasOwn(header, name) && header[name] !== undefined
}

/** A critical parameter that nobody here understands voids the token. @spec RFC 7515 §4.1.11 */
export function checkUnderstood(critical: readonly string[], understood: readonly string[] = none): void {
  // Of a text, which untyped code may hand over, `includes` would look for a part.
  if (critical.every((name) => understood.some((own) => own === name))) return
  throw new JoseError(
    'critical_unsupported',
    '"crit" (Critical) header parameter names an extension that is not understood',
  )
}

/**
 * Whether the payload is signed as it is (`b64` is false). It must be announced as critical: who does not know the
 * parameter would verify another payload.
 *
 * @spec RFC 7797 §3 §6
 */
export function readUnencoded({ b64 }: Readonly<Record<string, unknown>>, critical: readonly string[]): boolean {
  if (b64 === undefined || b64 === true) return false
  if (b64 !== false) {
    throw new JoseError(
      'header_parameter_invalid',
      '"b64" (Base64url-Encode Payload) header parameter invalid: expected true or false',
    )
  }
  if (critical.includes('b64')) return true
  throw new JoseError('critical_invalid', '"crit" (Critical) header parameter invalid: expected it to name "b64"')
}
