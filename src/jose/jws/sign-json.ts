import { encodeBase64url } from '../../util/base64url.ts'
import { decodeUtf8 } from '../../util/bytes.ts'
import { JoseError, orThrow } from '../errors.ts'
import type { Key } from '../jwk/key.ts'
import type { SigningKeySource } from '../jwks/source.ts'
import { encodeHeader, type HeaderParameters, protectedHeader, refusePrivateKey } from './header-writer.ts'
import type { FlattenedJws, GeneralJws, JwsSignature } from './json.ts'
import { readySigner, type SignOptions, signingInput } from './sign.ts'

export interface PayloadOptions {
  /** Signs the payload as it is, without base64url (`b64` is false). */
  readonly unencoded?: boolean
  /** Leaves the payload out of the token: it travels apart. */
  readonly detached?: boolean
}

export interface SignatureOptions extends SignOptions {
  /**
   * Parameters for the header that the signature does not cover. What is named here is left out of the protected
   * header; an `alg` must be the one that is signed with.
   */
  readonly unprotectedHeader?: HeaderParameters
}

export interface SignFlattenedOptions extends SignatureOptions, PayloadOptions {}

/** Who signs a general JWS, and how. */
export interface JwsSigner extends SignatureOptions {
  readonly key: Key | SigningKeySource
}

/**
 * Signs a payload and writes it in the flattened JSON Serialization.
 *
 * @example
 * const jws = await signFlattened('hello', key, { unprotectedHeader: { note: 'anybody may change this' } })
 * @spec RFC 7515 §7.2.2
 */
export async function signFlattened(
  payload: string | Uint8Array,
  keys: Key | SigningKeySource,
  options: SignFlattenedOptions = {},
): Promise<FlattenedJws> {
  const written = writePayload(payload, options)
  const signature = await signPart(written, { ...options, key: keys })
  return { ...shown(written, options), ...signature }
}

/**
 * Signs a payload with several keys and writes it in the general JSON Serialization.
 *
 * @example
 * const jws = await signGeneral('hello', [{ key: rsaKey }, { key: ecKey }])
 * @spec RFC 7515 §7.2.1
 */
export async function signGeneral(
  payload: string | Uint8Array,
  signers: readonly JwsSigner[],
  options: PayloadOptions = {},
): Promise<GeneralJws> {
  if (signers.length === 0) throw new TypeError('signers missing: expected one at least')
  const written = writePayload(payload, options)
  const signatures = await Promise.all(signers.map((signer) => signPart(written, signer)))
  return { ...shown(written, options), signatures }
}

interface WrittenPayload {
  readonly isUnencoded: boolean
  readonly text: string | Uint8Array
}

/** A payload that is not encoded must be text, unless it travels apart. @spec RFC 7797 §5.3 */
function writePayload(payload: string | Uint8Array, { unencoded, detached }: PayloadOptions): WrittenPayload {
  if (unencoded !== true) return { isUnencoded: false, text: encodeBase64url(payload) }
  if (typeof payload === 'string' || detached === true) return { isUnencoded: true, text: payload }
  const text = orThrow(
    () => decodeUtf8(payload),
    'payload_invalid',
    'unencoded payload invalid: expected UTF-8 text, unless it is detached',
  )
  return { isUnencoded: true, text }
}

function shown({ text }: WrittenPayload, { detached }: PayloadOptions): { payload?: string } {
  return detached === true || typeof text !== 'string' ? {} : { payload: text }
}

async function signPart({ isUnencoded, text }: WrittenPayload, signer: JwsSigner): Promise<JwsSignature> {
  const { key, algorithm, prepared } = await readySigner(signer.key, signer.alg)
  const unprotectedHeader = checkUnprotected(signer.unprotectedHeader, algorithm.name)
  const all = protectedHeader(algorithm.name, key.kid, signer, isUnencoded)
  const covered = Object.entries(all).filter(
    ([name, value]) => value !== undefined && !Object.hasOwn(unprotectedHeader, name),
  )
  const header = covered.length === 0 ? '' : encodeHeader(Object.fromEntries(covered))
  const signature = await prepared.sign(signingInput(header, text))
  return {
    ...(header !== '' && { protected: header }),
    ...(Object.keys(unprotectedHeader).length > 0 && { header: unprotectedHeader }),
    signature,
  }
}

function checkUnprotected(header: HeaderParameters = {}, alg: string): HeaderParameters {
  for (const name of ['crit', 'b64']) {
    if (Object.hasOwn(header, name)) {
      throw new JoseError('header_parameter_invalid', `"${name}" header parameter is not given in "unprotectedHeader"`)
    }
  }
  if (Object.hasOwn(header, 'alg') && header['alg'] !== alg) {
    throw new JoseError(
      'header_parameter_invalid',
      '"alg" header parameter in "unprotectedHeader" invalid: expected the algorithm that is signed with',
    )
  }
  refusePrivateKey(header)
  return header
}
