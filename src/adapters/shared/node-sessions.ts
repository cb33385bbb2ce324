import type { ServerResponse } from 'node:http'
import type { Header, HttpRequest } from '../../http/index.ts'
import {
  type EndedLogin,
  Sessions as PlainSessions,
  type Session,
  type SessionChange,
  type SessionContent,
  SessionError,
  type SessionsOptions,
  type SessionToken,
} from '../../session/index.ts'
import { mergeCookies } from './cookies.ts'
import type { NodeRequest } from './node-body.ts'
import { fromNode } from './node-request.ts'
import { viewOnce } from './view.ts'

/**
 * Who is signed in: in a sealed cookie (`mode: 'cookie'`), in a store (`store`), or the person in the cookie and their
 * tokens in the store (`split`). Cookies are written to the response at once: take every step before it is sent.
 *
 * @example
 * const sessions = new Sessions<{ name: string }>({ secret, mode: 'split', store })
 * await sessions.start(req, res, { data: { name: 'Ada' }, tokens: { google: token } })
 * // … with the next request:
 * const session = await sessions.read(req, res)
 * @typeParam T the application's part of a session, kept as JSON.
 */
export class Sessions<T> {
  readonly #sessions: PlainSessions<T>
  readonly #view: (request: NodeRequest) => HttpRequest = viewOnce((request: NodeRequest) => fromNode(request))
  readonly #responses: WeakMap<NodeRequest, ServerResponse> = new WeakMap()

  /** @throws ConfigurationError with every problem at once. */
  constructor(options: SessionsOptions) {
    this.#sessions = new PlainSessions(options)
  }

  /** The session of whoever makes the request. */
  async read(request: NodeRequest, response: ServerResponse): Promise<Session<T> | undefined> {
    this.#responses.set(request, response)
    const { session, headers } = await this.#sessions.read(this.#view(request))
    // That it was used may be noted with the next request as well.
    if (!response.headersSent) setCookies(headers, response)
    return session
  }

  /**
   * Begins a session, under an id that nobody knew before; one that was there is over.
   *
   * @throws SessionError `session_too_large`, `session_not_writable`
   */
  async start(request: NodeRequest, response: ServerResponse, content: SessionContent<T>): Promise<Session<T>> {
    this.#responses.set(request, response)
    const { session } = await this.#sessions.start(this.#view(request), content)
    this.#write(request)
    return session
  }

  /**
   * Changes the session. A function is given the session as it is by then, and may be called again where others change it
   * at the same time.
   *
   * @throws SessionError `session_too_large`, `session_conflict`, `session_not_writable`
   */
  async update(
    request: NodeRequest,
    response: ServerResponse,
    change: SessionChange<T> | ((session: Session<T>) => SessionChange<T>),
  ): Promise<Session<T> | undefined> {
    this.#responses.set(request, response)
    return this.#writing(request, async (view) => (await this.#sessions.update(view, change)).session)
  }

  /** Ends the session of whoever makes the request. @throws SessionError `session_not_writable` */
  async end(request: NodeRequest, response: ServerResponse): Promise<void> {
    this.#responses.set(request, response)
    await this.#sessions.end(this.#view(request)).finally(() => this.#write(request))
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

  /** The token of whoever makes the request; from a store it is read anew each time. */
  fetchToken(name: string, request: NodeRequest): Promise<SessionToken | undefined> {
    return this.#sessions.fetchToken(name, this.#view(request))
  }

  /**
   * Puts a renewed token in the place of the one before. With `mode: 'cookie'` its cookie goes to the response that the
   * session was read with.
   *
   * @returns false where that one is not there any more.
   * @throws SessionError `session_not_writable`
   */
  updateToken(name: string, token: SessionToken, previous: SessionToken, request: NodeRequest): Promise<boolean> {
    return this.#writing(request, (view) => this.#sessions.updateToken(name, token, previous, view))
  }

  /** Takes a step, and writes the cookie where there is a new one. */
  async #writing<R>(request: NodeRequest, step: (view: HttpRequest) => Promise<R>): Promise<R> {
    const view = this.#view(request)
    const before = this.#sessions.pendingHeaders(view)
    const result = await step(view)
    if (this.#sessions.pendingHeaders(view) !== before) this.#write(request)
    return result
  }

  #write(request: NodeRequest): void {
    const response = this.#responses.get(request)
    if (response === undefined)
      throw new SessionError(
        'session_not_writable',
        'session has changed and no response can tell the browser: read it with (request, response) first',
      )
    if (response.headersSent)
      throw new SessionError('session_not_writable', 'session has changed after the response was begun')
    setCookies(this.#sessions.pendingHeaders(this.#view(request)), response)
  }
}

function setCookies(headers: readonly Header[], response: ServerResponse): void {
  if (headers.length === 0) return
  const present = [response.getHeader('set-cookie') ?? []].flat().map(String)
  const further = headers.map(([, cookie]) => cookie)
  response.setHeader('set-cookie', mergeCookies(present, further))
}
