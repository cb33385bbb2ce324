import type { Awaitable } from '../../util/awaitable.ts'
import { JoseError, type JoseErrorCode } from '../errors.ts'
import type { Key } from '../jwk/key.ts'
import type { KeySource } from '../jwks/source.ts'
import { decodePayload, understoodWithUnencoded } from './compact.ts'
import { checkUnderstood } from './critical.ts'
import { overDetached } from './detached.ts'
import type { JoseHeader } from './header.ts'
import type { HeaderParameters } from './header-writer.ts'
import {
  checkOneEncoding,
  type FlattenedJws,
  type GeneralJws,
  type JsonParts,
  type ParsedJsonSignature,
  parseSignature,
  splitJson,
} from './json.ts'
import { collect, type DetachedPayload } from './payload-stream.ts'
import { signingInput } from './sign.ts'
import { overInput, type SignatureCheck, type VerifyOptions, verifySignature } from './verify.ts'

export interface VerifyFlattenedOptions extends VerifyOptions {
  /** The payload, where the token comes without it. */
  readonly detachedPayload?: DetachedPayload
}

export interface VerifyGeneralOptions extends VerifyFlattenedOptions {
  /** Whether every signature must be valid, which is the default, or one is enough. */
  readonly require?: 'all' | 'one'
}

export interface VerifiedSignature {
  readonly algorithm: string
  /** What the signature covers. */
  readonly header: Partial<JoseHeader>
  /** What the signature does not cover: anybody may have written it. */
  readonly unprotectedHeader: HeaderParameters | undefined
  /** The key whose signature it is. */
  readonly key: Key
}

export interface VerifiedFlattened extends VerifiedSignature {
  /** Absent where it is detached. */
  readonly payload: Uint8Array | undefined
}

export interface VerifiedGeneral {
  /** Absent where it is detached. */
  readonly payload: Uint8Array | undefined
  /** Those that are valid, in the order of the token: all of them, unless one was said to be enough. */
  readonly signatures: readonly VerifiedSignature[]
}

/**
 * Verifies a JWS in the flattened JSON Serialization, as an object or as its text.
 *
 * @throws JoseError
 * @spec RFC 7515 §5.2 §7.2.2
 */
export async function verifyFlattened(
  jws: FlattenedJws | string,
  keys: Key | KeySource,
  options: VerifyFlattenedOptions = {},
): Promise<VerifiedFlattened> {
  const parts = splitJson(jws, options.limits)
  const [members] = parts.signatures
  if (members === undefined || parts.form !== 'flattened') {
    throw new JoseError('token_malformed', 'token malformed: expected one "signature", not "signatures"')
  }
  const signature = parseSignature(members, parts.limits)
  const payload = choosePayload(parts, signature.isUnencoded, options)
  const verified = await verifyOne(signature, payload, keys, options)
  return { payload: payload.attached?.(), ...verified }
}

/**
 * Verifies a JWS in the general JSON Serialization, as an object or as its text. By default each signature must be
 * valid; where one is enough, signatures by strangers and with unknown algorithms may stand beside it.
 *
 * @throws JoseError
 * @spec RFC 7515 §5.2 §7.2.1
 */
export async function verifyGeneral(
  jws: GeneralJws | string,
  keys: Key | KeySource,
  options: VerifyGeneralOptions = {},
): Promise<VerifiedGeneral> {
  const parts = splitJson(jws, options.limits)
  if (parts.form === 'general') return verifyParts(parts, keys, options)
  throw new JoseError('token_malformed', 'token malformed: expected "signatures", not one "signature"')
}

/** Verifies either form: a flattened JWS has one signature. */
export async function verifyParts(
  parts: JsonParts,
  keys: Key | KeySource,
  options: VerifyGeneralOptions,
): Promise<VerifiedGeneral> {
  const failures: JoseError[] | undefined = options.require === 'one' ? [] : undefined
  const parsed = await keepDefined(parts.signatures, failures, (members) => parseSignature(members, parts.limits))
  checkOneEncoding(parsed)
  const payload = choosePayload(parts, parsed[0]?.isUnencoded === true, await holdPayload(options))
  const signatures = await keepDefined(parsed, failures, (signature) => verifyOne(signature, payload, keys, options))
  if (signatures.length > 0) return { payload: payload.attached?.(), signatures }
  throw failures?.[0] ?? new TypeError('"signatures" is empty')
}

/** What makes one signature worthless and says nothing about those beside it. */
const passedOver: ReadonlySet<JoseErrorCode> = new Set<JoseErrorCode>([
  'algorithm_unsupported',
  'algorithm_not_allowed',
  'critical_unsupported',
  'key_not_found',
  'key_type_mismatch',
  'key_curve_mismatch',
  'key_algorithm_mismatch',
  'signature_invalid',
])

/** Takes one step for each, and goes on without those that failed where one is enough (a list of failures is given). */
async function keepDefined<T, R>(
  items: readonly T[],
  failures: JoseError[] | undefined,
  step: (item: T) => Awaitable<R>,
): Promise<readonly R[]> {
  const kept: R[] = []
  for (const item of items) {
    try {
      kept.push(await step(item))
    } catch (error) {
      if (failures === undefined || !(error instanceof JoseError) || !passedOver.has(error.code)) throw error
      failures.push(error)
    }
  }
  return kept
}

/** The payload of one token: how to check a signature over it, and how to read it afterwards. */
interface ChosenPayload {
  check(signature: ParsedJsonSignature): SignatureCheck
  /** Absent where it is detached: the caller has it. */
  attached?(): Uint8Array
}

/** In the token or beside it, never in both: the one that was not verified would be taken for the one that was. */
function choosePayload(
  { payload, limits }: JsonParts,
  isUnencoded: boolean,
  { detachedPayload }: VerifyFlattenedOptions,
): ChosenPayload {
  if (detachedPayload === undefined) {
    if (payload === undefined) {
      throw new JoseError('payload_invalid', 'payload missing: expected it in the token, or as "detachedPayload"')
    }
    return {
      check: ({ encodedHeader }) => overInput(signingInput(encodedHeader, payload)),
      attached: () => decodePayload({ payload, isUnencoded }),
    }
  }
  if (payload !== undefined && payload !== '') {
    throw new JoseError('payload_invalid', 'payload given twice: expected it in the token, or as "detachedPayload"')
  }
  return {
    check: ({ encodedHeader: header }) =>
      overDetached({ header, isUnencoded, payload: detachedPayload }, limits.payload),
  }
}

/** A stream is read once, and here several signatures want it. */
async function holdPayload(options: VerifyGeneralOptions): Promise<VerifyGeneralOptions> {
  const { detachedPayload, limits } = options
  return detachedPayload === undefined
    ? options
    : { ...options, detachedPayload: await collect(detachedPayload, limits?.payload) }
}

async function verifyOne(
  signature: ParsedJsonSignature,
  payload: ChosenPayload,
  keys: Key | KeySource,
  { algorithms, critical }: VerifyOptions,
): Promise<VerifiedSignature> {
  checkUnderstood(signature.critical, understoodWithUnencoded(critical))
  const key = await verifySignature(signature, payload.check(signature), keys, algorithms)
  const { header, protectedHeader, unprotectedHeader } = signature
  return { algorithm: header.alg, header: protectedHeader, unprotectedHeader, key }
}
