import type { KeyMembers } from '../../../crypto/backend.ts'
import { encodeBase64url } from '../../../util/base64url.ts'
import { concatBytes, decodeUtf8, encodeUtf8 } from '../../../util/bytes.ts'
import { JoseError } from '../../errors.ts'
import { memberBytes } from './asn1.ts'
import { decodeBase64, encodeBase64 } from './base64.ts'
import type { ReadKey } from './read.ts'
import { uncompressedPoint } from './write.ts'

/** The kinds of OpenSSH public keys that a JWK can say, by what stands first in the line. */
interface SshKind {
  readonly kty: string
  readonly crv?: string
  /** What the key calls its curve inside. */
  readonly curve?: string
}

/**
 * @spec RFC 4253 §6.6
 * @spec RFC 5656 §3.1
 * @spec RFC 8709 §4
 */
const kinds: Readonly<Record<string, SshKind>> = {
  'ssh-rsa': { kty: 'RSA' },
  'ssh-ed25519': { kty: 'OKP', crv: 'Ed25519' },
  'ssh-ed448': { kty: 'OKP', crv: 'Ed448' },
  'ecdsa-sha2-nistp256': { kty: 'EC', crv: 'P-256', curve: 'nistp256' },
  'ecdsa-sha2-nistp384': { kty: 'EC', crv: 'P-384', curve: 'nistp384' },
  'ecdsa-sha2-nistp521': { kty: 'EC', crv: 'P-521', curve: 'nistp521' },
}

/** Whether a text is a line as `authorized_keys` and `id_*.pub` have it. */
export function isSshKey(text: string): boolean {
  return /^\s*(?:ssh-|ecdsa-sha2-|sk-)/.test(text)
}

/** Reads one line; the comment at its end is passed over. */
export function readSshKey(line: string): ReadKey {
  const [name = '', text = ''] = line.trim().split(/[ \t]+/, 2)
  const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined
  if (kind === undefined || /[\r\n]/.test(line.trim())) {
    throw new JoseError('key_unsupported', 'OpenSSH key unsupported: expected one line of an RSA, ECDSA or EdDSA key')
  }
  const [type, ...fields] = readFields(decodeBase64(text))
  if (type === undefined || decodeUtf8(type) !== name) throw new SyntaxError('OpenSSH key is of another type')
  return { kty: kind.kty, ...(kind.crv !== undefined && { crv: kind.crv }), ...readNumbers(kind, fields) }
}

function readNumbers({ kty, curve }: SshKind, fields: readonly Uint8Array[]): Record<string, string> {
  if (fields.length !== (kty === 'OKP' ? 1 : 2)) throw new SyntaxError('OpenSSH key has another number of fields')
  const [first = new Uint8Array(), second = new Uint8Array()] = fields
  if (kty === 'OKP') return { x: encodeBase64url(first) }
  if (kty === 'RSA') return { e: encodeBase64url(withoutZeros(first)), n: encodeBase64url(withoutZeros(second)) }
  if (decodeUtf8(first) !== curve || second[0] !== 4) throw new SyntaxError('OpenSSH key is on another curve')
  const width = (second.length - 1) / 2
  return { x: encodeBase64url(second.subarray(1, 1 + width)), y: encodeBase64url(second.subarray(1 + width)) }
}

function withoutZeros(number: Uint8Array): Uint8Array {
  return number.subarray(
    Math.max(
      number.findIndex((byte) => byte !== 0),
      0,
    ),
  )
}

/** Fields with their length in front. @spec RFC 4251 §5 */
function readFields(blob: Uint8Array): Uint8Array[] {
  const fields: Uint8Array[] = []
  const view = new DataView(blob.buffer, blob.byteOffset, blob.length)
  for (let offset = 0; offset < blob.length; ) {
    const start = offset + 4
    offset = start + view.getUint32(offset)
    if (offset > blob.length) throw new SyntaxError('OpenSSH key ends early')
    fields.push(blob.subarray(start, offset))
  }
  return fields
}

/** Writes a public key as one line. @throws JoseError `key_unsupported` for kinds that OpenSSH does not have. */
export function writeSshKey(members: KeyMembers, comment: string): string {
  const { kty, crv } = members
  const [name, kind] = Object.entries(kinds).find(([, known]) => known.kty === kty && known.crv === crv) ?? []
  if (name === undefined || kind === undefined) {
    throw new JoseError('key_unsupported', 'key has no OpenSSH form: expected an RSA, NIST EC or EdDSA key')
  }
  if (/[\r\n]/.test(comment)) throw new TypeError('"comment" invalid: expected one line')
  const blob = concatBytes(...[encodeUtf8(name), ...fieldsOf(members, kind)].map(field))
  return `${name} ${encodeBase64(blob)}${comment === '' ? '' : ` ${comment}`}`
}

function fieldsOf({ n, e, x, y }: KeyMembers, { kty, curve = '' }: SshKind): Uint8Array[] {
  if (kty === 'RSA') return [signed(memberBytes(e)), signed(memberBytes(n))]
  if (kty === 'OKP') return [memberBytes(x)]
  return [encodeUtf8(curve), uncompressedPoint(memberBytes(x), memberBytes(y))]
}

/** A zero in front where the top bit would mean minus. @spec RFC 4251 §5 */
function signed(number: Uint8Array): Uint8Array {
  const bytes = withoutZeros(number)
  return (bytes[0] ?? 0) >= 0x80 ? concatBytes(Uint8Array.of(0), bytes) : bytes
}

function field(content: Uint8Array): Uint8Array {
  const length = new Uint8Array(4)
  new DataView(length.buffer).setUint32(0, content.length)
  return concatBytes(length, content)
}
