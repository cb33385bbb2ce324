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
  /** Whoever imported it said that its size is known to be too small. */
  readonly isWeakAllowed: boolean
}

/** What an algorithm asks of a key. A row of any table of algorithms is one. */
export interface KeyRequirement {
  readonly name: string
  readonly kty: string | readonly string[]
  /** The curves it works on, where that says something. */
  readonly crv?: readonly string[]
  /** The size below which a key is refused, in bits. */
  readonly minimumBits: number
  /** What the key is for; signatures, when it is not said. */
  readonly use?: 'sig' | 'enc'
}

type Check = (key: KeyFacts, algorithm: KeyRequirement, operation: KeyOperation) => JoseError | undefined

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

const anyOf = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(' or ')

/** @spec RFC 7517 §4.1 */
function checkType(key: KeyFacts, { name, kty }: KeyRequirement): JoseError | undefined {
  const types = typeof kty === 'string' ? [kty] : kty
  if (types.includes(key.kty)) return undefined
  return new JoseError('key_type_mismatch', `"kty" (Key Type) mismatch: ${name} expects a key of type ${anyOf(types)}`)
}

/** @spec RFC 7518 §3.4 */
function checkCurve(key: KeyFacts, { name, crv }: KeyRequirement): JoseError | undefined {
  if (crv === undefined || (key.crv !== undefined && crv.includes(key.crv))) return undefined
  return new JoseError('key_curve_mismatch', `"crv" (Curve) mismatch: ${name} expects a key on curve ${anyOf(crv)}`)
}

/** @spec RFC 7517 §4.4 */
function checkAlgorithm(key: KeyFacts, { name }: KeyRequirement): JoseError | undefined {
  return key.alg === undefined || key.alg === name ? undefined : algorithmMismatch(name)
}

export function algorithmMismatch(name: string): JoseError {
  return new JoseError('key_algorithm_mismatch', `"alg" (Algorithm) of the key mismatch: it is not for ${name}`)
}

/** @spec RFC 7517 §4.2 */
function checkUse(key: KeyFacts, { use = 'sig' }: KeyRequirement): JoseError | undefined {
  if (key.use === undefined || key.use === use) return undefined
  return new JoseError('key_use_mismatch', `"use" (Public Key Use) of the key mismatch: expected "${use}"`)
}

/** What only the private half does: in words, and what the public half does in its place. */
const privateOperations: Readonly<Partial<Record<string, { readonly verb: string; readonly counterpart: string }>>> = {
  sign: { verb: 'sign', counterpart: 'verify' },
  decrypt: { verb: 'decrypt', counterpart: 'encrypt' },
  unwrapKey: { verb: 'unwrap keys', counterpart: 'wrapKey' },
}

export function needsPrivateKey(operation: KeyOperation): boolean {
  return privateOperations[operation] !== undefined
}

/** A key that may sign may also check what it signed. @spec RFC 7517 §4.3 */
export function allowsOperation(keyOps: readonly string[] | undefined, operation: KeyOperation): boolean {
  return keyOps?.some((own) => own === operation || privateOperations[own]?.counterpart === operation) ?? true
}

/** The operations of a key as its public half has them; agreeing on keys takes the private half. */
export function publicOperations(keyOps: readonly string[]): string[] {
  const operations = keyOps.map((operation) => privateOperations[operation]?.counterpart ?? operation)
  return [...new Set(operations)].filter((operation) => !operation.startsWith('derive'))
}

function checkOperation({ keyOps }: KeyFacts, _: KeyRequirement, operation: KeyOperation): JoseError | undefined {
  if (allowsOperation(keyOps, operation)) return undefined
  return new JoseError('key_operation_mismatch', `"key_ops" (Key Operations) mismatch: expected "${operation}"`)
}

function checkPrivate({ isPrivate }: KeyFacts, _: KeyRequirement, operation: KeyOperation): JoseError | undefined {
  const needed = privateOperations[operation]
  if (isPrivate || needed === undefined) return undefined
  return new JoseError('key_not_private', `key cannot ${needed.verb}: expected a private key or a secret`)
}

/** @spec RFC 7518 §3.2 §3.3 */
function checkSize(key: KeyFacts, { name, minimumBits }: KeyRequirement): JoseError | undefined {
  if (key.bits >= minimumBits || key.isWeakAllowed) return undefined
  return new JoseError('key_too_weak', `key is too short: ${name} expects at least ${minimumBits} bits`)
}
