import type { Seconds } from '../util/clock.ts'
import type { Header } from './header.ts'

/**
 * For every answer that holds tokens, codes or personal data.
 *
 * @spec RFC 6749 §5.1
 */
export const NO_STORE: readonly Header[] = [
  ['cache-control', 'no-store'],
  ['pragma', 'no-cache'],
]

/**
 * For how long a response may be used again according to its `Cache-Control`: 0 where it must not be stored or must be
 * asked for anew, nothing where the header does not say.
 *
 * @spec RFC 9111 §5.2.2
 */
export function parseMaxAge(cacheControl: string | undefined): Seconds | undefined {
  if (cacheControl === undefined) return undefined
  const directives = cacheControl.split(',').map((directive) => directive.trim().toLowerCase())
  if (directives.includes('no-store') || directives.includes('no-cache')) return 0
  for (const directive of directives) {
    const [, seconds] = /^max-age=(?:"?)(\d{1,10})(?:"?)$/.exec(directive) ?? []
    if (seconds !== undefined) return Number(seconds)
  }
  return undefined
}
