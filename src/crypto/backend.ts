import { createNodeBackend } from './node.ts'
import type { CryptoBackend } from './primitives.ts'
import { createWebBackend } from './web.ts'

export { PlatformUnsupportedError } from './platform-unsupported.ts'
export type {
  CryptoBackend,
  Data,
  EcCurve,
  HashName,
  KeyMaterial,
  KeyMembers,
  KeyPairScheme,
  NativeDescription,
  ScryptParameters,
  SignatureScheme,
  Signer,
  Verifier,
} from './primitives.ts'

let chosen: CryptoBackend | undefined

/**
 * The backend of this runtime, chosen on first use: `node:crypto` where the runtime hands it out, else WebCrypto.
 * Functions that must run on both in one process (tests do) take a `CryptoBackend` and default to this one.
 */
export function getBackend(): CryptoBackend {
  chosen ??= createNodeBackend() ?? createWebBackend()
  return chosen
}
