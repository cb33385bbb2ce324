import type { Awaitable } from '../../util/awaitable.ts'
import type { Seconds } from '../../util/clock.ts'
import type {
  AccessTokenRecord,
  AuthorizationCodeRecord,
  Client,
  ConsentRecord,
  DeviceCodeRecord,
  GrantRecord,
  PushedRequestRecord,
  RefreshTokenRecord,
  SessionRecord,
} from './records.ts'

/**
 * What the server asks of a store, as small capabilities: each grant and endpoint names the ones that it uses, and
 * registering it with a store that lacks one does not compile. Three rules hold for all of them:
 *
 * - **Atomicity is part of the contract.** A verb that decides a race (`consume…`, `rotate…`, `rememberOnce`) does it in
 *   one indivisible step and says who won. `authwright/stores/contract` races sixteen callers against each.
 * - **Expired records are invisible**, by the store's own clock, whether or not they were swept.
 * - **Ids are hashes** of what went out. The store never sees a token.
 */

export interface ClientStore {
  findClient(clientId: string): Awaitable<Client | undefined>
}

/** Tokens and the family they belong to, written together or not at all. */
export interface TokenCommit {
  /** A grant to create. Absent: the tokens join the grant that they name, or none. */
  grant?: GrantRecord
  /** Absent when the access token describes itself and nobody has to look it up. */
  accessToken?: AccessTokenRecord
  refreshToken?: RefreshTokenRecord
}

export interface TokenStore {
  /** Writes all of it in one step. `false`: the tokens' grant is revoked or gone, and nothing was written. */
  saveTokens(tokens: TokenCommit): Awaitable<boolean>
  /** Nothing when it is unknown, expired or revoked, or when its grant is. */
  findAccessToken(id: string): Awaitable<AccessTokenRecord | undefined>
  /** `true`: this call ended it. */
  revokeAccessToken(id: string): Awaitable<boolean>
}

/**
 * How a guarded transition ended: `done` for the one winner; `replayed` when another call had won before;
 * `gone` when there is nothing live to act on (unknown, expired, or its grant was revoked).
 */
export type Transition = 'done' | 'replayed' | 'gone'

export interface AuthorizationCodeStore extends TokenStore, GrantStore {
  saveAuthorizationCode(record: AuthorizationCodeRecord): Awaitable<void>
  /**
   * The code, used or not. A used one (`consumed_at` is set) stays visible until the `keepUntil` of its consumption:
   * that is how a replay is recognised. An unused one disappears when it expires.
   */
  findAuthorizationCode(id: string): Awaitable<AuthorizationCodeRecord | undefined>
  /**
   * Uses the code up, exactly once, and writes the tokens it is exchanged for in the same step. Without `tokens` the
   * code is burnt.
   */
  consumeAuthorizationCode(
    id: string,
    use: { at: Seconds; keepUntil: Seconds; tokens?: TokenCommit },
  ): Awaitable<Transition>
}

export interface RefreshTokenStore extends TokenStore, GrantStore {
  /** The token, rotated or not; nothing when it is unknown or expired, or when its grant is revoked or expired. */
  findRefreshToken(id: string): Awaitable<RefreshTokenRecord | undefined>
  /**
   * Exchanges a token for its successor, exactly once: marks it rotated, keeps the sealed answer with it and writes the
   * new tokens, all in one step. A revoked grant wins against it (`gone`).
   */
  rotateRefreshToken(
    id: string,
    rotation: { at: Seconds; successorResponse: string; tokens: TokenCommit },
  ): Awaitable<Transition>
}

export interface GrantStore {
  /** Nothing when it is unknown, expired or revoked. */
  findGrant(id: string): Awaitable<GrantRecord | undefined>
  /** Ends a family: its codes' tokens, refresh tokens and access tokens are worthless from now on. `true`: this call ended it. */
  revokeGrant(id: string, at: Seconds): Awaitable<boolean>
}

export interface ConsentStore {
  findConsent(subject: string, clientId: string): Awaitable<ConsentRecord | undefined>
  /** Replaces what was there. */
  saveConsent(record: ConsentRecord): Awaitable<void>
  deleteConsent(subject: string, clientId: string): Awaitable<boolean>
}

export interface SessionStore {
  findSession(id: string): Awaitable<SessionRecord | undefined>
  /** Creates or replaces. */
  saveSession(record: SessionRecord): Awaitable<void>
  deleteSession(id: string): Awaitable<boolean>
}

