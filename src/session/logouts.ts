import { sha256Base64url } from '../crypto/hash.ts'
import { randomId } from '../crypto/random.ts'
import { nowInSeconds, type Seconds } from '../util/clock.ts'
import { ConfigurationError } from '../util/configuration-error.ts'
import type { KeyValueStore } from '../util/key-value-store.ts'
import { MAX_ATTEMPTS, sessionConflict } from './errors.ts'
import type { SessionSettings } from './options.ts'
import type { SessionRecord } from './record.ts'
import type { SessionLogin } from './session.ts'

/** Whose sessions a logout at the provider ends: those of one session over there, or all of a person. */
export interface EndedLogin {
  /** The provider's issuer identifier. */
  readonly issuer: string
  /** The session at the provider. Where it is named, other sessions of the person live on. */
  readonly sid?: string | undefined
  /** The person, as the provider calls them. */
  readonly subject?: string | undefined
}

/** The mark of a login that nobody has ended. */
const OPEN = 'open'

/**
 * Logouts that somebody else reported: the provider, by its back or front channel. Each gives the login another mark, and
 * every session that began under a former one is over when it is next used, wherever it is kept. One that begins afterwards
 * is another session, even where the provider's names for person and session are the same. What was before and what after
 * is up to the store: the clocks of processes differ.
 *
 * @spec OIDC Back-Channel Logout §2.7
 */
export class Logouts {
  readonly #settings: SessionSettings

  constructor(settings: SessionSettings) {
    this.#settings = settings
  }

  /**
   * Notes that there is such a login: logouts of others are not noted, since by the front channel anybody can report any.
   *
   * @returns the marks that a session begins under.
   */
  async open(login: SessionLogin): Promise<readonly string[]> {
    const { store } = this.#settings
    if (store === undefined) return []
    const keys = await this.#keysOf(login)
    return Promise.all(keys.map((key) => prolong(store, key, this.#expiry())))
  }

  async note({ issuer, sid, subject }: EndedLogin): Promise<void> {
    const { store } = this.#settings
    if (store === undefined)
      throw new ConfigurationError('endLogin', [
        '"store" is missing: a logout that others report has to be noted there',
      ])
    const key = sid !== undefined ? await this.#keyOf('sid', issuer, sid) : await this.#keyOfSubject(issuer, subject)
    const isKnown = (await store.get(key)) !== undefined
    if (isKnown) await store.set(key, randomId(), this.#expiry())
  }

  /** Whether the login that a session came of was logged out since the session began. */
  async isEnded({ login, marks = [] }: SessionRecord<unknown>): Promise<boolean> {
    const { store } = this.#settings
    if (store === undefined || login === undefined) return false
    const keys = await this.#keysOf(login)
    const current = await Promise.all(keys.map((key) => store.get(key)))
    // A store that was emptied knows of no logout.
    return current.some((mark, index) => mark !== undefined && mark !== OPEN && mark !== marks[index])
  }

  /** When every session that has begun by now is over. */
  #expiry(): Seconds {
    const { clock, lifetime } = this.#settings
    return nowInSeconds(clock) + lifetime + 1
  }

  #keysOf({ issuer, subject, sid }: SessionLogin): Promise<string[]> {
    const bySubject = this.#keyOf('sub', issuer, subject)
    return Promise.all(sid === undefined ? [bySubject] : [bySubject, this.#keyOf('sid', issuer, sid)])
  }

  async #keyOfSubject(issuer: string, subject: string | undefined): Promise<string> {
    if (subject !== undefined) return this.#keyOf('sub', issuer, subject)
    throw new ConfigurationError('endLogin', ['"sid" and "subject" are missing: expected at least one of them'])
  }

  /** A hash, so that the store does not list who uses the application. */
  async #keyOf(kind: 'sid' | 'sub', issuer: string, name: string): Promise<string> {
    return `session:${this.#settings.name}:login:${await sha256Base64url(JSON.stringify([kind, issuer, name]))}`
  }
}

/** Creates an entry, or has one that is there stay longer as it is. @returns its mark. */
async function prolong(store: KeyValueStore, key: string, expiresAt: Seconds): Promise<string> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const mark = await store.get(key)
    const isKept =
      mark === undefined
        ? await store.setIfAbsent(key, OPEN, expiresAt)
        : await store.replace(key, mark, mark, expiresAt)
    if (isKept) return mark ?? OPEN
  }
  throw sessionConflict()
}
