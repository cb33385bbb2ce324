import type { Awaitable } from '../../util/awaitable.ts'

/** Whose login ended at the provider: this session of theirs (`sid`), or where it does not say, all of them. */
export interface LogoutNotice {
  readonly issuer: string
  readonly subject?: string
  readonly sid?: string
}

/** Ends the sessions of the application that go with a login: `(logout) => sessions.endLogin(logout)`. */
export type OnLogout = (logout: LogoutNotice) => Awaitable<unknown>
