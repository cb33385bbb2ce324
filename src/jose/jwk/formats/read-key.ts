import { derTags } from '../../../crypto/der.ts'
import { JoseError } from '../../errors.ts'
import { readCertificate, withCertificates } from './certificate.ts'
import { readEncryptedPkcs8 } from './encrypted-pkcs8.ts'
import { isSshKey, readSshKey } from './openssh.ts'
import { type PemBlock, readPemBlocks } from './pem.ts'
import {
  type DerReader,
  type ReadContext,
  type ReadKey,
  reading,
  readPkcs1Private,
  readPkcs1Public,
  readPkcs8,
  readSec1,
  readSequence,
  readSpki,
} from './read.ts'

/** A form of DER: what PEM calls it, and the tags that its sequence begins with. */
interface Form {
  readonly label: string
  readonly read: DerReader
  readonly looksLike: (tags: readonly number[], version: number | undefined) => boolean
}

const { integer, bitString, octetString, sequence } = derTags
const startsWith = (tags: readonly number[], ...expected: readonly number[]): boolean =>
  expected.every((tag, index) => tags[index] === tag)

/**
 * The forms in which keys are kept as DER. This table is the only place that lists them.
 *
 * @spec RFC 7468 §5 §10 §11 §13
 */
const forms: readonly Form[] = [
  {
    label: 'PUBLIC KEY',
    read: readSpki,
    looksLike: (tags) => tags.length === 2 && startsWith(tags, sequence, bitString),
  },
  { label: 'PRIVATE KEY', read: readPkcs8, looksLike: (tags) => startsWith(tags, integer, sequence, octetString) },
  {
    label: 'ENCRYPTED PRIVATE KEY',
    read: readEncryptedPkcs8,
    looksLike: (tags) => tags.length === 2 && startsWith(tags, sequence, octetString),
  },
  {
    label: 'CERTIFICATE',
    read: readCertificate,
    looksLike: (tags) => tags.length === 3 && startsWith(tags, sequence, sequence, bitString),
  },
  {
    label: 'RSA PRIVATE KEY',
    read: readPkcs1Private,
    looksLike: (tags) => tags.length > 8 && startsWith(tags, integer, integer),
  },
  {
    label: 'RSA PUBLIC KEY',
    read: readPkcs1Public,
    looksLike: (tags) => tags.length === 2 && startsWith(tags, integer, integer),
  },
  {
    label: 'EC PRIVATE KEY',
    read: readSec1,
    looksLike: (tags, version) => version === 1 && startsWith(tags, integer, octetString),
  },
]

/** Far more than a key with its chain; looked at before anything is decoded. */
const longestText = 262_144

/** Reads a key from text: PEM in any form of the table, with the certificates beside it, or a line of OpenSSH. */
export async function readKeyText(text: string, context: ReadContext): Promise<ReadKey> {
  if (text.length > longestText) throw new JoseError('key_invalid', 'key text too long: expected one key')
  if (isSshKey(text)) return reading('OpenSSH key', async () => readSshKey(text))
  const blocks = readPemBlocks(text).filter(({ label }) => label !== 'EC PARAMETERS')
  const certificates = blocks.filter(({ label }) => label === 'CERTIFICATE')
  const keys = blocks.filter((block) => !certificates.includes(block))
  const [key = certificates[0]] = keys
  if (key === undefined || keys.length > 1) throw notOneKey(keys.length)
  const read = await readBlock(key, context)
  return withCertificates(
    read,
    certificates.map(({ der }) => der),
  )
}

function notOneKey(count: number): JoseError {
  const expectation = 'expected one PEM key or certificate, or one OpenSSH public key'
  return count > 1
    ? new JoseError('key_invalid', `key text has several keys: ${expectation}`)
    : new JoseError('key_invalid', `key text is not PEM: ${expectation}; HMAC secrets are given as bytes`)
}

function readBlock({ label, der }: PemBlock, context: ReadContext): Promise<ReadKey> {
  const form = forms.find((known) => known.label === label)
  if (form !== undefined) return reading(`PEM "${form.label}"`, () => form.read(der, context))
  const known = forms.map((known) => `"${known.label}"`).join(', ')
  throw new JoseError('key_unsupported', `PEM block unsupported: expected ${known}`)
}

/** Reads a key from DER in any form of the table, which its first elements tell. */
export function readKeyDer(der: Uint8Array, context: ReadContext): Promise<ReadKey> {
  return reading('DER', async () => {
    if (der.length > longestText) throw new RangeError('DER is too long')
    const parts = readSequence(der)
    const version = parts[0]?.tag === integer ? parts[0].content[0] : undefined
    const tags = parts.map(({ tag }) => tag)
    const form = forms.find(({ looksLike }) => looksLike(tags, version))
    if (form === undefined) throw new SyntaxError('DER is of an unknown form')
    return form.read(der, context)
  })
}
