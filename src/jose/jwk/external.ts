import type { CryptoBackend, HashName, SignatureScheme, Signer } from '../../crypto/backend.ts'
import { type DerElement, derChildren, derTags, expectDer, readDer } from '../../crypto/der.ts'
import { curveWidths } from '../../crypto/schemes.ts'
import type { Awaitable } from '../../util/awaitable.ts'
import { encodeBase64url } from '../../util/base64url.ts'
import { encodeUtf8 } from '../../util/bytes.ts'
import type { SignatureAlgorithm } from '../algorithms/signature-registry.ts'
import { JoseError } from '../errors.ts'
import type { KeyFacts } from './usage.ts'

/** What a key management service or a hardware module is asked for. */
export interface SigningRequest {
  readonly alg: string
  readonly kid: string | undefined
  /** What is to be signed. */
  readonly data: Uint8Array
  /** Its digest with the hash of the algorithm, for services that take no more than that. Not for EdDSA and ML-DSA. */
  digest(): Promise<Uint8Array>
}

export interface ExternalSigner {
  sign(request: SigningRequest): Awaitable<Uint8Array>
  /** How ECDSA signatures come: `r || s` as JOSE has them, or the DER of most services. Default `raw`. */
  readonly signatureFormat?: 'raw' | 'der'
}

/** A signer that asks elsewhere, and looks at the form of what comes back. */
export function externalSigner(
  external: ExternalSigner,
  { name: alg, scheme }: SignatureAlgorithm,
  key: KeyFacts & { readonly kid: string | undefined },
  backend: CryptoBackend,
): Signer {
  return async (input) => {
    const data = typeof input === 'string' ? encodeUtf8(input) : input
    const digest = async (): Promise<Uint8Array> => backend.hash(hashOf(scheme), data)
    const signature = await ask(external, { alg, kid: key.kid, data, digest })
    return encodeBase64url(toJose(signature, scheme, key, external.signatureFormat ?? 'raw'))
  }
}

async function ask(external: ExternalSigner, request: SigningRequest): Promise<Uint8Array> {
  try {
    return await external.sign(request)
  } catch (cause) {
    throw new JoseError('signer_failed', 'external signer failed', { cause })
  }
}

function hashOf(scheme: SignatureScheme): HashName {
  if ('hash' in scheme) return scheme.hash
  throw new TypeError('there is no digest: the algorithm signs the data itself')
}

function toJose(signature: unknown, scheme: SignatureScheme, key: KeyFacts, format: 'raw' | 'der'): Uint8Array {
  const length = signatureLength(scheme, key)
  const raw = scheme.family === 'ecdsa' && format === 'der' ? fromDer(signature, length / 2) : signature
  if (raw instanceof Uint8Array && raw.length === length) return raw
  throw new JoseError('signer_failed', `external signer answered with no signature: expected ${length} bytes`)
}

const mlDsaLengths = { 'ML-DSA-44': 2420, 'ML-DSA-65': 3309, 'ML-DSA-87': 4627 } as const

function signatureLength(scheme: SignatureScheme, { crv, bits }: KeyFacts): number {
  if (scheme.family === 'ecdsa') return 2 * curveWidths[scheme.curve]
  if (scheme.family === 'ml-dsa') return mlDsaLengths[scheme.parameterSet]
  if (scheme.family === 'eddsa') return crv === 'Ed448' ? 114 : 64
  return Math.ceil(bits / 8)
}

/** `SEQUENCE { INTEGER r, INTEGER s }` of a stranger, read with all its checks. @spec RFC 3279 §2.2.3 */
function fromDer(signature: unknown, width: number): Uint8Array | undefined {
  if (!(signature instanceof Uint8Array)) return undefined
  try {
    const [r, s] = derChildren(expectDer(readDer(signature), derTags.sequence))
    const raw = new Uint8Array(2 * width)
    raw.set(number(r, width), width - number(r, width).length)
    raw.set(number(s, width), 2 * width - number(s, width).length)
    return raw
  } catch {
    return undefined
  }
}

function number(element: DerElement | undefined, width: number): Uint8Array {
  const { content } = expectDer(element, derTags.integer)
  const number = content.subarray(
    Math.max(
      content.findIndex((byte) => byte !== 0),
      0,
    ),
  )
  if (number.length > width) throw new RangeError('number is too long for its curve')
  return number
}
