import { derChildren, derTags, readDer } from '../../crypto/der.ts'
import { decodeBase64url } from '../../util/base64url.ts'
import { JoseError } from '../errors.ts'

/** Refuses an HMAC secret that is in truth an asymmetric key: whoever knows its public half could sign (CVE-2022-29217). */
export function refuseKeyText(secret: Uint8Array): void {
  if (isKey(secret) || isKey(decodedBase64(secret))) {
    throw new JoseError(
      'key_invalid',
      'HMAC secret invalid: expected random bytes, not the text of a PEM, SSH or JWK key',
    )
  }
}

function isKey(bytes: Uint8Array): boolean {
  return isDerKey(bytes) || asymmetricKeyTexts.some((looksLike) => looksLike(textOf(bytes)))
}

/** The characters of a text, without what UTF-16 and a byte order mark add: neither makes a secret of a public key. */
function textOf(bytes: Uint8Array): string {
  return new TextDecoder()
    .decode(bytes)
    .replaceAll('\0', '')
    .replace(/^\uFFFD+/, '')
}

/** The texts of asymmetric keys that end up in configuration, told by more than chance ever writes. */
const asymmetricKeyTexts: readonly ((text: string) => boolean)[] = [
  // PEM: tools write attributes in front of it, so that its first line counts wherever it stands.
  (text) => /---- ?BEGIN /.test(text),
  // OpenSSH, with the keys of hardware tokens; API keys begin with "sk-" too.
  (text) => /^\s*(?:ssh-(?:rsa|dss|ed)|(?:sk-)?ecdsa-sha2-|sk-ssh-)/.test(text),
  // A JWK, a list of them or a JWK Set.
  (text) => /^\s*[{[]/.test(text) && /"kty"\s*:/.test(text),
]

const base64 = /^[A-Za-z0-9+/_-]+={0,2}$/
const nothing = new Uint8Array()

/** What a text in base64 stands for: PEM without its first and last line, or a whole file in an environment variable. */
function decodedBase64(secret: Uint8Array): Uint8Array {
  const text = textOf(secret).replace(/\s+/g, '')
  if (!base64.test(text)) return nothing
  const letters = text.replace(/=+$/, '').replaceAll('+', '-').replaceAll('/', '_')
  try {
    return decodeBase64url(letters)
  } catch {
    return nothing
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
