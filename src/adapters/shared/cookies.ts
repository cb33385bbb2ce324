/**
 * The cookies of an answer with further ones, which take the place of those of the same name: an answer says about each but
 * once.
 *
 * @spec RFC 6265 §4.1.1
 */
export function mergeCookies(present: readonly string[], further: readonly string[]): string[] {
  const names = further.map(nameOf)
  return [...present.filter((cookie) => !names.includes(nameOf(cookie))), ...further]
}

function nameOf(cookie: string): string {
  return cookie.slice(0, cookie.indexOf('='))
}
