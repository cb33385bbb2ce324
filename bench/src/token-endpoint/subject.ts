/** The client that asks, and what it asks with. Every server knows it. */
export const clientId = 'bench'
/** 256 bits, as a server would generate it. */
export const clientSecret = 'nJ2vSBvgQ1b7TgYw0mHkXq3cZr8LdEaP5uFo9iKsWxM'
export const scope = 'read'
export const path = '/token'
export const form = `grant_type=client_credentials&scope=${scope}`

/** Neither part has a character that its form encoding would change. @spec RFC 6749 §2.3.1 */
export function basic(secret: string): string {
  return `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}`
}
