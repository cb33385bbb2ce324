import { ClientError } from '../../oauth2/client/errors.ts'
import { isNonEmptyString } from '../../util/assert.ts'
import type { Awaitable } from '../../util/awaitable.ts'
import type { Clock } from '../../util/clock.ts'
import { ConfigurationError } from '../../util/configuration-error.ts'
import { LruCache } from '../../util/lru.ts'
import { ContentKeys } from './content-key.ts'
import type { ProviderOptions } from './provider-options.ts'

/** How many clients of tenants are kept: each knows the metadata and the keys of its provider. */
const MAX_CLIENTS = 1000

/** The provider of a tenant. */
export interface ResolvedProvider {
  /** Told apart by it, so no two tenants may share one; a login that was started with one is only finished with it. */
  readonly name: string
  /** Absent: the one that is registered under the name. */
  readonly options?: ProviderOptions
}

export interface ResolveContext {
  /**
   * The name of the provider that the browser was sent to; absent where it is not on its way back. Whoever decides by it alone
   * does not notice by which address the browser comes.
   */
  readonly startedWith?: string
}

/** Finds the provider for a request of the application; nothing where there is none. */
export type ResolveProvider<R> = (request: R, context: ResolveContext) => Awaitable<ResolvedProvider | undefined>

/** The clients of tenants: one for each name and content, so that the next request finds what the last one has learned. */
export class TenantClients<C> {
  readonly #create: (name: string, options: ProviderOptions) => C
  readonly #keys = new ContentKeys()
  readonly #clients: LruCache<string, C>

  constructor(create: (name: string, options: ProviderOptions) => C, clock: Clock) {
    this.#create = create
    this.#clients = new LruCache({ max: MAX_CLIENTS, clock })
  }

  get(name: string, options: ProviderOptions): C {
    const key = this.#keys.of([name, options])
    const client = this.#clients.get(key) ?? this.#create(name, options)
    this.#clients.set(key, client)
    return client
  }
}

/** What a resolver found; a database says `null` where it found nothing. It cannot give a login to another provider than the one that it was started with. */
export function checkResolved(found: ResolvedProvider | undefined, { startedWith }: ResolveContext): ResolvedProvider {
  if (!found) throw new ClientError('provider_unknown', 'there is no provider for this request')
  if (!isNonEmptyString(found.name)) {
    throw new ConfigurationError('OAuth', ['"resolve" must give a "name": logins are sealed with it'])
  }
  if (startedWith !== undefined && found.name !== startedWith) {
    throw new ClientError('transaction_mismatch', 'attempt was started with another provider than it came back from')
  }
  return found
}
