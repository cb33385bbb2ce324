import { derChildren, derTags, readDer } from '../../crypto/der.ts'
import { JoseError } from '../errors.ts'

/**
 * How the text of an asymmetric key begins, in the formats that end up in configuration: PEM, OpenSSH, JWK. In front of
 * PEM, tools write attributes and editors a byte order mark: its first line counts wherever it stands. A public key taken
 * for an HMAC secret lets everyone who knows it sign (CVE-2024-37568).
 */
const asymmetricKeyText = /---- ?BEGIN |^\s*(?:ssh-|ecdsa-sha2-|sk-|\{[\s\S]*"kty"\s*:)/

/** Refuses an HMAC secret that is in truth an asymmetric key. */
export function refuseKeyText(secret: Uint8Array): void {
  const start = String.fromCharCode(...secret.subarray(0, 4096))
  if (asymmetricKeyText.test(start) || isDerKey(secret)) {
    throw new JoseError(
      'key_invalid',
      'HMAC secret invalid: expected random bytes, not the text of a PEM, SSH or JWK key',
    )
  }
}

/** The length of an Ed25519 key in SPKI, than which none is shorter. */
const shortestDerKey = 44

/** Random bytes are a sequence that ends where they do, and begins as keys do, in one of billions of cases. */
function isDerKey(secret: Uint8Array): boolean {
  if (secret.length < shortestDerKey || secret[0] !== derTags.sequence) return false
  try {
    const [first] = derChildren(readDer(secret))
    const inner = first?.content[0]
    if (first?.tag === derTags.integer) return first.content.length <= 1 || first.content.length >= 128
    return first?.tag === derTags.sequence && (inner === derTags.objectIdentifier || inner === 0xa0)
  } catch {
    return false
  }
}