export interface ReplayStore {
  /** Put if absent: `true` for the first caller with this key, `false` for every later one until it expires. */
  rememberOnce(key: string, expiresAt: Seconds): Awaitable<boolean>
}

export interface DeviceCodeStore extends TokenStore, GrantStore {
  /** `false`: another live record has this user code; nothing was written. */
  saveDeviceCode(record: DeviceCodeRecord): Awaitable<boolean>
  /** The record, used or not, until it expires. */
  findDeviceCode(id: string): Awaitable<DeviceCodeRecord | undefined>
  /** The record by its user code, while nobody has decided and it has not expired. */
  findDeviceCodeByUserCode(userCodeId: string): Awaitable<DeviceCodeRecord | undefined>
  /**
   * Notes a poll in one step: `true` where the last one is at least the record's interval ago; otherwise the interval
   * grows by five seconds. Either way `polled_at` is `at` from now on. Nothing live: `false`. @spec RFC 8628 §3.5
   */
  recordDevicePoll(id: string, at: Seconds): Awaitable<boolean>
  /** Writes down what the person decided, once: `replayed` where somebody had before. */
  decideDeviceCode(
    id: string,
    decision: { decision: 'approved' | 'denied'; grant?: GrantRecord },
  ): Awaitable<Transition>
  /** Uses an approved code up, exactly once, and writes the tokens in the same step. One that is not approved is `gone`. */
  consumeDeviceCode(id: string, use: { at: Seconds; tokens: TokenCommit }): Awaitable<Transition>
}

export interface PushedRequestStore {
  savePushedRequest(record: PushedRequestRecord): Awaitable<void>
  /** The request, used or not, until it expires. */
  findPushedRequest(id: string): Awaitable<PushedRequestRecord | undefined>
  /** Keeps a request that arrived in the browser, unused, at least until `expiresAt`: a person needs time to decide. */
  extendPushedRequest(id: string, expiresAt: Seconds): Awaitable<void>
  /** Uses it up, exactly once. */
  consumePushedRequest(id: string, at: Seconds): Awaitable<Transition>
}

/** Ends what belongs together by more than one grant. */
export interface BulkRevocationStore {
  /**
   * Ends every grant, and every access token outside of them, of a client, of a person, or of a person at a client: also
   * those that a client got by exchange from the grant of another client, which goes on. At least
   * one of the two is given. How many grants and tokens it ended. Codes and approved devices that nobody has redeemed yet
   * are of those grants too: they are gone afterwards, and not counted.
   */
  revokeAll(owner: { clientId?: string; subject?: string }, at: Seconds): Awaitable<number>
}

/** Counts within a time: budgets, quotas. */
export interface CounterStore {
  /** Adds one, in one step, and answers with the sum. The first of a key sets when it begins again from nothing. */
  incrementCounter(key: string, expiresAt: Seconds): Awaitable<number>
}

/** Clients that can be changed at run time. */
export interface ClientRegistrationStore extends ClientStore {
  /** Nothing once its `unused_until` is reached. */
  findClient(clientId: string): Awaitable<Client | undefined>
  /** Creates or replaces. */
  saveClient(client: Client): Awaitable<void>
  /** Replaces a client in one step if its `registration_token_id` is still this one. @spec RFC 7592 §2.2 */
  replaceClient(client: Client, registrationTokenId: string): Awaitable<boolean>
  /** `true`: this call removed it. */
  deleteClient(clientId: string): Awaitable<boolean>
}

/**
 * Stores whose expired rows take room. The server never calls `sweep`: whoever runs the store does, now and then, with a
 * timer or a job of their own.
 *
 * @example
 * setInterval(() => store.sweep(1000), 60_000).unref()
 */
export interface SweepableStore {
  /** Removes at most `limit` records that have expired; returns how many. Call it again while it returns `limit`. */
  sweep(limit: number): Awaitable<number>
}

/** Everything: what `MemoryStore` and `SqliteStore` implement. */
export interface Store
  extends ClientRegistrationStore,
    AuthorizationCodeStore,
    RefreshTokenStore,
    ConsentStore,
    SessionStore,
    ReplayStore,
    DeviceCodeStore,
    PushedRequestStore,
    BulkRevocationStore,
    CounterStore,
    SweepableStore {}
