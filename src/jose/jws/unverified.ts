import type { Key } from '../jwk/key.ts'
import type { KeySource } from '../jwks/source.ts'
import { decodePayload, parseCompact, type VerifiedCompact, verifyCompact } from './compact.ts'
import type { JoseHeader } from './header.ts'
import { parseSignature, splitJson } from './json.ts'
import { checkRegistered, type UnverifiedOptions } from './unverified-options.ts'
import type { VerifyOptions } from './verify.ts'
import { type VerifiedGeneral, type VerifyGeneralOptions, verifyParts } from './verify-json.ts'

/**
 * A JWS that was taken apart and **not verified**. It has none of the members that a verified one has, so that neither
 * a reader nor the compiler takes one for the other.
 */
export interface UnverifiedCompact {
  /** What anybody may have written. For choosing the key. */
  readonly unverifiedHeader: JoseHeader
  /** What anybody may have written. */
  readUnverifiedPayload(): Uint8Array
  /** The second step. */
  verify(keys: Key | KeySource, options?: Omit<VerifyOptions, 'limits'>): Promise<VerifiedCompact>
}

/**
 * The first of two steps: takes a compact JWS apart, so that its header can say where to look for the key.
 *
 * @example
 * const unverified = parseUnverifiedCompact(jws)
 * const key = await keyOfTenant(unverified.unverifiedHeader['tenant'])
 * const { payload } = await unverified.verify(key, { algorithms: ['ES256'] })
 * @throws JoseError
 * @spec RFC 7515 §5.2
 */
export function parseUnverifiedCompact(jws: string, options: UnverifiedOptions = {}): UnverifiedCompact {
  const parsed = parseCompact(jws, options.limits)
  checkRegistered([parsed.header], options)
  return {
    unverifiedHeader: parsed.header,
    readUnverifiedPayload: () => decodePayload(parsed),
    verify: (keys, verifyOptions = {}) => verifyCompact(jws, keys, { ...verifyOptions, ...options }),
  }
}

/** A JWS in a JSON Serialization that was taken apart and **not verified**. */
export interface UnverifiedJson {
  /** What anybody may have written, one for each signature. */
  readonly unverifiedHeaders: readonly JoseHeader[]
  /** The second step. */
  verify(keys: Key | KeySource, options?: Omit<VerifyGeneralOptions, 'limits'>): Promise<VerifiedGeneral>
}

/**
 * The first of two steps, for either JSON Serialization.
 *
 * @throws JoseError
 * @spec RFC 7515 §5.2 §7.2
 */
export function parseUnverifiedJson(jws: unknown, options: UnverifiedOptions = {}): UnverifiedJson {
  const parts = splitJson(jws, options.limits)
  const unverifiedHeaders = parts.signatures.map((signature) => parseSignature(signature, parts.limits).header)
  checkRegistered(unverifiedHeaders, options)
  return {
    unverifiedHeaders,
    verify: (keys, verifyOptions = {}) => verifyParts(parts, keys, { ...verifyOptions, ...options }),
  }
}
