import { Sealer } from '../crypto/sealed.ts'
import { SealedStore } from '../crypto/sealed-store.ts'
import type { Header } from '../http/header.ts'
import { ChunkedCookie, type CookieRequest } from './chunked-cookie.ts'
import { CookieMode } from './cookie-mode.ts'
import { type EndedLogin, Logouts } from './logouts.ts'
import type { SessionMode } from './mode.ts'
import { checkSessionOptions, type SessionSettings, type SessionsOptions } from './options.ts'
import type { Session, SessionChange, SessionContent, SessionToken } from './session.ts'
import { SplitMode } from './split-mode.ts'
import { StoreMode } from './store-mode.ts'
import { Visit, type VisitContext } from './visit.ts'

/** A session, and the headers that belong into the answer. */
export interface SessionResult<S> {
  readonly session: S
  readonly headers: readonly Header[]
}

/**
 * Who is signed in, over plain requests: in a sealed cookie (`mode: 'cookie'`), in a store (`store`), or the person in the
 * cookie and their tokens in the store (`split`). The entries for frameworks (`authwright/express`, `authwright/web` …) have
 * a `Sessions` each that speaks their framework's language.
 *
 * What is done in the course of one request is remembered by the request object: give the same one every time. The headers
 * that come back are all that the answer has to set by then, and take the place of earlier ones.
 *
 * @example
 * const sessions = new Sessions<{ name: string }>({ secret, mode: 'split', store })
 * const { headers } = await sessions.start(request, { data: { name }, tokens: { google: token } })
 * // … with the next request:
 * const { session } = await sessions.read(request)
 * @typeParam T the application's part of a session, kept as JSON.
 */
export class Sessions<T> {
  readonly #context: VisitContext<T>
  readonly #visits: WeakMap<CookieRequest, Visit<T>> = new WeakMap()

  /** @throws ConfigurationError with every problem at once. */
  constructor(options: SessionsOptions) {
    const settings = checkSessionOptions(options)
    this.#context = {
      settings,
      cookie: new ChunkedCookie(settings),
      mode: createMode<T>(settings),
      logouts: new Logouts(settings),
    }
  }

  /** The session of whoever makes the request. */
  async read(request: CookieRequest): Promise<SessionResult<Session<T> | undefined>> {
    const visit = this.#visitOf(request)
    return { session: await visit.read(), headers: visit.headers }
  }

  /**
   * Begins a session, under an id that nobody knew before; one that was there is over.
   *
   * @throws SessionError `session_too_large`
   */
  async start(request: CookieRequest, content: SessionContent<T>): Promise<SessionResult<Session<T>>> {
    const visit = this.#visitOf(request)
    return { session: await visit.start(content), headers: visit.headers }
  }

  /**
   * Changes the session. A function is given the session as it is by then, and may be called again where others change it
   * at the same time.
   *
   * @throws SessionError `session_too_large`, `session_conflict`
   */
  async update(
    request: CookieRequest,
    change: SessionChange<T> | ((session: Session<T>) => SessionChange<T>),
  ): Promise<SessionResult<Session<T> | undefined>> {
    const visit = this.#visitOf(request)
    return { session: await visit.update(change), headers: visit.headers }
  }

  /** Ends the session of whoever makes the request. */
  async end(request: CookieRequest): Promise<{ readonly headers: readonly Header[] }> {
    const visit = this.#visitOf(request)
    await visit.end()
    return { headers: visit.headers }
  }

  /**
   * Ends every session that came of a login, for a logout that the provider reports. Needs a store, in every mode, and
   * sessions that were started with `login`.
   *
   * @throws ConfigurationError where there is no store.
   */
  async endLogin(login: EndedLogin): Promise<void> {
    await this.#context.logouts.note(login)
  }

  /** The headers that belong into the answer to a request, by what was done in its course so far. */
  pendingHeaders(request: CookieRequest): readonly Header[] {
    return this.#visitOf(request).headers
  }

  /** The token of whoever makes the request; from a store it is read anew each time. */
  fetchToken(name: string, request: CookieRequest): Promise<SessionToken | undefined> {
    return this.#visitOf(request).token(name)
  }

  /** Puts a renewed token in the place of the one before. @returns false where that one is not there any more. */
  updateToken(name: string, token: SessionToken, previous: SessionToken, request: CookieRequest): Promise<boolean> {
    return this.#visitOf(request).replaceToken(name, token, previous)
  }

  #visitOf(request: CookieRequest): Visit<T> {
    const known = this.#visits.get(request)
    if (known !== undefined) return known
    const visit = new Visit(request, this.#context)
    this.#visits.set(request, visit)
    return visit
  }
}

function createMode<T>(settings: SessionSettings): SessionMode<T> {
  const { mode, store, secret, name, clock } = settings
  if (mode === 'cookie' || store === undefined) return new CookieMode(settings)
  const values = new SealedStore(store, new Sealer(secret, { purpose: `session ${mode} ${name}`, clock }))
  return mode === 'store' ? new StoreMode(settings, values) : new SplitMode(settings, values)
}
