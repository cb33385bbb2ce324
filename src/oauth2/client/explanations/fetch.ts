import type { FetchErrorCode } from '../../../http/fetch-error.ts'
import type { Entries } from './entry.ts'

/** Requests of ours that came to nothing, as the transport sees them. */
export const FETCH: Entries<FetchErrorCode> = {
  timeout: {
    meaning: 'The server took too long.',
    causes: ['it is slow or overloaded', 'a firewall drops the connection silently'],
    fix: 'Try again; give the transport more time if the server always needs it.',
  },
  network: {
    meaning: 'There was no connection.',
    causes: [
      'the host name does not resolve',
      'nobody listens there',
      'the certificate is not trusted',
      'a proxy is needed',
    ],
    fix: 'Look at "cause", which the platform wrote.',
  },
  too_large: {
    meaning: 'The answer is larger than allowed.',
    causes: ['the address leads to something else'],
    fix: 'Open the address; raise the limit of the transport if the answer is right.',
  },
  redirect: {
    meaning: 'The server answered with a redirect, which is not followed.',
    causes: ['a final slash, "www." or https is missing in the address'],
    fix: 'Configure the address that the redirect leads to.',
  },
  insecure: {
    meaning: 'The address is not https.',
    causes: ['it begins with http'],
    fix: 'Use https; loopback addresses may do without.',
  },
  private_address: {
    meaning: 'The host is on this machine or in a private network, where a guarded transport does not go.',
    causes: ['an address from outside leads inside (SSRF)', 'the provider is in the same network'],
    fix: 'Allow private addresses only for addresses that you chose yourself.',
  },
  content_type: {
    meaning: 'The answer is not application/json.',
    causes: ['an error page of something in front', 'the address leads to something else'],
    fix: 'Open the address; repair the answer with a hook if the provider is wrong.',
  },
  invalid_json: {
    meaning: 'The answer says that it is JSON, and is none.',
    causes: ['it was cut off', 'it is no object, or not in UTF-8'],
    fix: 'Open the address; repair the answer with a hook if the provider is wrong.',
  },
}
