import type { CryptoBackend, KeyMembers, NativeDescription } from '../../crypto/backend.ts'
import { decodeBase64url, encodeBase64url } from '../../util/base64url.ts'
import type { SignatureRegistry } from '../algorithms/signature-registry.ts'
import { JoseError } from '../errors.ts'
import { checkKey } from './check.ts'
import type { CertificateParameters } from './formats/certificate.ts'
import type { ReadContext, ReadKey } from './formats/read.ts'
import { publicMembers, readMembers } from './members.ts'
import { type KeyParameters, readParameters } from './parameters.ts'
import type { KeyRecord } from './record.ts'
import { refuseKeyText } from './secret.ts'
import type { AlgorithmName, Jwk, PrivateJwk, PublicJwk } from './types.ts'

/** node:crypto's `KeyObject`, by its shape: the core does not know Node's types. */
export interface KeyObjectLike {
  readonly type: string
  export(options: { format: 'jwk' }): object
}

/** A JWK, PEM or OpenSSH text, a key object of the platform, or bytes: a secret, or DER where `format` says so. */
export type KeyInput = Jwk | PublicJwk | PrivateJwk | JsonWebKey | CryptoKey | KeyObjectLike | string | Uint8Array

/** What the one who imports says about a key. */
export interface KeyHints {
  readonly alg?: AlgorithmName
  readonly kid?: string
  readonly use?: 'sig' | 'enc'
  /** Takes a key that is too short for what it is for; for tests and for old partners who cannot be helped. */
  readonly allowWeakKey?: boolean
  /** What bytes are: a secret, unless they are said to be a key in DER. */
  readonly format?: 'der'
  /** Opens a private key that is encrypted (PKCS #8). */
  readonly password?: string | Uint8Array
}

/** A source as each format yields it, before the rules that hold for all of them. */
type Source = Omit<
  KeyRecord,
  'backend' | 'registry' | 'alg' | 'kid' | 'use' | 'keyOps' | 'isWeakAllowed' | 'external'
> &
  KeyParameters

/** Where a key is to work, and what for. */
export interface KeyPlace {
  readonly backend: CryptoBackend
  readonly registry: SignatureRegistry
}

/** Reads a key in any of its formats and applies the rules that hold for all of them. */
export async function readKey(input: KeyInput, hints: KeyHints, { backend, registry }: KeyPlace): Promise<KeyRecord> {
  const source = await readSource(input, hints, backend)
  const record: KeyRecord = {
    ...source,
    alg: agree('alg', source.alg, hints.alg),
    kid: hints.kid ?? source.kid,
    use: agree('use', source.use, hints.use),
    keyOps: source.keyOps,
    isWeakAllowed: hints.allowWeakKey ?? false,
    backend,
    registry,
  }
  await checkKey(record)
  return record
}

async function readSource(input: KeyInput, hints: KeyHints, backend: CryptoBackend): Promise<Source> {
  if (typeof input === 'string' || (input instanceof Uint8Array && hints.format === 'der')) {
    return fromJwk(await readEncoded(input, { password: hints.password, backend }), backend)
  }
  if (input instanceof Uint8Array) return fromJwk({ kty: 'oct', k: encodeBase64url(input) }, backend)
  if (typeof input !== 'object' || input === null) throw unknownInput()
  if ('kty' in input) return fromJwk({ ...input }, backend)
  const description = await describe(input, backend)
  if (description === undefined) throw unknownInput()
  return fromNative(description, backend)
}

/** The formats beside JWK are loaded for those who have keys in them. */
async function readEncoded(input: string | Uint8Array, context: ReadContext): Promise<ReadKey> {
  const { readKeyDer, readKeyText } = await import('./formats/read-key.ts')
  return typeof input === 'string' ? readKeyText(input, context) : readKeyDer(input, context)
}

async function describe(key: object, backend: CryptoBackend): Promise<NativeDescription | undefined> {
  try {
    return await backend.importNative(key)
  } catch (cause) {
    throw new JoseError('key_unsupported', 'key unsupported: expected one that can be written as a JWK', { cause })
  }
}

function unknownInput(): JoseError {
  return new JoseError('key_invalid', 'key unreadable: expected a JWK, PEM text, a CryptoKey, a KeyObject or bytes')
}

/** @spec RFC 7517 §4 */
async function fromJwk(jwk: Readonly<Record<string, unknown>>, backend: CryptoBackend): Promise<Source> {
  const { members: read, isPrivate, bits } = readMembers(jwk)
  // Loaded for those who have such keys, not for those who verify with public ones.
  const members = read.kty === 'RSA' && isPrivate ? (await import('./rsa-private.ts')).readRsaPrivate(read) : read
  if (members.k !== undefined) refuseKeyText(decodeBase64url(members.k))
  return {
    kty: members.kty,
    crv: members.crv,
    isPrivate,
    bits,
    material: members,
    publicMembers: members.kty === 'oct' ? undefined : publicMembers(members),
    certificates: await readCertificates(jwk, members, backend),
    ...readParameters(jwk),
  }
}

const certificateParameters = ['x5u', 'x5c', 'x5t', 'x5t#S256'] as const

/** @spec RFC 7517 §4.6 §4.7 §4.8 §4.9 */
async function readCertificates(
  jwk: ReadKey,
  members: KeyMembers,
  backend: CryptoBackend,
): Promise<CertificateParameters | undefined> {
  if (members.kty === 'oct' || certificateParameters.every((name) => jwk[name] === undefined)) return undefined
  const { readCertificateParameters } = await import('./formats/certificate.ts')
  return readCertificateParameters(jwk, members, backend)
}

async function fromNative(description: NativeDescription, backend: CryptoBackend): Promise<Source> {
  const { material, publicMembers, alg, keyOps, ...facts } = description
  const source =
    'native' in material
      ? { ...facts, bits: facts.bits ?? 0, material, publicMembers, certificates: undefined }
      : await fromJwk({ ...material }, backend)
  return { ...source, crv: facts.crv, ...(alg !== undefined && { alg }), ...(keyOps && { keyOps }) }
}

function agree(name: 'alg' | 'use', own: string | undefined, hint: string | undefined): string | undefined {
  if (own !== undefined && hint !== undefined && own !== hint) {
    throw new JoseError('key_invalid', `"${name}" option and "${name}" of the key differ: expected one value`)
  }
  return own ?? hint
}
