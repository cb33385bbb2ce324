/** How the `request_uri` of a pushed request begins. @spec RFC 9126 §2.2 */
const PREFIX = 'urn:ietf:params:oauth:request_uri:'

/** The `request_uri` under which a pushed request is known. */
export function formatPushedReference(reference: string): string {
  return `${PREFIX}${reference}`
}

/** The reference in a `request_uri`; nothing where it is an address from which a request object would be fetched. */
export function parsePushedReference(requestUri: string): string | undefined {
  return requestUri.startsWith(PREFIX) ? requestUri.slice(PREFIX.length) : undefined
}
