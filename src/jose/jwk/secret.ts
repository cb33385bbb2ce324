import { JoseError } from '../errors.ts'

/**
 * How the text of an asymmetric key begins, in the formats that end up in configuration: PEM, OpenSSH, JWK. In front of
 * PEM, tools write attributes and editors a byte order mark: its first line counts wherever it stands. A public key taken
 * for an HMAC secret lets everyone who knows it sign (CVE-2024-37568).
 */
const asymmetricKeyText = /---- ?BEGIN |^\s*(?:ssh-|ecdsa-sha2-|sk-|\{[\s\S]*"kty"\s*:)/

/** Refuses an HMAC secret that is in truth the text of an asymmetric key. */
export function refuseKeyText(secret: Uint8Array): void {
  const start = String.fromCharCode(...secret.subarray(0, 4096))
  if (asymmetricKeyText.test(start)) {
    throw new JoseError(
      'key_invalid',
      'HMAC secret invalid: expected random bytes, not the text of a PEM, SSH or JWK key',
    )
  }
}
