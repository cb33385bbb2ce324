import { type KeyMembers, PlatformUnsupportedError } from '../../../crypto/backend.ts'
import type { NodeCrypto, NodeProcess } from '../../../crypto/node-types.ts'
import { kindOf } from '../../../crypto/platform-unsupported.ts'
import { type SignatureParameters, signatureParameters } from '../../../crypto/web-signatures.ts'
import type { SignatureAlgorithm } from '../../algorithms/signature-registry.ts'
import { JoseError } from '../../errors.ts'
import type { KeyObjectLike } from '../import.ts'

/** What WebCrypto binds a key to, as `crypto.subtle.importKey` takes it. */
export type WebKeyParameters = Omit<SignatureParameters, 'saltLength'>

/** Reads the key into WebCrypto, for a signature algorithm or what else it is to be bound to. */
export async function toCryptoKey(
  members: KeyMembers,
  binding: WebKeyParameters | { readonly algorithm: SignatureAlgorithm | undefined },
  usages: readonly KeyUsage[],
  extractable: boolean,
): Promise<CryptoKey> {
  const parameters = 'algorithm' in binding ? algorithmParameters(binding.algorithm, members) : binding
  try {
    return await crypto.subtle.importKey('jwk', { ...members }, parameters, extractable, [...usages])
  } catch (cause) {
    const { message } = new PlatformUnsupportedError(kindOf(members) ?? parameters.name)
    throw new JoseError('key_unsupported', `CryptoKey unsupported: ${message}`, { cause })
  }
}

function algorithmParameters(algorithm: SignatureAlgorithm | undefined, { crv }: KeyMembers): WebKeyParameters {
  if (algorithm !== undefined) return signatureParameters(algorithm.scheme, crv)
  throw new JoseError(
    'algorithms_required',
    '"parameters" missing: expected, since the key names no signature algorithm',
  )
}

/** A type parameter lets the caller name Node's own type, which nothing here knows. */
export function toKeyObject<NodeKeyObject extends KeyObjectLike>(
  members: KeyMembers,
  isPrivate: boolean,
): NodeKeyObject {
  const { process } = globalThis as { process?: NodeProcess }
  const crypto = process?.getBuiltinModule?.('node:crypto') as NodeCrypto | undefined
  if (crypto === undefined) {
    throw new JoseError('key_unsupported', 'KeyObject unsupported: expected a runtime with node:crypto')
  }
  return build(crypto, members, isPrivate) as KeyObjectLike as NodeKeyObject
}

function build(crypto: NodeCrypto, members: KeyMembers, isPrivate: boolean): KeyObjectLike {
  if (members.k !== undefined) return crypto.createSecretKey(members.k, 'base64url')
  const input = { key: members, format: 'jwk' } as const
  return isPrivate ? crypto.createPrivateKey(input) : crypto.createPublicKey(input)
}
