import { JoseError } from '../../errors.ts'
import { decodeBase64, encodeBase64 } from './base64.ts'

export interface PemBlock {
  readonly label: string
  readonly der: Uint8Array
}

/**
 * The blocks of a PEM text; what stands between them is explanation and passed over. Looked for with `indexOf`, so that
 * no text takes more time than it is long.
 *
 * @spec RFC 7468 §2
 */
export function readPemBlocks(text: string): PemBlock[] {
  const blocks: PemBlock[] = []
  for (let start = text.indexOf(opening); start !== -1; ) {
    const labelEnd = text.indexOf(dashes, start + opening.length)
    const label = text.slice(start + opening.length, labelEnd)
    const closing = `-----END ${label}-----`
    const end = label.length > longestLabel ? -1 : text.indexOf(closing, labelEnd)
    if (labelEnd === -1 || end === -1) throw malformed()
    blocks.push({ label, der: decodeBody(text.slice(labelEnd + dashes.length, end)) })
    start = text.indexOf(opening, end + closing.length)
  }
  return blocks
}

const opening = '-----BEGIN '
const dashes = '-----'
const longestLabel = 40

/** @spec RFC 1421 §4.6.1.1 the old encryption of PEM has no integrity and one round of MD5. */
function decodeBody(body: string): Uint8Array {
  if (body.includes('Proc-Type:')) {
    throw new JoseError('key_unsupported', 'PEM block unsupported: expected PKCS #8 encryption, not that of RFC 1421')
  }
  try {
    return decodeBase64(body.replace(/\s+/g, ''))
  } catch {
    throw malformed()
  }
}

function malformed(): JoseError {
  return new JoseError('key_invalid', 'PEM invalid: expected blocks of base64 between BEGIN and END lines of one label')
}

/** @spec RFC 7468 §2 */
export function writePem(label: string, der: Uint8Array): string {
  const lines = encodeBase64(der).match(/.{1,64}/g) ?? []
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n')
}
