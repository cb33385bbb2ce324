import { getBackend, type Signer } from '../../../crypto/backend.ts'
import { hashSecret, verifySecret } from '../../../crypto/password.ts'
import { randomToken } from '../../../crypto/random.ts'
import { type Awaitable, isPending } from '../../../util/awaitable.ts'
import { LruCache } from '../../../util/lru.ts'
import type { ClientAuthContext } from '../client-auth.ts'
import type { Client } from '../records.ts'

/**
 * Compares presented client secrets with stored hashes. The slow hash is computed once for a secret that is right, not
 * once a request: a bounded cache remembers a MAC over client, stored hash and secret, under a key that never leaves this
 * object. A changed hash is therefore another entry; a wrong secret is never remembered and always costs the slow hash.
 */
export class SecretVerifier {
  readonly #verified: LruCache<string, true> = new LruCache({ max: 1000 })
  #mac: Awaitable<Signer> | undefined
  #decoy: Promise<string> | undefined

  /**
   * Whether it is one of the client's live secrets. Without any it takes as long as for a wrong one, hashed slowly.
   *
   * @throws what `beforeSlowWork` throws; it is asked once, and not about a secret that was right before.
   */
  async verify(
    client: Client,
    presented: string,
    { now, beforeSlowWork }: Pick<ClientAuthContext, 'now' | 'beforeSlowWork'>,
  ): Promise<boolean> {
    this.#mac ??= createMac()
    const authenticate = isPending(this.#mac) ? await this.#mac : this.#mac
    const candidates: { hash: string; mac: string }[] = []
    for (const { hash, expires_at: end } of client.client_secrets ?? []) {
      // Asked this way, an end that is no number is over.
      if (end !== undefined && !(end > now)) continue
      const mac = authenticate(`${client.client_id}\0${hash}\0${presented}`)
      candidates.push({ hash, mac: isPending(mac) ? await mac : mac })
    }
    if (candidates.some(({ mac }) => this.#verified.get(mac) !== undefined)) return true
    await beforeSlowWork()
    for (const { hash, mac } of candidates) {
      if (!(await verifySecret(presented, hash))) continue
      this.#verified.set(mac, true)
      return true
    }
    if (candidates.length === 0) await this.#compareWithDecoy(presented)
    return false
  }

  /** So that the time taken does not tell which clients have a secret that somebody may have chosen. */
  async #compareWithDecoy(presented: string): Promise<void> {
    this.#decoy ??= Promise.resolve(hashSecret(randomToken()))
    await verifySecret(presented, await this.#decoy)
  }
}

/** A MAC by a key that was made for it. The backend prepares the key once. */
function createMac(): Awaitable<Signer> {
  const secret = { kty: 'oct', k: randomToken() }
  return getBackend().signer(secret, { family: 'hmac', hash: 'sha-256' })
}
