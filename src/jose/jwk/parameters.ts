import { JoseError } from '../errors.ts'

/** What a JWK says beside its material, where it says it. */
export interface KeyParameters {
  readonly alg?: string
  readonly kid?: string
  readonly use?: string
  readonly keyOps?: readonly string[]
}

/** @spec RFC 7517 §4.2 §4.3 §4.4 §4.5 */
export function readParameters(jwk: Readonly<Record<string, unknown>>): KeyParameters {
  const keyOps = textList(jwk, 'key_ops')
  return { ...text(jwk, 'alg'), ...text(jwk, 'kid'), ...text(jwk, 'use'), ...(keyOps && { keyOps }) }
}

function text(
  jwk: Readonly<Record<string, unknown>>,
  name: 'alg' | 'kid' | 'use',
): Partial<Record<typeof name, string>> {
  const value = jwk[name]
  if (value === undefined) return {}
  if (typeof value !== 'string') throw new JoseError('key_invalid', `JWK "${name}" invalid: expected a string`)
  return { [name]: value }
}

/** @spec RFC 7517 §4.3 duplicates must not be there. */
function textList(jwk: Readonly<Record<string, unknown>>, name: 'key_ops'): readonly string[] | undefined {
  const value = jwk[name]
  if (value === undefined) return undefined
  const isList = Array.isArray(value) && value.every((item) => typeof item === 'string')
  if (!isList || new Set(value).size !== value.length) {
    throw new JoseError('key_invalid', `JWK "${name}" invalid: expected a list of different strings`)
  }
  return value
}
