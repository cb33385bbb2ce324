import type { KeyMembers, MakeVerifier, Verifier } from '../../crypto/primitives.ts'
import { readPublicKey } from '../../crypto/public-key.ts'
import type { Awaitable } from '../../util/awaitable.ts'
import type { SignatureAlgorithm, SignatureRegistry } from '../algorithms/signature-registry.ts'
import { JoseError } from '../errors.ts'
import { type CheckedFacts, checkFacts } from './check.ts'
import { readMembers } from './members.ts'
import { readParameters } from './parameters.ts'
import { PreparedCache } from './prepared-cache.ts'
import type { Jwk, KeyOperation, PrivateJwk, PublicJwk } from './types.ts'
import { algorithmMismatch, type KeyRequirement, keyProblem } from './usage.ts'
import type { VerificationKey } from './verification-key.ts'

/**
 * A key that somebody published, and that verifies with any algorithm which it may serve: all that a client needs of its
 * provider. It is held to the same rules as `Key`, which carries what else keys can do, and every format of them.
 */
export class PublicKey implements VerificationKey {
  readonly kid: string | undefined
  readonly alg: string | undefined
  readonly use: string | undefined
  readonly keyOps: readonly string[] | undefined
  readonly isPrivate: false = false
  readonly registry: SignatureRegistry
  readonly #facts: CheckedFacts
  readonly #makeVerifier: MakeVerifier
  readonly #verifiers: PreparedCache<Verifier> = new PreparedCache()

  constructor(kid: string | undefined, facts: CheckedFacts, makeVerifier: MakeVerifier) {
    this.kid = kid
    this.alg = facts.alg
    this.use = facts.use
    this.keyOps = facts.keyOps
    this.registry = facts.registry
    this.#facts = facts
    this.#makeVerifier = makeVerifier
  }

  /** Whether the key may serve an algorithm. */
  supports(algorithm: KeyRequirement, operation: KeyOperation): boolean {
    return this.#problem(algorithm, operation) === undefined
  }

  verifier(algorithm: SignatureAlgorithm): Awaitable<Verifier> {
    return this.#verifiers.get(algorithm) ?? this.#verifiers.make(algorithm, () => this.#prepare(algorithm))
  }

  #prepare(algorithm: SignatureAlgorithm): Awaitable<Verifier> {
    const problem = this.#problem(algorithm, 'verify')
    if (problem) throw problem
    return this.#makeVerifier(algorithm.scheme)
  }

  #problem(algorithm: KeyRequirement, operation: KeyOperation): JoseError | undefined {
    const isRegistered = this.registry.algorithms[algorithm.name] === algorithm
    return (
      keyProblem(this.#facts, algorithm, operation) ?? (isRegistered ? undefined : algorithmMismatch(algorithm.name))
    )
  }
}

/**
 * Reads a key that verifies signatures. One for anything else is refused, and so is a private one, which has no business
 * in a published set. Certificates that came along are not looked at: the key is trusted for where it was found.
 *
 * @throws JoseError `key_invalid`, `key_unsupported`, `key_too_weak`
 * @spec RFC 7517 §4
 */
export async function importPublicKey(
  jwk: Jwk | PublicJwk | PrivateJwk,
  registry: SignatureRegistry,
): Promise<PublicKey> {
  const { members, isPrivate, bits } = readMembers({ ...jwk })
  if (isPrivate) throw new JoseError('key_unsupported', 'a private key or a secret was published')
  const { kid, alg, use, keyOps } = readParameters({ ...jwk })
  const { kty, crv } = members
  const facts: CheckedFacts = {
    ...{ kty, crv, alg, use, keyOps, bits, registry },
    ...{ material: members, isPrivate: false, isWeakAllowed: false },
  }
  checkFacts({ ...facts, use: use ?? 'sig' })
  return new PublicKey(kid, facts, await readMaterial(members))
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
  const code = kty !== 'AKP' && crv.startsWith('P-') ? 'key_invalid' : 'key_unsupported'
  return new JoseError(code, `JWK invalid: its members are no key of type "${kty}", or not on this runtime`, { cause })
}
