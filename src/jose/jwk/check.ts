import { type KeyMaterial, PlatformUnsupportedError } from '../../crypto/backend.ts'
import { decodeBase64url } from '../../util/base64url.ts'
import { algorithmsFor } from '../algorithms/signature-registry.ts'
import { standardSignatureRegistry } from '../algorithms/signatures.ts'
import { JoseError } from '../errors.ts'
import type { KeyRecord } from './record.ts'

/** The rules that hold for a key of any format. */
export async function checkKey(record: KeyRecord): Promise<void> {
  checkConsistency(record)
  checkServes(record)
  checkSize(record)
  await checkMaterial(record)
}

/** "use" and "key_ops" must not contradict each other. @spec RFC 7517 §4.3 */
function checkConsistency({ use, keyOps }: KeyRecord): void {
  const signs = keyOps?.some((operation) => operation === 'sign' || operation === 'verify')
  if (keyOps === undefined || use === undefined || (use === 'sig') === signs) return
  throw new JoseError('key_invalid', 'JWK "use" and "key_ops" invalid: expected values that mean the same')
}

/** A signing key that no algorithm could ever use is refused on import, not on its first use. */
function checkServes(record: KeyRecord): void {
  if (!isForSignatures(record)) return
  const rows = algorithmsFor(record.registry, record)
  const [first] = rows
  if (first === undefined) {
    throw new JoseError('key_unsupported', 'key unsupported: no signature algorithm fits its "kty", "crv" and "alg"')
  }
  if (record.isWeakAllowed || rows.some((row) => record.bits >= row.minimumBits)) return
  throw new JoseError('key_too_weak', `key is too short: ${first.name} expects at least ${first.minimumBits} bits`)
}

/** Whether the key says so; one that says nothing may be for encryption, and is judged when it is used. */
function isForSignatures({ use, alg, registry }: KeyRecord): boolean {
  if (alg !== undefined && use !== 'enc') return registry.algorithms[alg] !== undefined || use === 'sig'
  return use === 'sig'
}

/** The least that any use asks of a key: of an RSA modulus, RFC 7518 §3.3 and §4.2; of a secret, an AES key. */
const minimumBits: Readonly<Record<string, number>> = { RSA: 2048, oct: 128 }
/** What not even the one who takes weak keys may ask for. */
const absoluteMinimumBits: Readonly<Record<string, number>> = { RSA: 1024, oct: 8 }

function checkSize({ kty, bits, alg, use, isWeakAllowed, material }: KeyRecord): void {
  if ('native' in material && bits === 0) return
  // A password is a secret of any length, and its algorithm says that it is one.
  const isJudgedByAlgorithm = kty === 'oct' && (alg !== undefined || use === 'enc')
  const limits = isWeakAllowed || isJudgedByAlgorithm ? absoluteMinimumBits : minimumBits
  const minimum = limits[kty] ?? 0
  if (bits < minimum) throw new JoseError('key_too_weak', `key is too short: expected at least ${minimum} bits`)
}

/**
 * Lets the platform build the key once, so that a point off its curve fails here, and sign once: a private half that
 * belongs to another public half makes signatures that nobody accepts, and not every platform notices.
 */
async function checkMaterial(record: KeyRecord): Promise<void> {
  const { kty, material, backend } = record
  if (kty === 'oct' || 'native' in material) return
  try {
    await backend.checkKey(material)
    if (!record.isPrivate || (await signsForItself(record))) return
  } catch (cause) {
    throw brokenKey(material, cause)
  }
  throw brokenKey(material)
}

/** What a key pair is tried with; not the signing input of any JWS. */
const probe = 'Do the halves of this key belong together?'

/**
 * Whether the halves belong together, as far as a signature can tell: RSA is compared number by number before. A key of
 * type AKP is for the one algorithm that it names; for the others any that fits will do, whether the key may serve it or
 * not.
 */
async function signsForItself(record: KeyRecord): Promise<boolean> {
  const { kty, crv, material, publicMembers, backend } = record
  const alg = kty === 'AKP' ? record.alg : undefined
  const [row] = kty === 'RSA' ? [] : algorithmsFor(standardSignatureRegistry(), { kty, crv, alg })
  if (row === undefined) return true
  const verify = await backend.verifier(publicMembers ?? material, row.scheme)
  const sign = await backend.signer(material, row.scheme)
  return verify(probe, decodeBase64url(await sign(probe)))
}

function brokenKey({ kty }: Exclude<KeyMaterial, { native: object }>, cause?: unknown): JoseError {
  if (cause instanceof PlatformUnsupportedError) {
    return new JoseError('key_unsupported', `key unsupported: ${cause.message}`, { cause })
  }
  return new JoseError('key_invalid', `JWK invalid: its members are no key of type "${kty}"`, { cause })
}
