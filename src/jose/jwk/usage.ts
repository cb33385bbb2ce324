import type { SignatureAlgorithm } from '../algorithms/registry.ts'
import { JoseError } from '../errors.ts'
import type { KeyOperation } from './types.ts'

/** What a key says about itself, as far as it decides what the key may do. */
export interface KeyFacts {
  readonly kty: string
  readonly crv: string | undefined
  readonly alg: string | undefined
  readonly use: string | undefined
  readonly keyOps: readonly string[] | undefined
  readonly isPrivate: boolean
  readonly bits: number
}

/** Names of the parameters as the specifications have them, for messages. */
type Check = (key: KeyFacts, algorithm: SignatureAlgorithm, operation: KeyOperation) => JoseError | undefined

/** Every reason not to use a key, in the order in which they are told. All of them come before any cryptography. */
const checks: readonly Check[] = [
  checkType,
  checkCurve,
  checkAlgorithm,
  checkUse,
  checkOperation,
  checkPrivate,
  checkSize,
]

/** Why this key must not serve this algorithm; `undefined` when it may. @spec RFC 8725 §3.1 */
export function keyProblem(...input: Parameters<Check>): JoseError | undefined {
  for (const check of checks) {
    const problem = check(...input)
    if (problem) return problem
  }
  return undefined
}

/** @spec RFC 7517 §4.1 */
function checkType(key: KeyFacts, { name, kty }: SignatureAlgorithm): JoseError | undefined {
  if (key.kty === kty) return undefined
  return new JoseError('key_type_mismatch', `"kty" (Key Type) mismatch: ${name} expects a key of type "${kty}"`)
}

/** @spec RFC 7518 §3.4 */
function checkCurve(key: KeyFacts, { name, crv }: SignatureAlgorithm): JoseError | undefined {
  if (crv === undefined || key.crv === crv) return undefined
  return new JoseError('key_curve_mismatch', `"crv" (Curve) mismatch: ${name} expects a key on curve "${crv}"`)
}

/** @spec RFC 7517 §4.4 */
function checkAlgorithm(key: KeyFacts, { name }: SignatureAlgorithm): JoseError | undefined {
  if (key.alg === undefined || key.alg === name) return undefined
  return new JoseError('key_algorithm_mismatch', `"alg" (Algorithm) of the key mismatch: it is not for ${name}`)
}

/** @spec RFC 7517 §4.2 */
function checkUse(key: KeyFacts): JoseError | undefined {
  if (key.use === undefined || key.use === 'sig') return undefined
  return new JoseError('key_use_mismatch', '"use" (Public Key Use) of the key mismatch: expected "sig"')
}

/** A key that may sign may also check what it signed. @spec RFC 7517 §4.3 */
function checkOperation(key: KeyFacts, _: SignatureAlgorithm, operation: KeyOperation): JoseError | undefined {
  const { keyOps } = key
  if (keyOps === undefined || keyOps.includes(operation)) return undefined
  if (operation === 'verify' && keyOps.includes('sign')) return undefined
  return new JoseError('key_operation_mismatch', `"key_ops" (Key Operations) mismatch: expected "${operation}"`)
}

function checkPrivate(key: KeyFacts, _: SignatureAlgorithm, operation: KeyOperation): JoseError | undefined {
  if (operation === 'verify' || key.isPrivate) return undefined
  return new JoseError('key_not_private', 'key cannot sign: expected a private key or a secret')
}

/** @spec RFC 7518 §3.2 §3.3 */
function checkSize(key: KeyFacts, { name, minimumBits }: SignatureAlgorithm): JoseError | undefined {
  if (key.bits >= minimumBits) return undefined
  return new JoseError('key_too_weak', `key is too short: ${name} expects at least ${minimumBits} bits`)
}
