import type { KeyMembers, KeyPairScheme } from './primitives.ts'

/** Curves and parameter sets that not every platform has, and where they are to be found. */
const runtimes: Readonly<Record<string, string>> = {
  'AES-192': 'one other than a Chromium browser',
  secp256k1: 'a runtime whose node:crypto has this curve, such as Node or Deno',
  Ed25519: 'a runtime of 2025 or later',
  X25519: 'a runtime of 2025 or later',
  Ed448: 'a runtime whose node:crypto has this curve, such as Node',
  X448: 'a runtime whose node:crypto has this curve, such as Node',
  'ML-DSA-44': 'Node 24.7 or later, or another runtime with ML-DSA',
  'ML-DSA-65': 'Node 24.7 or later, or another runtime with ML-DSA',
  'ML-DSA-87': 'Node 24.7 or later, or another runtime with ML-DSA',
}

/** The key is fine and this platform is not the one for it. */
export class PlatformUnsupportedError extends Error {
  override readonly name: string = 'PlatformUnsupportedError'
  /** The curve or parameter set. */
  readonly kind: string

  constructor(kind: string, options?: ErrorOptions) {
    super(`"${kind}" is not available in this runtime: expected ${runtimes[kind] ?? 'another one'}`, options)
    this.kind = kind
  }
}

/** The curve or parameter set of a key, or of a scheme, where platforms differ in having it. */
export function kindOf(key: KeyMembers | KeyPairScheme): string | undefined {
  const kind = 'family' in key ? schemeKind(key) : (key.crv ?? key.alg)
  return kind !== undefined && Object.hasOwn(runtimes, kind) ? kind : undefined
}

function schemeKind(scheme: KeyPairScheme): string | undefined {
  if (scheme.family === 'ml-dsa') return scheme.parameterSet
  return 'curve' in scheme ? scheme.curve : undefined
}
