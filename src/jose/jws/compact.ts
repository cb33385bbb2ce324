import type { Awaitable } from '../../util/awaitable.ts'
import { encodeUtf8 } from '../../util/bytes.ts'
import { JoseError } from '../errors.ts'
import type { Key } from '../jwk/key.ts'
import type { VerificationKey } from '../jwk/verification-key.ts'
import type { KeySource, SigningKeySource } from '../jwks/source.ts'
import { checkUnderstood, readUnencoded } from './critical.ts'
import { decodeSegment, type JoseHeader, parseHeader } from './header.ts'
import { effectiveLimits, type TokenLimits, tooLarge } from './limits.ts'
import { type SignOptions, signAsIs, signTyped } from './sign.ts'
import { overInput, type ParsedSignature, type VerifyOptions, verifySignature } from './verify.ts'

export interface SignCompactOptions extends SignOptions {
  /** Signs the payload as it is, without base64url (`b64` is false). */
  readonly unencoded?: boolean
}

export interface VerifiedCompact<K extends VerificationKey = Key> {
  readonly payload: Uint8Array
  readonly header: JoseHeader
  /** The key whose signature it is. */
  readonly key: K
}

/** A compact JWS, taken apart and its header checked. Nothing is known about the signature. */
export interface ParsedCompact extends ParsedSignature {
  /** What the signature is made over: header and payload as received. */
  readonly input: string
  /** As received. */
  readonly payload: string
}

/**
 * Signs a payload and writes it as a compact JWS.
 *
 * @example
 * const jws = await signCompact('hello', await Key.generate('ES256'))
 * @spec RFC 7515 §5.1 §7.1
 */
export async function signCompact(
  payload: string | Uint8Array,
  keys: Key | SigningKeySource,
  options: SignCompactOptions = {},
): Promise<string> {
  if (options.unencoded !== true) return signTyped(payload, keys, options, options.typ)
  if (typeof payload !== 'string' || !fitsCompact.test(payload)) throw unfitPayload()
  const { header, signature } = await signAsIs(payload, keys, options)
  return `${header}.${payload}.${signature}`
}

/** Printable ASCII without the dot that separates the segments. @spec RFC 7797 §5.2 */
const fitsCompact = /^[\x20-\x2d\x2f-\x7e]*$/

function unfitPayload(): JoseError {
  return new JoseError('payload_invalid', 'unencoded payload invalid: expected printable ASCII text without "."')
}

/**
 * Verifies a compact JWS. The keys come from the caller only: `jwk`, `jku`, `x5u` and `x5c` in the header are data.
 *
 * @throws JoseError
 * @spec RFC 7515 §5.2
 */
export async function verifyCompact<K extends VerificationKey = Key>(
  jws: string,
  keys: K | KeySource<K>,
  options: VerifyOptions = {},
): Promise<VerifiedCompact<K>> {
  const parsed = parseCompact(jws, options.limits)
  checkUnderstood(parsed.critical, understoodWithUnencoded(options.critical))
  const verified = verifyCompactSignature(parsed, keys, options)
  const key = 'then' in verified ? await verified : verified
  return { payload: decodePayload(parsed), header: parsed.header, key }
}

/** The JWS functions know RFC 7797 themselves: they hand out the payload that was signed, however it was written. */
export function understoodWithUnencoded(critical: readonly string[] = []): readonly string[] {
  return ['b64', ...critical]
}

export function verifyCompactSignature<K extends VerificationKey>(
  parsed: ParsedCompact,
  keys: K | KeySource<K>,
  { algorithms }: VerifyOptions,
): Awaitable<K> {
  return verifySignature(parsed, overInput(parsed.input), keys, algorithms)
}

/** Takes a compact JWS apart, whose payload may be unencoded. @spec RFC 7515 §5.2 */
export function parseCompact(jws: string, limits?: TokenLimits): ParsedCompact {
  const parsed = splitCompact(jws, limits, readUnencoded)
  if (parsed.isUnencoded && !fitsCompact.test(parsed.payload)) throw unfitPayload()
  return parsed
}

/** Takes a compact JWS apart: exactly three segments, none longer than allowed. @spec RFC 7515 §7.1 */
export function splitCompact(
  jws: string,
  limits: TokenLimits | undefined,
  readEncoding: typeof readUnencoded,
): ParsedCompact {
  if (typeof jws !== 'string') throw malformed()
  const { header, payload, signature } = effectiveLimits(limits)
  if (jws.length > header + payload + signature + 2) throw tooLarge()
  const first = jws.indexOf('.')
  const second = jws.indexOf('.', first + 1)
  if (first === -1 || second === -1 || jws.includes('.', second + 1)) throw malformed()
  if (first > header || second - first - 1 > payload || jws.length - second - 1 > signature) throw tooLarge()
  const facts = parseHeader(jws.slice(0, first))
  // Written out: an object spread here costs more than all the rest of the parsing.
  return {
    header: facts.header,
    critical: facts.critical,
    isUnencoded: readEncoding(facts.header, facts.critical),
    input: jws.slice(0, second),
    payload: jws.slice(first + 1, second),
    signature: jws.slice(second + 1),
  }
}

function malformed(): JoseError {
  return new JoseError('token_malformed', 'token malformed: expected three segments separated by "."')
}

/** The payload's bytes; for use after the signature was verified. */
export function decodePayload({ payload, isUnencoded }: { payload: string; isUnencoded: boolean }): Uint8Array {
  if (isUnencoded) return encodeUtf8(payload)
  return decodeSegment(payload, 'payload')
}
