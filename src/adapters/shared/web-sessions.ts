import { fromFetch, type HttpRequest } from '../../http/index.ts'
import {
  type EndedLogin,
  Sessions as PlainSessions,
  type Session,
  type SessionChange,
  type SessionContent,
  type SessionsOptions,
  type SessionToken,
} from '../../session/index.ts'
import { mergeCookies } from './cookies.ts'
import { viewOnce } from './view.ts'

/** A session, and the headers to answer with: all that there are to set by then. `wrap` sees to them by itself. */
export interface WebSession<S> {
  readonly session: S
  readonly headers: Headers
}

/**
 * Who is signed in: in a sealed cookie (`mode: 'cookie'`), in a store (`store`), or the person in the cookie and their
 * tokens in the store (`split`). A handler in `wrap` need not think of cookies; elsewhere `pendingHeaders` belong into the
 * response. What is done in the course of a request is remembered by its `Request` object: hand on the same one.
 *
 * @example
 * const sessions = new Sessions<{ name: string }>({ secret, mode: 'split', store })
 * export default {
 *   fetch: sessions.wrap(async (request) => {
 *     const session = await sessions.read(request)
 *     return Response.json({ hello: session?.data.name })
 *   }),
 * }
 * @typeParam T the application's part of a session, kept as JSON.
 */
export class Sessions<T> {
  readonly #sessions: PlainSessions<T>
  readonly #view: (request: Request) => HttpRequest = viewOnce((request: Request) => fromFetch(request))

  /** @throws ConfigurationError with every problem at once. */
  constructor(options: SessionsOptions) {
    this.#sessions = new PlainSessions(options)
  }

  /** A handler whose responses set what sessions have to tell the browser. Further arguments are the platform's own. */
  wrap<A extends readonly unknown[]>(
    handler: (request: Request, ...platform: A) => Response | Promise<Response>,
  ): (request: Request, ...platform: A) => Promise<Response> {
    return async (request, ...platform) => this.#complete(await handler(request, ...platform), request)
  }

  /** The session of whoever makes the request. */
  async read(request: Request): Promise<Session<T> | undefined> {
    const { session } = await this.#sessions.read(this.#view(request))
    return session
  }

  /**
   * Begins a session, under an id that nobody knew before; one that was there is over.
   *
   * @throws SessionError `session_too_large`
   */
  async start(request: Request, content: SessionContent<T>): Promise<WebSession<Session<T>>> {
    const { session } = await this.#sessions.start(this.#view(request), content)
    return { session, headers: this.pendingHeaders(request) }
  }

  /**
   * Changes the session. A function is given the session as it is by then, and may be called again where others change it
   * at the same time.
   *
   * @throws SessionError `session_too_large`, `session_conflict`
   */
  async update(
    request: Request,
    change: SessionChange<T> | ((session: Session<T>) => SessionChange<T>),
  ): Promise<WebSession<Session<T> | undefined>> {
    const { session } = await this.#sessions.update(this.#view(request), change)
    return { session, headers: this.pendingHeaders(request) }
  }

  /** Ends the session of whoever makes the request. */
  async end(request: Request): Promise<{ readonly headers: Headers }> {
    await this.#sessions.end(this.#view(request))
    return { headers: this.pendingHeaders(request) }
  }

  /**
   * Ends every session that came of a login, for a logout that the provider reports. Needs a store, in every mode, and
   * sessions that were started with `login`.
   *
   * @throws ConfigurationError where there is no store.
   */
  endLogin(login: EndedLogin): Promise<void> {
    return this.#sessions.endLogin(login)
  }

  /** The headers that belong into the response to a request, by what was done in its course so far. */
  pendingHeaders(request: Request): Headers {
    const headers = new Headers()
    for (const [name, value] of this.#sessions.pendingHeaders(this.#view(request))) headers.append(name, value)
    return headers
  }

  /** The token of whoever makes the request; from a store it is read anew each time. */
  fetchToken(name: string, request: Request): Promise<SessionToken | undefined> {
    return this.#sessions.fetchToken(name, this.#view(request))
  }

  /** Puts a renewed token in the place of the one before. @returns false where that one is not there any more. */
  updateToken(name: string, token: SessionToken, previous: SessionToken, request: Request): Promise<boolean> {
    return this.#sessions.updateToken(name, token, previous, this.#view(request))
  }

  /** A response of which some, such as those that were fetched, have headers that cannot be changed. */
  #complete(response: Response, request: Request): Response {
    const further = this.pendingHeaders(request).getSetCookie()
    if (further.length === 0) return response
    const completed = new Response(response.body, response)
    const cookies = mergeCookies(completed.headers.getSetCookie(), further)
    completed.headers.delete('set-cookie')
    for (const cookie of cookies) completed.headers.append('set-cookie', cookie)
    return completed
  }
}
