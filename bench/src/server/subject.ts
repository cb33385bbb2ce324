import { createHash } from 'node:crypto'

/** The URL every server is told it has. It is not the one it listens at, which the system chooses. */
export const issuer = 'http://localhost:3000'
export const audience = 'https://api.example'

/** The client that asks. Every server knows it. */
export const clientId = 'bench'
/** 256 bits, as a server would generate it. */
export const clientSecret = 'nJ2vSBvgQ1b7TgYw0mHkXq3cZr8LdEaP5uFo9iKsWxM'
export const redirectUri = 'https://app.example/callback'
export const scope = 'read'
export const openidScope = 'openid email'

/** The person who is signed in, and agrees to everything. */
export const person = { sub: 'alice', email: 'alice@example.com', email_verified: true }

export const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
export const challenge = createHash('sha256').update(verifier).digest('base64url')

/** The same at every server, where it lets one choose. */
export const paths = {
  authorize: '/authorize',
  token: '/token',
  introspect: '/introspect',
  userinfo: '/userinfo',
  jwks: '/jwks',
  discovery: '/.well-known/openid-configuration',
  route: '/orders',
}

export const lifetime = 3600

/** Neither part has a character that its form encoding would change. @spec RFC 6749 §2.3.1 */
export function basic(secret: string = clientSecret): string {
  return `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}`
}

export function codeRequest(asked: string): string {
  return new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri,
    scope: asked,
    state: 'af0ifjsldkj',
    ...(asked.includes('openid') && { nonce: 'n-0S6_WzA2Mj' }),
    code_challenge: challenge,
    code_challenge_method: 'S256',
  }).toString()
}

export function codeRedemption(code: string, proof: string = verifier): string {
  return new URLSearchParams({
    grant_type: 'authorization_code',
    code,
    redirect_uri: redirectUri,
    code_verifier: proof,
  }).toString()
}
