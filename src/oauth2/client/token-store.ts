import { sha256Base64url } from '../../crypto/hash.ts'
import { Sealer } from '../../crypto/sealed.ts'
import { SealedStore, type StoredValue } from '../../crypto/sealed-store.ts'
import type { Awaitable } from '../../util/awaitable.ts'
import { type Clock, nowInSeconds, type Seconds } from '../../util/clock.ts'
import { ConfigurationError } from '../../util/configuration-error.ts'
import { type Duration, isDuration, toSeconds } from '../../util/duration.ts'
import type { JsonObject } from '../../util/json.ts'
import type { KeyValueStore } from '../../util/key-value-store.ts'
import { isSameToken, type TokenSet } from './token-set.ts'

export interface TokenStoreOptions<R> {
  /** At least 32 bytes; seals the tokens. Of several, the first seals and all of them open, so that they can be rotated. */
  readonly secret: string | readonly string[]
  /**
   * Whose token it is that goes with a request: an id of the session, or of the person. Nothing where there is nobody. It is
   * not asked about calls without a request: their tokens are the caller's, such as those of the client itself.
   *
   * @param request what the client's calls are given as `request`.
   */
  readonly key: (request: R) => Awaitable<string | undefined>
  /** How long a token is kept that is not renewed; 30 days. Best a little more than a refresh token lives. */
  readonly lifetime?: Duration
  readonly clock?: Clock
}

/** Tokens in a store. `fetchToken` and `updateToken` are the options of a client that go by these names. */
export interface TokenStore<R> {
  fetchToken(this: void, request: unknown): Promise<TokenSet | undefined>
  updateToken(this: void, token: TokenSet, previous: TokenSet, request?: unknown): Promise<boolean>
  /** Keeps the token of a login. */
  saveToken(this: void, token: TokenSet, request: R): Promise<void>
  /** Forgets it, at logout. */
  deleteToken(this: void, request: R): Promise<void>
}

/**
 * Keeps each token sealed in a store that processes share, so that all of them use the one that was renewed last. A renewed
 * token takes the place of the one that it follows and of no other; one that was removed in the meantime stays removed.
 *
 * @example
 * const tokens = tokenStore(store, { secret, key: (request: Request) => sessionIdOf(request) })
 * const client = new OAuth2Client({ ...options, ...tokens, refreshLock: storeLock(store) })
 * // after a login: await tokens.saveToken(token, request)
 * await client.get('https://api.example/files', { request })
 * @throws ConfigurationError
 */
export function tokenStore<R = unknown>(store: KeyValueStore, options: TokenStoreOptions<R>): TokenStore<R> {
  const entries = new StoredTokens(store, options)
  // The client hands on what its calls are given, and does not know what that is.
  const keyOf = (request: unknown): Awaitable<string | undefined> =>
    request === undefined ? undefined : options.key(request as R)
  return {
    fetchToken: async (request) => entries.find(await keyOf(request)),
    updateToken: async (token, previous, request) =>
      request === undefined || entries.replace(await keyOf(request), token, previous),
    saveToken: async (token, request) => entries.save(await keyOf(request), token),
    deleteToken: async (request) => entries.delete(await keyOf(request)),
  }
}

class StoredTokens {
  readonly #store: SealedStore
  readonly #lifetime: Seconds
  readonly #clock: Clock

  constructor(store: KeyValueStore, options: Omit<TokenStoreOptions<never>, 'key'>) {
    const { secret, clock = Date.now, lifetime = '30d' } = options
    if (!isDuration(lifetime) || toSeconds(lifetime) === 0)
      throw new ConfigurationError('tokenStore', ['"lifetime" must be a span above 0, such as "30d"'])
    this.#store = new SealedStore(store, new Sealer(secret, { purpose: 'token-store', clock }))
    this.#lifetime = toSeconds(lifetime)
    this.#clock = clock
  }

  async find(owner: string | undefined): Promise<TokenSet | undefined> {
    return owner ? toToken(await this.#store.get(await toKey(owner))) : undefined
  }

  /** Compares with the text that was read: whoever writes in between wins. */
  async replace(owner: string | undefined, token: TokenSet, previous: TokenSet): Promise<boolean> {
    if (!owner) return false
    const key = await toKey(owner)
    const entry = await this.#store.get(key)
    const stored = toToken(entry)
    if (stored === undefined || !isSameToken(stored, previous)) return false
    return (await this.#store.replace(key, entry?.text, token as JsonObject, this.#end())) !== undefined
  }

  async save(owner: string | undefined, token: TokenSet): Promise<void> {
    if (!owner) throw new ConfigurationError('tokenStore', ['"key" names nobody whose token could be kept'])
    await this.#store.set(await toKey(owner), token as JsonObject, this.#end())
  }

  async delete(owner: string | undefined): Promise<void> {
    if (owner) await this.#store.delete(await toKey(owner))
  }

  #end(): Seconds {
    return nowInSeconds(this.#clock) + this.#lifetime
  }
}

/** What opens under our key is what was sealed. */
function toToken(entry: StoredValue | undefined): TokenSet | undefined {
  return entry?.value as (TokenSet & JsonObject) | undefined
}

/** The name of an entry says nothing about the person, who may go by an e-mail address. */
async function toKey(owner: string): Promise<string> {
  return `token:${await sha256Base64url(owner)}`
}
