import type { Header } from '../http/header.ts'
import { nowInSeconds } from '../util/clock.ts'
import type { ChunkedCookie, CookieRequest } from './chunked-cookie.ts'
import { MAX_ATTEMPTS, SessionError, sessionConflict } from './errors.ts'
import type { Logouts } from './logouts.ts'
import type { Keeping, Kept, SessionMode } from './mode.ts'
import type { SessionSettings } from './options.ts'
import { changeRecord, isSameToken, type SessionRecord, tokenOf, toRecord, toSession } from './record.ts'
import type { Session, SessionChange, SessionContent, SessionToken } from './session.ts'
import { isDue, isOver } from './span.ts'

/** What all requests have in common. */
export interface VisitContext<T> {
  readonly settings: SessionSettings
  readonly cookie: ChunkedCookie
  readonly mode: SessionMode<T>
  readonly logouts: Logouts
}

/** What is to become of a session; nothing where it should stay as it is. */
type Edit<T> = (record: SessionRecord<T>) => SessionRecord<T> | undefined

/**
 * The session in the course of one request, and the cookies that its answer has to set. Steps that are taken at the same
 * time go one after the other, so that the last cookie has all of them.
 */
export class Visit<T> {
  readonly #request: CookieRequest
  readonly #context: VisitContext<T>
  #found: Promise<Kept<T> | undefined> | undefined
  #headers: readonly Header[] = []
  #last: Promise<unknown> = Promise.resolve()

  constructor(request: CookieRequest, context: VisitContext<T>) {
    this.#request = request
    this.#context = context
  }

  /** What the answer has to set so far. */
  get headers(): readonly Header[] {
    return this.#headers
  }

  /** A cookie that opens nothing is left alone: another answer may just have replaced it. */
  read(): Promise<Session<T> | undefined> {
    return this.#inTurn(async () => {
      const kept = await this.#find()
      if (kept === undefined) return undefined
      return toSession((await this.#use(kept)).record)
    })
  }

  /** Always another id: whoever knew the one before the login does not know the one after it. */
  start(content: SessionContent<T>): Promise<Session<T>> {
    const { mode, settings, logouts } = this.#context
    return this.#inTurn(async () => {
      const former = await this.#find()
      const marks = content.login === undefined ? [] : await logouts.open(content.login)
      const now = nowInSeconds(settings.clock)
      const begun = await mode.begin((id) => toRecord(id, content, marks, now)).catch(refuseTooLarge)
      if (former !== undefined) await mode.remove(former)
      return toSession(this.#accept(begun).record)
    })
  }

  update(change: SessionChange<T> | ((session: Session<T>) => SessionChange<T>)): Promise<Session<T> | undefined> {
    const edit = (record: SessionRecord<T>): SessionRecord<T> =>
      this.#used(changeRecord(record, typeof change === 'function' ? change(toSession(record)) : change))
    return this.#inTurn(async () => {
      const kept = await this.#edit(edit)
      return kept === undefined ? undefined : toSession(kept.record)
    })
  }

  end(): Promise<void> {
    const { mode, cookie } = this.#context
    return this.#inTurn(async () => {
      // Whatever the store says: the browser is to forget it.
      this.#headers = cookie.clear(this.#request, this.#headers.length)
      const kept = await this.#find()
      this.#found = Promise.resolve(undefined)
      if (kept !== undefined) await mode.remove(kept)
    })
  }

  /** The token as others have left it by now. */
  token(provider: string): Promise<SessionToken | undefined> {
    return this.#inTurn(async () => {
      const kept = await this.#reload()
      return kept === undefined ? undefined : tokenOf(kept.record.tokens, provider)
    })
  }

  /** Puts a token in the place of another. @returns false where that one is not there any more. */
  replaceToken(provider: string, token: SessionToken, previous: SessionToken): Promise<boolean> {
    let isReplaced = false
    const edit: Edit<T> = (record) => {
      const current = tokenOf(record.tokens, provider)
      isReplaced = isSameToken(current, previous)
      return isReplaced ? changeRecord(record, { tokens: { [provider]: token } }) : undefined
    }
    return this.#inTurn(async () => (await this.#edit(edit)) !== undefined && isReplaced)
  }

  #find(): Promise<Kept<T> | undefined> {
    this.#found ??= this.#open()
    return this.#found
  }

  async #open(): Promise<Kept<T> | undefined> {
    const text = this.#context.cookie.read(this.#request)
    return text === undefined ? undefined : this.#admit(await this.#context.mode.find(text))
  }

  async #reload(): Promise<Kept<T> | undefined> {
    const kept = await this.#find()
    if (kept === undefined) return undefined
    const current = await this.#admit(await this.#context.mode.reload(kept))
    this.#found = Promise.resolve(current)
    return current
  }

  /** Whether a session that was found counts. */
  async #admit(kept: Kept<T> | undefined): Promise<Kept<T> | undefined> {
    if (kept === undefined || isOver(kept.record, this.#context.settings)) return undefined
    return (await this.#context.logouts.isEnded(kept.record)) ? undefined : kept
  }

  /** Notes that the session is in use. Where somebody changes it at the same time, they have noted it. */
  async #use(kept: Kept<T>): Promise<Kept<T>> {
    const record = this.#used(kept.record)
    if (record === kept.record) return kept
    // One that was begun when more was allowed lives on until it is over.
    const used = await this.#replace(kept, record).catch(unlessTooLarge)
    return used === undefined ? kept : this.#accept(used)
  }

  #used(record: SessionRecord<T>): SessionRecord<T> {
    const { settings } = this.#context
    return isDue(record, settings) ? { ...record, usedAt: nowInSeconds(settings.clock) } : record
  }

  async #edit(edit: Edit<T>): Promise<Kept<T> | undefined> {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      const kept = await this.#reload()
      const edited = kept === undefined ? undefined : edit(kept.record)
      if (kept === undefined || edited === undefined) return kept
      const keeping = await this.#replace(kept, edited)
      if (keeping !== undefined) return this.#accept(keeping)
    }
    throw sessionConflict()
  }

  #replace(kept: Kept<T>, record: SessionRecord<T>): Promise<Keeping<T> | undefined> {
    return this.#context.mode.replace(kept, record).catch(refuseTooLarge)
  }

  #accept({ kept, cookie }: Keeping<T>): Kept<T> {
    this.#found = Promise.resolve(kept)
    if (cookie !== undefined) {
      const { text, expiresAt } = cookie
      this.#headers = this.#context.cookie.write(text, expiresAt, this.#request, this.#headers.length)
    }
    return kept
  }

  #inTurn<R>(step: () => Promise<R>): Promise<R> {
    const run = this.#last.then(step)
    this.#last = run.catch(() => undefined)
    return run
  }
}

/** What is too large to be sealed is too large for any session. */
function refuseTooLarge(error: unknown): never {
  if (!(error instanceof RangeError)) throw error
  throw new SessionError('session_too_large', 'session is too large: at most 64 KiB can be sealed', { cause: error })
}

function unlessTooLarge(error: unknown): undefined {
  if (!(error instanceof SessionError)) throw error
}
