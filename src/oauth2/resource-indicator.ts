import { parseUrl } from '../http/url.ts'

/**
 * Whether a text names a resource as the specification wants it: an absolute URI without fragment. An empty fragment is
 * one, and what a parser of URLs would mend silently is not absolute.
 *
 * @spec RFC 8707 §2
 */
export function isResourceIndicator(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:[\x21\x22\x24-\x7e]+$/i.test(text) && parseUrl(text) !== undefined
}
