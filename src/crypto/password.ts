import { decodeBase64url, encodeBase64url } from '../util/base64url.ts'
import { type CryptoBackend, getBackend } from './backend.ts'

const SALT_BYTES = 16
const HASH_BYTES = 32
const SCRYPT = { cost: 16_384, blockSize: 8, parallelization: 5 } as const
const PBKDF2_ITERATIONS = 600_000

/**
 * Hashes a secret that a person may have chosen: `scrypt$cost$blockSize$parallelization$salt$hash`, or
 * `pbkdf2-sha256$iterations$salt$hash` on platforms without scrypt. 16 MiB and tens of milliseconds each, on purpose.
 */
export async function hashSecret(secret: string, backend: CryptoBackend = getBackend()): Promise<string> {
  const salt = backend.randomBytes(SALT_BYTES)
  if (backend.scrypt === undefined) {
    const hash = await backend.pbkdf2('sha-256', secret, salt, PBKDF2_ITERATIONS, HASH_BYTES)
    return ['pbkdf2-sha256', PBKDF2_ITERATIONS, encodeBase64url(salt), encodeBase64url(hash)].join('$')
  }
  const { cost, blockSize, parallelization } = SCRYPT
  const hash = await backend.scrypt(secret, salt, SCRYPT, HASH_BYTES)
  return ['scrypt', cost, blockSize, parallelization, encodeBase64url(salt), encodeBase64url(hash)].join('$')
}

/**
 * Hashes a secret that was generated: `sha256$hash`. Only for secrets of at least 128 random bits, which nobody can
 * guess however fast the hash is.
 */
export async function hashGeneratedSecret(secret: string, backend: CryptoBackend = getBackend()): Promise<string> {
  return `sha256$${await backend.hashBase64url('sha-256', secret)}`
}

/**
 * Whether a secret is the one whose hash was stored, in a time that does not depend on how much of it is right.
 *
 * @throws TypeError where the stored text is no hash of a known form, or asks for more work than is reasonable.
 */
export async function verifySecret(
  secret: string,
  stored: string,
  backend: CryptoBackend = getBackend(),
): Promise<boolean> {
  const [scheme = '', ...fields] = stored.split('$')
  const form = FORMS.get(scheme)
  if (form === undefined || fields.length !== form.fields) throw unreadable()
  const hash = decode(fields.at(-1))
  // The result is as long as what it is compared with: a hash cut to nothing would be everybody's.
  if (hash.length < HASH_BYTES || hash.length > 64) throw unreadable()
  return backend.timingSafeEqual(await form.derive(secret, fields, hash.length, backend), hash)
}

interface StoredForm {
  readonly fields: number
  derive(secret: string, fields: readonly string[], length: number, backend: CryptoBackend): Promise<Uint8Array>
}

const FORMS: ReadonlyMap<string, StoredForm> = new Map([
  ['scrypt', { fields: 5, derive: deriveByScrypt }],
  ['pbkdf2-sha256', { fields: 3, derive: deriveByPbkdf2 }],
  ['sha256', { fields: 1, derive: async (secret, _fields, _length, backend) => backend.hash('sha-256', secret) }],
])

async function deriveByScrypt(
  secret: string,
  [cost, blockSize, parallelization, salt]: readonly string[],
  length: number,
  backend: CryptoBackend,
): Promise<Uint8Array> {
  if (backend.scrypt === undefined) throw new TypeError('stored secret hash needs scrypt, which this platform lacks')
  const parameters = {
    cost: integer(cost, 1024, 131_072),
    blockSize: integer(blockSize, 1, 32),
    parallelization: integer(parallelization, 1, 16),
  }
  // 128 · N · r bytes are taken: at most 128 MiB.
  if (parameters.cost * parameters.blockSize > 1_048_576) throw unreadable()
  return backend.scrypt(secret, decode(salt), parameters, length)
}

async function deriveByPbkdf2(
  secret: string,
  [iterations, salt]: readonly string[],
  length: number,
  backend: CryptoBackend,
): Promise<Uint8Array> {
  return backend.pbkdf2('sha-256', secret, decode(salt), integer(iterations, 100_000, 2_000_000), length)
}

function integer(text: string | undefined, least: number, most: number): number {
  const value = text !== undefined && /^[1-9]\d{0,8}$/.test(text) ? Number(text) : 0
  if (value < least || value > most) throw unreadable()
  return value
}

function decode(text: string | undefined): Uint8Array {
  try {
    return decodeBase64url(text ?? '')
  } catch {
    throw unreadable()
  }
}

/** Without the text itself: it may be a secret that somebody stored as it is. */
function unreadable(): TypeError {
  return new TypeError('stored secret hash must be of the form scrypt$…, pbkdf2-sha256$… or sha256$…, within bounds')
}
