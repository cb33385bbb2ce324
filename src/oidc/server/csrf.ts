import { sha256Base64url } from '../../crypto/hash.ts'
import { randomToken } from '../../crypto/random.ts'
import { equalsInConstantTime } from '../../crypto/timing-safe.ts'
import type { Header } from '../../http/response.ts'
import type { RequestContext } from '../../oauth2/server/index.ts'
import { isOwnForm, readCookie, setCookie } from './browser.ts'

const COOKIE = 'aw_csrf'

/** What ties a form to the browser it was shown in. */
export interface FormBinding {
  /** Goes into the form as `csrf`. */
  readonly token: string
  /** Go with the page. */
  readonly headers: readonly Header[]
}

/**
 * Ties a form to this browser: only a page that was sent to it can hold the token. The cookie outlives the form, so that
 * two tabs can each have theirs; the token differs from form to form.
 *
 * @param formId what the form is about: the id of its handle.
 */
export async function bindForm(context: RequestContext, formId: string): Promise<FormBinding> {
  const present = readCookie(context, COOKIE)
  const secret = present ?? randomToken(32)
  return {
    token: await deriveToken(secret, formId),
    headers: present === undefined ? [setCookie(context, COOKIE, secret)] : [],
  }
}

/** Whether a form that came in was shown in the browser that sent it. @spec RFC 6749 §10.12 */
export async function isBoundForm(
  context: RequestContext,
  formId: string,
  token: string | undefined,
): Promise<boolean> {
  const secret = readCookie(context, COOKIE)
  if (secret === undefined || token === undefined || !isOwnForm(context)) return false
  return equalsInConstantTime(token, await deriveToken(secret, formId))
}

/** The cookie's value never stands in a page, and a token for one form is none for another. */
async function deriveToken(secret: string, formId: string): Promise<string> {
  return sha256Base64url(`csrf.${secret}.${formId}`)
}
