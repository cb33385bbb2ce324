import { hashGeneratedSecret } from '../../../crypto/password.ts'
import { randomToken } from '../../../crypto/random.ts'
import type { Seconds } from '../../../util/clock.ts'
import type { ClientMetadata } from '../../client-metadata.ts'
import { storeSecret } from '../client-secret.ts'
import type { Client, StoredSecret } from '../records.ts'

/** The methods by which a client proves itself with a secret. */
const WITH_SECRET: ReadonlySet<string | undefined> = new Set([
  'client_secret_basic',
  'client_secret_post',
  'client_secret_jwt',
])

/** Long enough for every algorithm that a secret signs with. */
const SECRET_BYTES = 48

export interface Credentials {
  readonly secrets: readonly StoredSecret[]
  /** A secret that is new, in the clear here and nowhere else. */
  readonly secret?: string
}

/**
 * The secrets of a client that is registered like this: those that it has, as long as they are good for its method, else
 * a new one. Nobody chooses a secret of their own.
 *
 * @param lifetime how long a new secret is good; absent: for good.
 * @spec RFC 7591 §3.2.1
 * @spec RFC 7592 §2.2
 */
export async function issueCredentials(
  metadata: ClientMetadata,
  current: Client | undefined,
  now: Seconds,
  lifetime: Seconds | undefined,
): Promise<Credentials> {
  if (!WITH_SECRET.has(metadata.token_endpoint_auth_method)) return { secrets: [] }
  const kept = keepSecrets(metadata, current?.client_secrets ?? [], now)
  if (kept.length > 0) return { secrets: kept }
  const secret = randomToken(SECRET_BYTES)
  const stored = await storeSecret(metadata, secret, hashGeneratedSecret)
  return { secret, secrets: [lifetime === undefined ? stored : { ...stored, expires_at: now + lifetime }] }
}

/** A client that computes with its secret needs one whose value is known; of others only the hash is kept. */
function keepSecrets(
  { token_endpoint_auth_method: method }: ClientMetadata,
  secrets: readonly StoredSecret[],
  now: Seconds,
): readonly StoredSecret[] {
  const live = secrets.filter(({ expires_at }) => expires_at === undefined || expires_at > now)
  if (method === 'client_secret_jwt') return live.filter(({ value }) => value !== undefined)
  return live.map(({ value: _, ...secret }) => secret)
}
