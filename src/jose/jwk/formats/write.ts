import type { KeyMembers } from '../../../crypto/backend.ts'
import { derObjectIdentifier } from '../../../crypto/der-keys.ts'
import { concatBytes } from '../../../util/bytes.ts'
import {
  bitString,
  element,
  integer,
  memberBytes,
  nothing,
  objectIdentifier,
  octetString,
  sequence,
  smallInteger,
} from './asn1.ts'

/** SubjectPublicKeyInfo. @spec RFC 5280 §4.1.2.7 */
export function writeSpki(members: KeyMembers): Uint8Array {
  return sequence(algorithmIdentifier(members), bitString(publicBytes(members)))
}

/** PrivateKeyInfo. @spec RFC 5958 §2 */
export function writePkcs8(members: KeyMembers): Uint8Array {
  return sequence(smallInteger(0), algorithmIdentifier(members), octetString(privateBytes(members)))
}

/** @spec RFC 8017 §A.1.1 */
export function writePkcs1Public({ n, e }: KeyMembers): Uint8Array {
  return sequence(integer(memberBytes(n)), integer(memberBytes(e)))
}

/** @spec RFC 8017 §A.1.2 */
export function writePkcs1Private({ n, e, d, p, q, dp, dq, qi }: KeyMembers): Uint8Array {
  const numbers = [n, e, d, p, q, dp, dq, qi].map((text) => integer(memberBytes(text)))
  return sequence(smallInteger(0), ...numbers)
}

/** A file of its own names the curve; inside PKCS #8 that is said before. @spec RFC 5915 §3 */
export function writeSec1(members: KeyMembers, namesCurve = true): Uint8Array {
  const curve = element(0xa0, objectIdentifier(derObjectIdentifier(members.crv ?? '')))
  const publicKey = element(0xa1, bitString(publicBytes(members)))
  const d = octetString(memberBytes(members.d))
  return sequence(smallInteger(1), d, ...(namesCurve ? [curve] : []), publicKey)
}

/** @spec RFC 3279 §2.3.1 @spec RFC 5480 §2.1.1 @spec RFC 8410 §3 @spec RFC 9881 §2 */
function algorithmIdentifier({ kty, crv, alg }: KeyMembers): Uint8Array {
  if (kty === 'RSA') return sequence(objectIdentifier(derObjectIdentifier('RSA')), nothing())
  const kind = objectIdentifier(derObjectIdentifier(crv ?? alg ?? ''))
  return kty === 'EC' ? sequence(objectIdentifier(derObjectIdentifier('EC')), kind) : sequence(kind)
}

function publicBytes(members: KeyMembers): Uint8Array {
  const { kty, x, y, pub } = members
  if (kty === 'RSA') return writePkcs1Public(members)
  if (kty === 'EC') return uncompressedPoint(memberBytes(x), memberBytes(y))
  return memberBytes(pub ?? x)
}

/** @spec RFC 5480 §2.2 */
export function uncompressedPoint(x: Uint8Array, y: Uint8Array): Uint8Array {
  return concatBytes(Uint8Array.of(4), x, y)
}

/** A seed of ML-DSA is tagged, since its expanded form would be read otherwise. @spec RFC 8410 §7 @spec RFC 9881 §6 */
function privateBytes(members: KeyMembers): Uint8Array {
  const { kty, d, priv } = members
  if (kty === 'RSA') return writePkcs1Private(members)
  if (kty === 'EC') return writeSec1(members, false)
  return kty === 'AKP' ? element(0x80, memberBytes(priv)) : octetString(memberBytes(d))
}
