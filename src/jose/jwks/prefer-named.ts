import type { KeyCriteria } from './source.ts'

/**
 * Of keys that would do, those that are meant, in the order of the set. A key that has the wanted `kid` goes before all
 * others; where there is none, keys without any `kid` may be meant. A key with another `kid` never is.
 *
 * @spec RFC 7517 §4.5
 */
export function preferNamed<K extends { readonly kid: string | undefined }>(keys: K[], { kid }: KeyCriteria): K[] {
  if (kid === undefined) return keys
  const exact = keys.filter((key) => key.kid === kid)
  return exact.length > 0 ? exact : keys.filter((key) => key.kid === undefined)
}
