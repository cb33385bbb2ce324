import { type StreamingVerifier, streamingSigner, streamingVerifier } from '../../crypto/streaming.ts'
import { encodeBase64url } from '../../util/base64url.ts'
import type { SignatureAlgorithm } from '../algorithms/signature-registry.ts'
import { JoseError } from '../errors.ts'
import { type Key, keyRecord } from '../jwk/key.ts'
import type { KeySource, SigningKeySource } from '../jwks/source.ts'
import { parseCompact, understoodWithUnencoded } from './compact.ts'
import { checkUnderstood } from './critical.ts'
import type { JoseHeader } from './header.ts'
import { encodeHeader, protectedHeader } from './header-writer.ts'
import { collect, type DetachedPayload, encodePieces, piecesOf } from './payload-stream.ts'
import { type ReadySigner, readySigner, type SignOptions, signingInput } from './sign.ts'
import { overInput, type SignatureCheck, type VerifyOptions, verifySignature } from './verify.ts'

export interface SignDetachedOptions extends SignOptions {
  /** Signs the payload as it is, without base64url (`b64` is false). */
  readonly unencoded?: boolean
}

export interface VerifiedDetached {
  readonly header: JoseHeader
  /** The key whose signature it is. */
  readonly key: Key
}

/**
 * Signs a payload that travels apart, and writes the signature as a compact JWS without it.
 *
 * A stream is signed as it comes, in constant memory, with HMAC, RSA and ECDSA on node:crypto; elsewhere it is held in
 * memory first.
 *
 * @example
 * const signature = await signDetached(createReadStream('backup.tar'), key, { unencoded: true })
 * @spec RFC 7515 §F
 * @spec RFC 7797 §3 §5.1
 */
export async function signDetached(
  payload: DetachedPayload,
  keys: Key | SigningKeySource,
  options: SignDetachedOptions = {},
): Promise<string> {
  const ready = await readySigner(keys, options.alg)
  const isUnencoded = options.unencoded === true
  const header = encodeHeader(protectedHeader(ready.algorithm.name, ready.key.kid, options, isUnencoded))
  return `${header}..${await signOver(ready, { header, isUnencoded, payload })}`
}

/** What is signed: the header as encoded, and a payload that is to be encoded or not. */
export interface DetachedInput {
  readonly header: string
  readonly isUnencoded: boolean
  readonly payload: DetachedPayload
}

async function signOver({ key, algorithm, prepared }: ReadySigner, input: DetachedInput): Promise<string> {
  const { material, backend, external } = keyRecord(key)
  const isWhole = typeof input.payload === 'string' || input.payload instanceof Uint8Array
  const canStream = !isWhole && backend.name === 'node' && external === undefined && 'kty' in material
  const signer = canStream ? streamingSigner(material, algorithm.scheme) : undefined
  if (signer === undefined) return prepared.sign(await wholeInput(input))
  for await (const piece of inputPieces(input)) signer.update(piece)
  return signer.finish()
}

/**
 * Verifies a compact JWS whose payload travels apart. There is no payload in the result: it is the one you gave.
 *
 * @throws JoseError
 * @spec RFC 7515 §F
 */
export async function verifyDetached(
  jws: string,
  payload: DetachedPayload,
  keys: Key | KeySource,
  options: VerifyOptions = {},
): Promise<VerifiedDetached> {
  const parsed = parseCompact(jws, options.limits)
  if (parsed.payload !== '') {
    throw new JoseError(
      'token_malformed',
      'token malformed: expected no payload between the dots, since it is detached',
    )
  }
  checkUnderstood(parsed.critical, understoodWithUnencoded(options.critical))
  const input = { header: jws.slice(0, jws.indexOf('.')), isUnencoded: parsed.isUnencoded, payload }
  const check = overDetached(input, options.limits?.payload)
  return { header: parsed.header, key: await verifySignature(parsed, check, keys, options.algorithms) }
}

/** Checks a signature over a payload that may come in pieces; all keys that may fit read along. */
export function overDetached(input: DetachedInput, limit: number | undefined): SignatureCheck {
  if (typeof input.payload === 'string' || input.payload instanceof Uint8Array)
    return overInput(joined(input, input.payload))
  return async (candidates, algorithm, signature) => {
    const verifiers = await Promise.all(candidates.map((key) => openVerifier(key, algorithm)))
    if (verifiers.includes(undefined)) {
      return overInput(await wholeInput(input, limit))(candidates, algorithm, signature)
    }
    for await (const piece of inputPieces(input)) for (const verifier of verifiers) verifier?.update(piece)
    return candidates.find((_, index) => verifiers[index]?.finish(signature))
  }
}

async function openVerifier(key: Key, algorithm: SignatureAlgorithm): Promise<StreamingVerifier | undefined> {
  // Refuses a key that is not for this algorithm, as every verification does.
  await key.verifier(algorithm)
  const { material, publicMembers, backend } = keyRecord(key)
  const members = publicMembers ?? material
  return backend.name === 'node' && 'kty' in members ? streamingVerifier(members, algorithm.scheme) : undefined
}

async function* inputPieces({ header, isUnencoded, payload }: DetachedInput): AsyncGenerator<string | Uint8Array> {
  yield `${header}.`
  yield* isUnencoded ? piecesOf(payload) : encodePieces(piecesOf(payload))
}

async function wholeInput(input: DetachedInput, limit?: number): Promise<string | Uint8Array> {
  return joined(input, await collect(input.payload, limit))
}

function joined({ header, isUnencoded }: DetachedInput, payload: string | Uint8Array): string | Uint8Array {
  return signingInput(header, isUnencoded ? payload : encodeBase64url(payload))
}
