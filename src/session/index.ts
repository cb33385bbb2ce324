/** Who is signed in: sessions in a cookie, in a store, or in both. */
export type { CookieRequest } from './chunked-cookie.ts'
export { SessionError, type SessionErrorCode } from './errors.ts'
export type { EndedLogin } from './logouts.ts'
export type { SessionsOptions } from './options.ts'
export {
  loginOf,
  type Session,
  type SessionChange,
  type SessionContent,
  type SessionLogin,
  type SessionToken,
} from './session.ts'
export { type SharedTokens, sessionTokens, type TokenSessions } from './session-tokens.ts'
export { type SessionResult, Sessions } from './sessions.ts'
