import { sha256Base64url } from '../../crypto/hash.ts'
import { randomToken } from '../../crypto/random.ts'
import type { Header } from '../../http/response.ts'
import type { RequestContext, SessionRecord, SessionStore } from '../../oauth2/server/index.ts'
import { isNonEmptyString } from '../../util/assert.ts'
import type { Seconds } from '../../util/clock.ts'
import { clearCookie, readCookie, setCookie } from './browser.ts'

const COOKIE = 'aw_session'

/** A person who has just proved who they are. */
export interface AuthenticatedPerson {
  readonly subject: string
  /** What to call them on pages. Defaults to the subject. */
  readonly displayName?: string
  /** How strong the proof was. @spec OIDC Core §2 */
  readonly acr?: string
  /** By what it was made, such as `pwd` (RFC 8176). @spec OIDC Core §2 */
  readonly amr?: readonly string[]
}

/** Whether the browser brings a session cookie, live or not. */
export function hasSessionCookie(context: RequestContext): boolean {
  return readCookie(context, COOKIE) !== undefined
}

/** The session of the browser that sent the request, if it has one that is alive. */
export async function findSession(context: RequestContext<SessionStore>): Promise<SessionRecord | undefined> {
  const token = readCookie(context, COOKIE)
  return token === undefined ? undefined : context.store.findSession(await sha256Base64url(token))
}

/**
 * Starts a session. Its id is new at every login, so that an id planted in the browser beforehand never becomes a login,
 * and what the browser had before ends. It lives as long as it was given, however much it is used.
 *
 * @throws TypeError where the person has no subject: all who have none would be one.
 */
export async function startSession(
  context: RequestContext<SessionStore>,
  person: AuthenticatedPerson,
  lifetime: Seconds,
): Promise<Header> {
  const token = randomToken(32)
  const id = await sha256Base64url(token)
  const { now, server, requestId } = context
  const { subject, displayName, acr, amr } = person
  if (!isNonEmptyString(subject)) throw new TypeError('"subject" of who signed in must be a text that is not empty')
  const previous = await findSession(context)
  await context.store.saveSession({
    id,
    subject,
    ...(displayName === undefined ? {} : { display_name: displayName }),
    authentication: {
      auth_time: now,
      ...(acr === undefined ? {} : { acr }),
      ...(amr === undefined ? {} : { amr }),
      // Clients see it as "sid". It is a hash: nobody gets from it to the cookie.
      session_id: id,
    },
    created_at: now,
    expires_at: now + lifetime,
  })
  if (previous !== undefined) await context.store.deleteSession(previous.id)
  server.emit('login.succeeded', { subject, requestId })
  return setCookie(context, COOKIE, token, lifetime)
}

/** Ends a session, at the store and in the browser. */
export async function endSession(context: RequestContext<SessionStore>, session: SessionRecord): Promise<Header> {
  const ended = await context.store.deleteSession(session.id)
  if (ended) context.server.emit('session.ended', { subject: session.subject, requestId: context.requestId })
  return clearCookie(context, COOKIE)
}
