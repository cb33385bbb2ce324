import { isRecord } from '../../util/assert.ts'

const MAX_KEYS = 20

/** What makes a JWK private or a secret, whatever its type. @spec RFC 7518 §6 */
const PRIVATE = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv']

/** What a public key of a type is made of. Keys of other types are passed over when they are used (RFC 7517 §5). */
const PUBLIC: ReadonlyMap<unknown, readonly string[]> = new Map([
  ['RSA', ['n', 'e']],
  ['EC', ['crv', 'x', 'y']],
  ['OKP', ['crv', 'x']],
  ['AKP', ['alg', 'pub']],
])

/**
 * What a client's key set must be: some public keys. A private key that is registered is known to one more party than it
 * should be, and a secret is no key to check others by.
 *
 * @spec RFC 7591 §2
 * @spec RFC 7517 §5
 */
export function publicJwks(value: unknown): string | undefined {
  const keys = isRecord(value) ? value['keys'] : undefined
  if (!Array.isArray(keys)) return 'must be a JWK Set: an object whose "keys" is a list'
  if (keys.length > MAX_KEYS) return `must not have more than ${MAX_KEYS} keys`
  return keys.map(publicJwk).find((problem) => problem !== undefined)
}

function publicJwk(key: unknown): string | undefined {
  if (!isRecord(key) || typeof key['kty'] !== 'string') return 'must be a list of JWKs, each of which names its "kty"'
  if (key['kty'] === 'oct' || PRIVATE.some((member) => Object.hasOwn(key, member))) {
    return 'must hold public keys only: no private key, and no secret'
  }
  const missing = PUBLIC.get(key['kty'])?.some((member) => typeof key[member] !== 'string')
  return missing === true ? 'must hold keys with all members of their type' : undefined
}
