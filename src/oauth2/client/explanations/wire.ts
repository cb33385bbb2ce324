import type { ClientErrorCode } from '../errors.ts'
import type { Entries } from './entry.ts'

/** Calls to servers, and what servers say about themselves. */
export const WIRE: Entries<ClientErrorCode> = {
  request_failed: {
    meaning: 'A call to a server came to nothing: no answer, or one that says that the server is out of order.',
    causes: [
      'the server is down, or slow',
      'a firewall, a proxy or a wrong host name stands in between',
      'its certificate is not trusted here',
    ],
    fix: 'Look at "status", "endpoint" and "cause". Try again later; behind a company proxy or with a certificate authority of your own, give the client a transport that knows them.',
  },
  response_too_large: {
    meaning: 'A server answered more than any answer of its kind needs, and reading was stopped.',
    causes: ['the address leads to something else than the endpoint', 'the server is broken or hostile'],
    fix: 'Open the endpoint yourself; if the answer is right, raise the limit of the transport.',
  },
  redirect_refused: {
    meaning: 'An endpoint answered with a redirect. It is not followed: codes, secrets and tokens would go along.',
    causes: [
      'the address lacks or has a final slash, "www." or https, which the server corrects by redirecting',
      'something in front, such as a login wall, took the request',
    ],
    fix: 'Configure the address that the redirect leads to, if it is the right one.',
  },
  insecure_endpoint: {
    meaning:
      'The address may not be called: what is sent there could be read on the way, or leads into a private network.',
    causes: ['the address begins with http', 'with a guarded transport: the host is private'],
    fix: 'Use https. On a machine of your own, a loopback address may do without.',
  },
  endpoint_missing: {
    meaning: 'The client does not know the address of an endpoint that it needs.',
    causes: ['the provider does not offer it', 'there is no discovery, and the options do not say it'],
    fix: 'Set "serverMetadataUrl", or the address itself ("authorizeUrl", "accessTokenUrl", "userinfoEndpoint", "endSessionEndpoint", "jwksUri", or any other in "serverMetadata").',
  },
  discovery_failed: {
    meaning: 'The server did not say what there is to know about it.',
    causes: ['"issuer" or "serverMetadataUrl" is wrong', 'the server has no discovery', 'the server is out of reach'],
    fix: 'Open the address in a browser: it must answer with JSON. Where there is none, give the endpoints in the options.',
  },
  metadata_invalid: {
    meaning: "The server's description of itself cannot be used.",
    causes: [
      'a member is missing, or of another form than it must have',
      '"serverMetadataUrl" leads to something else',
    ],
    fix: 'Look at "parameter". What a provider says wrongly can be corrected in "serverMetadata", or by the hook "discoveryResponse".',
  },
}
