const SCOPE_TOKEN = /^[\x21\x23-\x5b\x5d-\x7e]+$/

/** The scopes of a space-separated string, in order, each once. Absent or empty: none. @spec RFC 6749 §3.3 */
export function parseScope(scope: string | undefined): readonly string[] {
  if (!scope) return []
  return scope.includes(' ') ? [...new Set(scope.split(' ').filter((token) => token !== ''))] : [scope]
}

/** Whether each token of a space-separated string is made of allowed characters. @spec RFC 6749 §3.3 */
export function isScope(scope: string): boolean {
  return parseScope(scope).every((token) => SCOPE_TOKEN.test(token))
}

/** The string form of a list of scopes. @spec RFC 6749 §3.3 */
export function formatScope(scopes: Iterable<string>): string {
  return [...new Set(scopes)].join(' ')
}

/** Whether every one of `scopes` is among `allowed`. */
export function isScopeSubset(scopes: Iterable<string>, allowed: Iterable<string>): boolean {
  const set = new Set(allowed)
  for (const scope of scopes) if (!set.has(scope)) return false
  return true
}

/** Whether one scope is in a space-separated string, which is not taken apart for that. */
export function includesScope(scope: string, token: string): boolean {
  return scope === token || ` ${scope} `.includes(` ${token} `)
}
