import type { KeyMembers, MakeVerifier, Verifier } from '../../crypto/primitives.ts'
import { readPublicKey } from '../../crypto/public-key.ts'
import type { Awaitable } from '../../util/awaitable.ts'
import type { SignatureAlgorithm, SignatureRegistry } from '../algorithms/signature-registry.ts'
import { JoseError } from '../errors.ts'
import { readParameters } from './parameters.ts'
import { readPublicMembers } from './public-members.ts'
import type { Jwk, PublicJwk } from './types.ts'
import type { VerificationKey } from './verification-key.ts'

/** What a public key is ready for, and made ready with. */
interface Usable {
  readonly kid: string | undefined
  readonly alg: string | undefined
  readonly registry: SignatureRegistry
  readonly algorithms: readonly SignatureAlgorithm[]
  readonly makeVerifier: MakeVerifier
}

/**
 * A key that somebody published, and that verifies with any algorithm which it may serve: all that a client needs of its
 * provider. It is held to the same rules as `Key`, which carries what else keys can do, and every format of them.
 */
export class PublicKey implements VerificationKey {
  readonly kid: string | undefined
  readonly alg: string | undefined
  readonly registry: SignatureRegistry
  readonly #algorithms: readonly SignatureAlgorithm[]
  readonly #makeVerifier: MakeVerifier
  readonly #verifiers: Map<SignatureAlgorithm, Awaitable<Verifier>> = new Map()

  constructor({ kid, alg, registry, algorithms, makeVerifier }: Usable) {
    this.kid = kid
    this.alg = alg
    this.registry = registry
    this.#algorithms = algorithms
    this.#makeVerifier = makeVerifier
  }

  /** Whether the key may serve an algorithm: the row itself counts, not what somebody calls it. */
  supports(algorithm: object): boolean {
    return this.#algorithms.some((own) => own === algorithm)
  }

  /** Made once for each algorithm. */
  verifier(algorithm: SignatureAlgorithm): Awaitable<Verifier> {
    if (!this.supports(algorithm)) {
      throw new JoseError('key_algorithm_mismatch', `"alg" (Algorithm) mismatch: the key is not for ${algorithm.name}`)
    }
    const verifier = this.#verifiers.get(algorithm) ?? this.#makeVerifier(algorithm.scheme)
    this.#verifiers.set(algorithm, verifier)
    return verifier
  }
}

/**
 * Reads a key that verifies signatures. One that no registered algorithm may use is refused: by its type, its curve, its
 * size, or by what it says that it is for. Certificates that came along are not looked at: the key is trusted for where
 * it was found.
 *
 * @throws JoseError `key_invalid`, `key_unsupported`, `key_too_weak`
 * @spec RFC 7517 §4
 */
export async function importPublicKey(jwk: Jwk | PublicJwk, registry: SignatureRegistry): Promise<PublicKey> {
  const { kid, alg, use = 'sig', keyOps = ['verify'] } = readParameters({ ...jwk })
  const { members, bits } = readPublicMembers({ ...jwk })
  const { kty, crv = '' } = members
  const isForVerifying = use === 'sig' && keyOps.some((name) => name === 'sign' || name === 'verify')
  const algorithms = Object.values(registry.algorithms).filter(
    (row) => row.kty === kty && (row.crv?.includes(crv) ?? true) && (alg ?? row.name) === row.name,
  )
  if (!isForVerifying || algorithms.length === 0) {
    throw new JoseError('key_unsupported', 'key unsupported: no signature algorithm fits what it is and is for')
  }
  const strong = algorithms.filter(({ minimumBits }) => bits >= minimumBits)
  if (strong.length === 0) throw new JoseError('key_too_weak', 'key is too short for the algorithms that it fits')
  return new PublicKey({ kid, alg, registry, algorithms: strong, makeVerifier: await readMaterial(members) })
}

async function readMaterial(members: KeyMembers): Promise<MakeVerifier> {
  try {
    return await readPublicKey(members)
  } catch (cause) {
    throw unreadable(members, cause)
  }
}

/** RSA and the curves of NIST are everywhere. Of other kinds it cannot be told whether the key or the platform is at fault. */
function unreadable({ kty, crv = 'P-' }: KeyMembers, cause: unknown): JoseError {
  const code = crv.startsWith('P-') ? 'key_invalid' : 'key_unsupported'
  return new JoseError(code, `JWK invalid: its members are no key of type "${kty}", or not on this runtime`, { cause })
}
