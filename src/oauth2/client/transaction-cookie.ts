import { sha256Base64url } from '../../crypto/hash.ts'
import { type CookieOptions, cookieName, parseCookies } from '../../http/cookies.ts'
import type { HttpRequest } from '../../http/request.ts'
import { parseUrl } from '../../http/url.ts'
import { ConfigurationError } from '../../util/configuration-error.ts'
import type { Transaction, TransactionKind } from './transaction.ts'

/** A cookie's value, and how it was set. */
export interface FoundCookie extends CookieOptions {
  readonly value: string
}

/** With what the names of all cookies of one kind begin. */
export function transactionPrefix(kind: TransactionKind): string {
  return `authwright.${kind}.`
}

/** A hash, so that the cookie's name does not give the state away; 96 bits of it tell attempts apart. */
export async function transactionName(kind: TransactionKind, state: string): Promise<string> {
  return transactionPrefix(kind) + (await sha256Base64url(state)).slice(0, 16)
}

export function findTransactionCookie(request: HttpRequest, name: string): FoundCookie | undefined {
  const cookies = parseCookies(request.header('cookie'))
  for (const secure of [true, false]) {
    const value = cookies.get(cookieName(name, secure))
    if (value !== undefined) return { value, secure }
  }
  return undefined
}

/** A form that another site posts brings only cookies that are allowed to come along from everywhere. */
export function transactionCookieOptions({
  redirectUri,
  isPosted,
}: Pick<Transaction, 'redirectUri' | 'isPosted'>): CookieOptions {
  const secure = isSecure(redirectUri)
  if (isPosted !== true) return { secure }
  if (secure) return { secure, sameSite: 'None' }
  throw new ConfigurationError('authorizeRedirect', [
    '"responseMode" form_post needs a redirect URI with https: the answer is posted by another site, and browsers send cookies along with that only over https',
  ])
}

export function isSecure(uri: string): boolean {
  return parseUrl(uri)?.protocol === 'https:'
}
