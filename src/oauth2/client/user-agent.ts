import type { Transport } from '../../http/fetch.ts'
import { version } from '../../util/version.ts'

const DEFAULT: string = `authwright/${version} (+https://github.com/authwright/authwright)`

/**
 * The transport with every request saying who sends it, so that a provider knows whom to talk to. Browsers say it
 * themselves: a header of ours would be dropped by some, and make others ask for permission first (CORS).
 *
 * @spec RFC 9110 §10.1.5
 */
export function withUserAgent(transport: Transport, userAgent: string = DEFAULT): Transport {
  return (request) => {
    const { headers = [] } = request
    if (isBrowser() || headers.some(([name]) => name === 'user-agent')) return transport(request)
    return transport({ ...request, headers: [...headers, ['user-agent', userAgent]] })
  }
}

/** By what every browser, its workers included, calls itself; servers and edge runtimes have names of their own. */
function isBrowser(): boolean {
  const { navigator } = globalThis as { navigator?: { readonly userAgent?: string } }
  return navigator?.userAgent?.startsWith('Mozilla/') === true
}
