import type { Awaitable } from '../../util/awaitable.ts'
import { decodeBase64url } from '../../util/base64url.ts'
import type { SignatureAlgorithm } from '../algorithms/registry.ts'
import { JoseError, orThrow } from '../errors.ts'
import type { Key } from '../jwk/key.ts'
import type { AlgorithmName } from '../jwk/types.ts'
import type { KeySource } from '../jwks/source.ts'
import { type JoseHeader, parseHeader } from './header.ts'

/** How long the encoded segments of a token may be, in characters; looked at before anything is decoded. */
export interface TokenLimits {
  /** 8 192 by default. */
  readonly header?: number
  /** 131 072 by default. */
  readonly payload?: number
  /** 8 192 by default. */
  readonly signature?: number
}

export interface VerifyOptions {
  /** The algorithms to accept. Needed, unless the key says its own. */
  readonly algorithms?: readonly AlgorithmName[]
  readonly limits?: TokenLimits
}

export interface VerifiedCompact {
  readonly payload: Uint8Array
  readonly header: JoseHeader
  /** The key whose signature it is. */
  readonly key: Key
}

/** A compact JWS, taken apart and its header checked. Nothing is known about the signature. */
export interface ParsedCompact {
  readonly header: JoseHeader
  readonly algorithm: SignatureAlgorithm
  /** What the signature is made over: header and payload as received. */
  readonly input: string
  /** Still encoded. */
  readonly payload: string
  /** Still encoded. */
  readonly signature: string
}

/**
 * Verifies a compact JWS. The keys come from the caller only: `jwk`, `jku`, `x5u` and `x5c` in the header are data.
 *
 * @throws JoseError
 * @spec RFC 7515 §5.2
 */
export async function verifyCompact(
  jws: string,
  keys: Key | KeySource,
  options: VerifyOptions = {},
): Promise<VerifiedCompact> {
  const parsed = parseCompact(jws, options.limits)
  const verified = verifySignature(parsed, keys, options.algorithms)
  const key = 'then' in verified ? await verified : verified
  return { payload: decodePayload(parsed), header: parsed.header, key }
}

const defaultLimits = { header: 8192, payload: 131_072, signature: 8192 } as const

/** Takes a compact JWS apart: exactly three segments, none longer than allowed. @spec RFC 7515 §7.1 */
export function parseCompact(jws: string, limits: TokenLimits = {}): ParsedCompact {
  if (typeof jws !== 'string') throw malformed()
  const header = limits.header ?? defaultLimits.header
  const payload = limits.payload ?? defaultLimits.payload
  const signature = limits.signature ?? defaultLimits.signature
  if (jws.length > header + payload + signature + 2) throw tooLarge()
  const first = jws.indexOf('.')
  const second = jws.indexOf('.', first + 1)
  if (first === -1 || second === -1 || jws.includes('.', second + 1)) throw malformed()
  if (first > header || second - first - 1 > payload || jws.length - second - 1 > signature) throw tooLarge()
  // Written out: an object spread here costs more than all the rest of the parsing.
  const { header: protectedHeader, algorithm } = parseHeader(jws.slice(0, first))
  return {
    header: protectedHeader,
    algorithm,
    input: jws.slice(0, second),
    payload: jws.slice(first + 1, second),
    signature: jws.slice(second + 1),
  }
}

function malformed(): JoseError {
  return new JoseError('token_malformed', 'token malformed: expected three segments separated by "."')
}

function tooLarge(): JoseError {
  return new JoseError('token_too_large', 'token too large: a segment is longer than the limits allow')
}

/** Decodes the payload; for use after the signature was verified. */
export function decodePayload({ payload }: ParsedCompact): Uint8Array {
  return orThrow(
    () => decodeBase64url(payload),
    'encoding_invalid',
    'payload invalid: expected base64url without padding',
  )
}

/**
 * Finds the key and checks the signature; answers with the key. All checks of the key come before the cryptography.
 * With one key and a backend that answers at once, so does this.
 */
export function verifySignature(
  parsed: ParsedCompact,
  keys: Key | KeySource,
  algorithms: readonly string[] | undefined,
): Awaitable<Key> {
  checkAllowed(parsed.algorithm, algorithms)
  if (typeof keys !== 'object' || keys === null) {
    throw new TypeError('keys missing: expected a Key, a KeySet or another source of keys')
  }
  if ('select' in keys) return verifyWithSource(parsed, keys, algorithms)
  if (algorithms === undefined && keys.alg === undefined) throw algorithmsRequired()
  const verdict = verifyWithKey(parsed, keys, decodeSignature(parsed))
  return typeof verdict === 'boolean' ? accept(keys, verdict) : verdict.then((awaited) => accept(keys, awaited))
}

function accept(key: Key, verdict: boolean): Key {
  if (verdict) return key
  throw signatureInvalid()
}

function signatureInvalid(): JoseError {
  return new JoseError('signature_invalid', 'signature invalid: it was not made over this token with an accepted key')
}

function verifyWithKey({ algorithm, input }: ParsedCompact, key: Key, signature: Uint8Array): Awaitable<boolean> {
  const verifier = key.verifier(algorithm)
  return typeof verifier === 'function'
    ? verifier(input, signature)
    : verifier.then((verify) => verify(input, signature))
}

/** At most this many keys are tried where a token does not say which one it was signed with. */
const maximumTrials = 16

async function verifyWithSource(
  parsed: ParsedCompact,
  keys: KeySource,
  algorithms: readonly string[] | undefined,
): Promise<Key> {
  const candidates = await candidateKeys(parsed, keys, algorithms)
  const signature = decodeSignature(parsed)
  for (const key of candidates) {
    if (await verifyWithKey(parsed, key, signature)) return key
  }
  throw signatureInvalid()
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
async function candidateKeys(
  { header, algorithm }: ParsedCompact,
  keys: KeySource,
  algorithms: readonly string[] | undefined,
): Promise<readonly Key[]> {
  const { kid } = header
  const alg = algorithm.name
  const criteria = { ...(kid !== undefined && { kid }), alg, use: 'sig', operation: 'verify' } as const
  const found = await keys.select(criteria)
  const candidates = algorithms === undefined ? found.filter((key) => key.alg === alg) : found
  if (candidates.length > 0) return candidates.slice(0, maximumTrials)
  if (found.length > 0) throw algorithmsRequired()
  throw new JoseError('key_not_found', 'no key for this token: expected one with its "kid", for its "alg"')
}

function decodeSignature({ signature }: ParsedCompact): Uint8Array {
  return orThrow(
    () => decodeBase64url(signature),
    'encoding_invalid',
    'signature invalid: expected base64url without padding',
  )
}
