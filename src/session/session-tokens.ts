import type { SessionToken } from './session.ts'

/** Any of the entries' `Sessions`. */
export interface TokenSessions<R> {
  fetchToken(name: string, request: R): Promise<SessionToken | undefined>
  updateToken(name: string, token: SessionToken, previous: SessionToken, request: R): Promise<boolean>
}

/** What a registry of providers asks for tokens, and hands renewed ones to. */
export interface SharedTokens {
  fetchToken(name: string, request: unknown): Promise<SessionToken | undefined>
  updateToken(name: string, token: SessionToken, previous: SessionToken, request?: unknown): Promise<boolean>
}

/**
 * Has the clients of a registry take the tokens of whoever makes a request from their session, and keep renewed ones there.
 *
 * @example
 * const oauth = new OAuth({ secret, clients, ...sessionTokens(sessions) })
 * const answer = await oauth.google.get('calendars', { request: req })
 */
export function sessionTokens<R extends object>(sessions: TokenSessions<R>): SharedTokens {
  return {
    async fetchToken(name, request) {
      return isRequest<R>(request) ? sessions.fetchToken(name, request) : undefined
    },
    // Without a request there is no session to put it into: the token is the caller's.
    async updateToken(name, token, previous, request) {
      return isRequest<R>(request) ? sessions.updateToken(name, token, previous, request) : true
    },
  }
}

/** The registry hands on what its caller gave it. */
function isRequest<R extends object>(request: unknown): request is R {
  return typeof request === 'object' && request !== null
}
