import type { Data } from '../../crypto/backend.ts'
import type { Awaitable } from '../../util/awaitable.ts'
import { encodeBase64url } from '../../util/base64url.ts'
import { concatBytes, encodeUtf8 } from '../../util/bytes.ts'
import { type SignatureAlgorithm, signatureAlgorithm } from '../algorithms/signature-registry.ts'
import { JoseError } from '../errors.ts'
import type { Key, PreparedSigner } from '../jwk/key.ts'
import type { AlgorithmName } from '../jwk/types.ts'
import type { SigningKeySource } from '../jwks/source.ts'
import { encodeHeader, type HeaderOptions, protectedHeader } from './header-writer.ts'

export interface SignOptions extends HeaderOptions {
  /** Default: the algorithm that the key is for. */
  readonly alg?: AlgorithmName
}

/** A key that was found fit for an algorithm, and made ready to sign with it. */
export interface ReadySigner {
  readonly key: Key
  readonly algorithm: SignatureAlgorithm
  readonly prepared: PreparedSigner
}

/** Chooses key and algorithm, and has the key made ready; at once, where it was before. @spec RFC 7515 §5.1 */
export function readySigner(keys: Key | SigningKeySource, alg: AlgorithmName | undefined): Awaitable<ReadySigner> {
  if (typeof keys !== 'object' || keys === null) throw new TypeError('key missing: expected a Key or a KeySet')
  const key = 'signingKey' in keys ? keys.signingKey(alg) : keys
  const algorithm = signatureAlgorithm(key.registry, alg ?? key.defaultAlgorithm ?? algorithmRequired())
  const prepared = key.signer(algorithm)
  return 'then' in prepared
    ? prepared.then((awaited) => ({ key, algorithm, prepared: awaited }))
    : { key, algorithm, prepared }
}

function algorithmRequired(): never {
  throw new JoseError(
    'algorithms_required',
    '"alg" (Algorithm) missing: expected as an option, since the key names none',
  )
}

/** Signs with a type of the caller's choice, whatever the options say. */
export async function signTyped(
  payload: string | Uint8Array,
  keys: Key | SigningKeySource,
  options: SignOptions,
  typ: string | undefined,
): Promise<string> {
  const ready = readySigner(keys, options.alg)
  const { key, algorithm, prepared } = 'then' in ready ? await ready : ready
  const header =
    options.header === undefined && options.critical === undefined
      ? rememberedHeader(algorithm.name, key.kid, typ, prepared.headers)
      : encodeHeader(protectedHeader(algorithm.name, key.kid, { ...options, ...(typ !== undefined && { typ }) }))
  const input = `${header}.${encodeBase64url(payload)}`
  const signature = prepared.sign(input)
  return `${input}.${typeof signature === 'string' ? signature : await signature}`
}

/** Signs a payload without encoding it. @spec RFC 7797 §3 */
export async function signAsIs(
  payload: string | Uint8Array,
  keys: Key | SigningKeySource,
  options: SignOptions,
): Promise<{ readonly header: string; readonly signature: string }> {
  const { key, algorithm, prepared } = await readySigner(keys, options.alg)
  const header = encodeHeader(protectedHeader(algorithm.name, key.kid, options, true))
  return { header, signature: await prepared.sign(signingInput(header, payload)) }
}

/** Header and payload as they are signed: joined by a dot. @spec RFC 7515 §5.1 */
export function signingInput(header: string, payload: Data): Data {
  if (typeof payload === 'string') return `${header}.${payload}`
  return concatBytes(encodeUtf8(`${header}.`), payload)
}

/** How many types a key remembers its header for; more than that are no types but something that varies. */
const rememberedTypes = 16

function rememberedHeader(
  alg: string,
  kid: string | undefined,
  typ: string | undefined,
  headers: Map<string | undefined, string>,
): string {
  const remembered = headers.get(typ)
  if (remembered !== undefined) return remembered
  const encoded = encodeHeader({ alg, typ, kid })
  if (headers.size < rememberedTypes) headers.set(typ, encoded)
  return encoded
}
