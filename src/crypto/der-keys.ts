/** What the object identifiers in a DER key (hex, as `keyAlgorithmOf` reads them) mean to WebCrypto. */
interface DerAlgorithm {
  readonly name: string
  /** The hash that RSA keys are read with is forgotten on export. */
  readonly hash?: string
}

/**
 * The algorithms of keys.
 *
 * @spec RFC 8410 §3
 * @spec RFC 9881 §2
 */
const algorithms: Readonly<Record<string, DerAlgorithm>> = {
  '2a864886f70d010101': { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
  '2a8648ce3d0201': { name: 'ECDSA' },
  '2b656e': { name: 'X25519' },
  '2b656f': { name: 'X448' },
  '2b6570': { name: 'Ed25519' },
  '2b6571': { name: 'Ed448' },
  '608648016503040311': { name: 'ML-DSA-44' },
  '608648016503040312': { name: 'ML-DSA-65' },
  '608648016503040313': { name: 'ML-DSA-87' },
}

/** @spec RFC 5480 §2.1.1.1 */
const curves: Readonly<Record<string, string>> = {
  '2a8648ce3d030107': 'P-256',
  '2b81040022': 'P-384',
  '2b81040023': 'P-521',
  '2b8104000a': 'secp256k1',
}

/** What WebCrypto must be told to read such a key. @throws TypeError for keys that no JWK can say. */
export function derKeyParameters(identifier: { algorithm: string; curve?: string }): {
  name: string
  hash?: string
  namedCurve?: string
} {
  const algorithm = algorithms[identifier.algorithm]
  if (algorithm === undefined) throw new TypeError('DER key is of an unknown algorithm')
  if (identifier.curve === undefined) return algorithm
  const namedCurve = curves[identifier.curve]
  if (namedCurve === undefined) throw new TypeError('DER key is on an unknown curve')
  return { ...algorithm, namedCurve }
}

/** The curve or parameter set that the key is of; `undefined` for RSA. */
export function derKeyKind(identifier: { algorithm: string; curve?: string }): string | undefined {
  const { name, hash, namedCurve } = derKeyParameters(identifier)
  return hash === undefined ? (namedCurve ?? name) : undefined
}

/** The object identifier of a kind of key (`RSA`, `EC`, or a curve or parameter set of its own), or of an EC curve. */
export function derObjectIdentifier(kind: string): string {
  const named = { RSA: 'RSASSA-PKCS1-v1_5', EC: 'ECDSA' }[kind] ?? kind
  const [curve] = Object.entries(curves).find(([, name]) => name === kind) ?? []
  const [algorithm] = Object.entries(algorithms).find(([, { name }]) => name === named) ?? []
  const identifier = curve ?? algorithm
  if (identifier === undefined) throw new TypeError('kind of key has no object identifier')
  return identifier
}
