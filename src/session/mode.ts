import type { Seconds } from '../util/clock.ts'
import type { SessionRecord } from './record.ts'

/** A session, and what has to be known of how it is kept in order to change it. */
export interface Kept<T> {
  readonly record: SessionRecord<T>
  /** What the store held when it was read: a change compares with it. */
  readonly stored?: string | undefined
}

/** What the browser is to hold from now on. */
export interface CookieText {
  readonly text: string
  readonly expiresAt: Seconds
}

/** A session after a change, and its new cookie where that changes too. */
export interface Keeping<T> {
  readonly kept: Kept<T>
  readonly cookie?: CookieText
}

/** Where sessions are kept: all in the browser, all in the store, or some here and some there. */
export interface SessionMode<T> {
  /** The session that the browser's text stands for. */
  find(text: string): Promise<Kept<T> | undefined>
  /** The same session as others have left it by now; nothing where it was ended. */
  reload(kept: Kept<T>): Promise<Kept<T> | undefined>
  /** Keeps a new session. @throws SessionError `session_too_large` */
  begin(create: (id: string) => SessionRecord<T>): Promise<Keeping<T>>
  /**
   * Keeps a change, where nobody else has changed the session since it was read.
   *
   * @throws SessionError `session_too_large`
   */
  replace(kept: Kept<T>, record: SessionRecord<T>): Promise<Keeping<T> | undefined>
  /** Ends the session, for everyone who still has its cookie, too. */
  remove(kept: Kept<T>): Promise<void>
}
