import { hashGeneratedSecret, hashSecret } from '../../crypto/password.ts'
import { randomToken } from '../../crypto/random.ts'
import { type Clock, nowInSeconds, type Seconds } from '../../util/clock.ts'
import { ConfigurationError } from '../../util/configuration-error.ts'
import { type Duration, toSeconds } from '../../util/duration.ts'
import type { ClientMetadata } from '../client-metadata.ts'
import type { Client, StoredSecret } from './records.ts'

/** How long a secret must be to make as many bits as the signature has. @spec RFC 7518 §3.2 */
const SHORTEST: Readonly<Record<string, number>> = { HS256: 32, HS384: 48, HS512: 64 }

/** Long enough for every one of them. */
const GENERATED_BYTES = 48

/** What is wrong with a secret for a client that is registered like this, a sentence each. @spec RFC 6749 §A.2 */
export function findSecretProblems(metadata: ClientMetadata, secret: string): string[] {
  const { token_endpoint_auth_method: method, token_endpoint_auth_signing_alg: algorithm = 'HS256' } = metadata
  if (method === 'none') return ['"client_secret" must be absent with "token_endpoint_auth_method" "none"']
  if (!/^[\x20-\x7e]+$/.test(secret)) return ['"client_secret" must be printable ASCII']
  const shortest = SHORTEST[algorithm] ?? 32
  return method === 'client_secret_jwt' && secret.length < shortest
    ? [`"client_secret" must have at least ${shortest} characters for "client_secret_jwt"`]
    : []
}

/** A client that computes with its secret needs a server that does the same; of others only the hash is kept. */
export async function storeSecret(
  { token_endpoint_auth_method: method }: ClientMetadata,
  secret: string,
  hash: (secret: string) => Promise<string> = hashSecret,
): Promise<StoredSecret> {
  const stored = { hash: await hash(secret) }
  return method === 'client_secret_jwt' ? { ...stored, value: secret } : stored
}

export interface SecretRotation {
  /** The new secret. Default: a random one. */
  readonly secret?: string
  /** How long the secret before it is accepted beside it. Default 7 days. */
  readonly overlap?: Duration
  /** How long the new secret is accepted. Default: until the next rotation. */
  readonly expiresIn?: Duration
  readonly clock?: Clock
}

export interface RotatedSecret {
  /** What to keep in place of the client that was given. */
  readonly client: Client
  /** The new secret, in the clear here and nowhere else. */
  readonly secret: string
}

/**
 * Gives a client a new secret. The one before is accepted for a while, so that a client which runs in many places can
 * take the new one to each; older ones end.
 *
 * @example
 * const { client, secret } = await rotateClientSecret(await store.findClient('web'), { overlap: '1d' })
 * @throws ConfigurationError where the client has no use for a secret, or for this one.
 */
export async function rotateClientSecret(client: Client, options: SecretRotation = {}): Promise<RotatedSecret> {
  const { overlap = '7d', expiresIn, clock = Date.now } = options
  const secret = options.secret ?? randomToken(GENERATED_BYTES)
  const problems = findSecretProblems(client, secret)
  if (problems.length > 0) throw new ConfigurationError('client', problems)
  const now = nowInSeconds(clock)
  const stored = await storeSecret(client, secret, options.secret === undefined ? hashGeneratedSecret : hashSecret)
  const added = expiresIn === undefined ? stored : { ...stored, expires_at: now + toSeconds(expiresIn) }
  const client_secrets = [added, ...endSoon(client.client_secrets ?? [], now, now + toSeconds(overlap))]
  return { client: { ...client, client_secrets }, secret }
}

/** Of the secrets before the newest that is alive, and that one not for longer than it was to live anyway. */
function endSoon(secrets: readonly StoredSecret[], now: Seconds, until: Seconds): StoredSecret[] {
  const newest = secrets.find(({ expires_at = Number.POSITIVE_INFINITY }) => expires_at > now)
  if (newest === undefined || until <= now) return []
  return [{ ...newest, expires_at: Math.min(newest.expires_at ?? until, until) }]
}
