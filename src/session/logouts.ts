import { sha256Base64url } from '../crypto/hash.ts'
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

/** What is noted of a login that nobody has ended; later it is the time of the last logout. */
const OPEN = 'open'

/**
 * Logouts that somebody else reported: the provider, by its back or front channel. A logout is noted, and every session that
 * began before is over when it is next used, wherever it is kept. One that begins afterwards is another session, even where
 * the provider's names for person and session are the same.
 *
 * @spec OIDC Back-Channel Logout §2.7
 */
export class Logouts {
  readonly #settings: SessionSettings

  constructor(settings: SessionSettings) {
    this.#settings = settings
  }

  /** Notes that there is such a login: logouts of others are not noted, since by the front channel anybody can report any. */
  async open(login: SessionLogin): Promise<void> {
    const { store } = this.#settings
    if (store === undefined) return
    const keys = await this.#keysOf(login)
    await Promise.all(keys.map((key) => prolong(store, key, this.#expiry())))
  }

  async note({ issuer, sid, subject }: EndedLogin): Promise<void> {
    const { store, clock } = this.#settings
    if (store === undefined)
      throw new ConfigurationError('endLogin', [
        '"store" is missing: a logout that others report has to be noted there',
      ])
    const key = sid !== undefined ? await this.#keyOf('sid', issuer, sid) : await this.#keyOfSubject(issuer, subject)
    const isKnown = (await store.get(key)) !== undefined
    if (isKnown) await store.set(key, String(clock()), this.#expiry())
  }

  /** Whether the login that a session came of was logged out since the session began. */
  async isEnded({ login, begunAt }: SessionRecord<unknown>): Promise<boolean> {
    const { store } = this.#settings
    if (store === undefined || login === undefined) return false
    const keys = await this.#keysOf(login)
    const notes = await Promise.all(keys.map((key) => store.get(key)))
    return notes.some((note) => note !== undefined && note !== OPEN && begunAt <= Number(note))
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

/** Creates an entry, or has one that is there stay longer as it is. */
async function prolong(store: KeyValueStore, key: string, expiresAt: Seconds): Promise<void> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const note = await store.get(key)
    const isKept =
      note === undefined
        ? await store.setIfAbsent(key, OPEN, expiresAt)
        : await store.replace(key, note, note, expiresAt)
    if (isKept) return
  }
  throw sessionConflict()
}
