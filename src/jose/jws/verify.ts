import type { Data } from '../../crypto/backend.ts'
import type { Awaitable } from '../../util/awaitable.ts'
import {
  type SignatureAlgorithm,
  type SignatureRegistry,
  signatureAlgorithm,
} from '../algorithms/signature-registry.ts'
import { JoseError } from '../errors.ts'
import type { Key } from '../jwk/key.ts'
import type { AlgorithmName } from '../jwk/types.ts'
import type { VerificationKey } from '../jwk/verification-key.ts'
import type { KeySource } from '../jwks/source.ts'
import { decodeSegment, type HeaderFacts, type JoseHeader } from './header.ts'
import type { TokenLimits } from './limits.ts'

export interface VerifyOptions {
  /** The algorithms to accept. Needed, unless the key says its own. */
  readonly algorithms?: readonly AlgorithmName[]
  /** Extensions (`crit`) that you understand, and whose meaning you apply yourself. */
  readonly critical?: readonly string[]
  readonly limits?: TokenLimits
}

/** A signature and what is known about it before it is looked at: its header was checked, nothing else. */
export interface ParsedSignature extends HeaderFacts {
  /** Whether the payload is signed as it is. @spec RFC 7797 §3 */
  readonly isUnencoded: boolean
  /** Still encoded. */
  readonly signature: string
}

/** Which of the keys the one signature at hand was made with. */
export type SignatureCheck<K extends VerificationKey = Key> = (
  candidates: readonly K[],
  algorithm: SignatureAlgorithm,
  signature: Uint8Array,
) => Awaitable<K | undefined>

/** Checks a signature over data that is at hand as a whole. One key is asked without a detour. */
export function overInput<K extends VerificationKey = Key>(input: Data): SignatureCheck<K> {
  return (candidates, algorithm, signature) => {
    const [only] = candidates
    if (only === undefined || candidates.length > 1) return firstFit(candidates, algorithm, input, signature)
    const verdict = verifyWithKey(only, algorithm, input, signature)
    if (typeof verdict !== 'boolean') return verdict.then((isValid) => (isValid ? only : undefined))
    return verdict === true ? only : undefined
  }
}

async function firstFit<K extends VerificationKey>(
  candidates: readonly K[],
  algorithm: SignatureAlgorithm,
  input: Data,
  signature: Uint8Array,
): Promise<K | undefined> {
  for (const key of candidates) {
    if (await verifyWithKey(key, algorithm, input, signature)) return key
  }
  return undefined
}

function verifyWithKey(
  key: VerificationKey,
  algorithm: SignatureAlgorithm,
  input: Data,
  signature: Uint8Array,
): Awaitable<boolean> {
  const verifier = key.verifier(algorithm)
  return typeof verifier === 'function'
    ? verifier(input, signature)
    : verifier.then((verify) => verify(input, signature))
}

/**
 * Finds the key and checks the signature; answers with the key. All checks of the key come before the cryptography.
 * With one key and a backend that answers at once, so does this.
 */
export function verifySignature<K extends VerificationKey>(
  parsed: ParsedSignature,
  check: SignatureCheck<K>,
  keys: K | KeySource<K>,
  algorithms: readonly string[] | undefined,
): Awaitable<K> {
  const algorithm = signatureAlgorithm(registryOf(keys), parsed.header.alg)
  checkAllowed(algorithm, algorithms)
  if ('select' in keys) return verifyWithSource(parsed, algorithm, check, keys, algorithms)
  if (algorithms === undefined && keys.alg === undefined) throw algorithmsRequired()
  const found = check([keys], algorithm, decodeSegment(parsed.signature, 'signature'))
  return found !== undefined && 'then' in found ? found.then(accept<K>) : accept(found)
}

/** What may be verified with these keys: whatever else a token names is refused before any key is looked for. */
function registryOf(keys: { readonly registry?: SignatureRegistry } | undefined): SignatureRegistry {
  if (keys?.registry !== undefined) return keys.registry
  throw new TypeError('keys missing: expected a Key, a KeySet or another source of keys')
}

function accept<K>(key: K | undefined): K {
  if (key !== undefined) return key
  throw new JoseError('signature_invalid', 'signature invalid: it was not made over this token with an accepted key')
}

/** At most this many keys are tried where a token does not say which one it was signed with. */
const maximumTrials = 16

async function verifyWithSource<K extends VerificationKey>(
  parsed: ParsedSignature,
  algorithm: SignatureAlgorithm,
  check: SignatureCheck<K>,
  keys: KeySource<K>,
  algorithms: readonly string[] | undefined,
): Promise<K> {
  const candidates = await candidateKeys(parsed.header, algorithm, keys, algorithms)
  return accept(await check(candidates, algorithm, decodeSegment(parsed.signature, 'signature')))
}

/** Whether the caller accepts the algorithm; what the token says is only a claim. @spec RFC 8725 §3.1 */
function checkAllowed({ name }: SignatureAlgorithm, algorithms: readonly string[] | undefined): void {
  if (algorithms === undefined) return
  // Of a text, which untyped code may hand over, `includes` would look for a part.
  if (!Array.isArray(algorithms) || algorithms.length === 0) throw algorithmsRequired()
  if (algorithms.includes(name)) return
  const expected = algorithms.map((allowed) => `"${allowed}"`).join(', ')
  throw new JoseError('algorithm_not_allowed', `"alg" (Algorithm) header parameter not allowed: expected ${expected}`)
}

function algorithmsRequired(): JoseError {
  return new JoseError('algorithms_required', '"algorithms" missing: expected a list, since the key names no algorithm')
}

/** A key that names no algorithm leaves the choice to the token, which must not have it. */
async function candidateKeys<K extends VerificationKey>(
  { alg, kid }: JoseHeader,
  algorithm: SignatureAlgorithm,
  keys: KeySource<K>,
  algorithms: readonly string[] | undefined,
): Promise<readonly K[]> {
  const criteria = { ...(kid !== undefined && { kid }), alg, use: 'sig', operation: 'verify', algorithm } as const
  const found = await keys.select(criteria)
  const candidates = algorithms === undefined ? found.filter((key) => key.alg === alg) : found
  if (candidates.length > 0) return candidates.slice(0, maximumTrials)
  if (found.length > 0) throw algorithmsRequired()
  throw new JoseError('key_not_found', 'no key for this token: expected one with its "kid", for its "alg"')
}
