import type { CryptoBackend, KeyMaterial, KeyMembers, NativeDescription } from '../../crypto/backend.ts'
import { decodeBase64url, encodeBase64url } from '../../util/base64url.ts'
import { JoseError } from '../errors.ts'
import { checkKey } from './check.ts'
import { publicMembers, readMembers } from './members.ts'
import { membersFromPem } from './pem.ts'
import { refuseKeyText } from './secret.ts'
import type { AlgorithmName, Jwk, PrivateJwk, PublicJwk } from './types.ts'
import type { KeyFacts } from './usage.ts'

/** node:crypto's `KeyObject`, by its shape: the core does not know Node's types. */
export interface KeyObjectLike {
  readonly type: string
  export(options: { format: 'jwk' }): object
}

/** A JWK, PEM text, a key object of the platform, or the bytes of an HMAC secret. */
export type KeyInput = Jwk | PublicJwk | PrivateJwk | JsonWebKey | CryptoKey | KeyObjectLike | string | Uint8Array

/** What the one who imports says about a key. */
export interface KeyHints {
  readonly alg?: AlgorithmName
  readonly kid?: string
  readonly use?: 'sig' | 'enc'
  /** Takes a key that is too short for what it is for; for tests and for old partners who cannot be helped. */
  readonly allowWeakKey?: boolean
}

/** A key once it has been read: checked facts, the material, and what it may show. */
export interface KeyRecord extends KeyFacts {
  readonly kid: string | undefined
  readonly material: KeyMaterial
  /** Absent for secrets, and for a native key whose public half the platform keeps to itself. */
  readonly publicMembers: KeyMembers | undefined
  readonly backend: CryptoBackend
}

/** A source as each format yields it, before the rules that hold for all of them. */
type Source = Omit<KeyRecord, 'backend' | 'alg' | 'kid' | 'use' | 'keyOps' | 'isWeakAllowed'> &
  Partial<Record<'alg' | 'kid' | 'use', string>> & { readonly keyOps?: readonly string[] }

/** Reads a key in any of its formats and applies the rules that hold for all of them. */
export async function readKey(input: KeyInput, hints: KeyHints, backend: CryptoBackend): Promise<KeyRecord> {
  const source = await readSource(input, backend)
  const record: KeyRecord = {
    ...source,
    alg: agree('alg', source.alg, hints.alg),
    kid: hints.kid ?? source.kid,
    use: agree('use', source.use, hints.use),
    keyOps: source.keyOps,
    isWeakAllowed: hints.allowWeakKey ?? false,
    backend,
  }
  await checkKey(record)
  return record
}

async function readSource(input: KeyInput, backend: CryptoBackend): Promise<Source> {
  if (typeof input === 'string') return fromMembers(await membersFromPem(input, backend))
  if (input instanceof Uint8Array) return fromMembers({ kty: 'oct', k: encodeBase64url(input) })
  if (typeof input !== 'object' || input === null) throw unknownInput()
  if ('kty' in input) return fromJwk({ ...input })
  const description = await describe(input, backend)
  if (description === undefined) throw unknownInput()
  return fromNative(description)
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

function fromMembers(members: KeyMembers): Promise<Source> {
  return fromJwk({ ...members })
}

/** @spec RFC 7517 §4 */
async function fromJwk(jwk: Readonly<Record<string, unknown>>): Promise<Source> {
  const { members: read, isPrivate, bits } = readMembers(jwk)
  // Loaded for those who have such keys, not for those who verify with public ones.
  const members = read.kty === 'RSA' && isPrivate ? (await import('./rsa-private.ts')).readRsaPrivate(read) : read
  if (members.k !== undefined) refuseKeyText(decodeBase64url(members.k))
  const keyOps = textList(jwk, 'key_ops')
  return {
    kty: members.kty,
    crv: members.crv,
    isPrivate,
    bits,
    material: members,
    publicMembers: members.kty === 'oct' ? undefined : publicMembers(members),
    ...text(jwk, 'alg'),
    ...text(jwk, 'kid'),
    ...text(jwk, 'use'),
    ...(keyOps && { keyOps }),
  }
}

async function fromNative({ material, publicMembers, alg, keyOps, ...facts }: NativeDescription): Promise<Source> {
  const source =
    'native' in material ? { ...facts, bits: facts.bits ?? 0, material, publicMembers } : await fromMembers(material)
  return { ...source, crv: facts.crv, ...(alg !== undefined && { alg }), ...(keyOps && { keyOps }) }
}

function text(
  jwk: Readonly<Record<string, unknown>>,
  name: 'alg' | 'kid' | 'use',
): Partial<Record<typeof name, string>> {
  const value = jwk[name]
  if (value === undefined) return {}
  if (typeof value !== 'string') throw new JoseError('key_invalid', `JWK "${name}" invalid: expected a string`)
  return { [name]: value }
}

/** @spec RFC 7517 §4.3 duplicates must not be there. */
function textList(jwk: Readonly<Record<string, unknown>>, name: 'key_ops'): readonly string[] | undefined {
  const value = jwk[name]
  if (value === undefined) return undefined
  const isList = Array.isArray(value) && value.every((item) => typeof item === 'string')
  if (!isList || new Set(value).size !== value.length) {
    throw new JoseError('key_invalid', `JWK "${name}" invalid: expected a list of different strings`)
  }
  return value
}

function agree(name: 'alg' | 'use', own: string | undefined, hint: string | undefined): string | undefined {
  if (own !== undefined && hint !== undefined && own !== hint) {
    throw new JoseError('key_invalid', `"${name}" option and "${name}" of the key differ: expected one value`)
  }
  return own ?? hint
}
