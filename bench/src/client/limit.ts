import { createHash, createPublicKey, type KeyObject, randomBytes, verify } from 'node:crypto'
import { Agent, request } from 'node:http'
import { clientId, clientSecret, type Library, type Prepare, redirectUri } from './subject.ts'

/** By hand, over `fetch`: what this login needs and nothing else. */
export const prepareFetchLimit: Prepare = async (issuer) => {
  const key = await fetchKey(issuer)
  return byHand('fetch by hand', issuer, key, async (url, headers, body) => {
    return (await fetch(url, { method: 'POST', headers, body })).json() as Promise<TokenResponse>
  })
}

/** By hand, over connections of `node:http` that stay open. */
export const prepareAgentLimit: Prepare = async (issuer) => {
  const key = await fetchKey(issuer)
  const agent = new Agent({ keepAlive: true })
  return byHand('node:http by hand', issuer, key, (url, headers, body) => {
    return new Promise((resolve, reject) => {
      const outgoing = request(url, { method: 'POST', headers, agent }, (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (chunk) => {
          text += chunk
        })
        response.on('end', () => resolve(JSON.parse(text)))
      })
      outgoing.on('error', reject).end(body)
    })
  })
}

interface TokenResponse {
  readonly id_token: string
}

type Post = (url: string, headers: Record<string, string>, body: string) => Promise<TokenResponse>

function byHand(name: string, issuer: string, key: KeyObject, post: Post): Library {
  const headers = {
    authorization: `Basic ${btoa(`${clientId}:${encodeURIComponent(clientSecret)}`)}`,
    'content-type': 'application/x-www-form-urlencoded',
  }
  return {
    name,
    checksSignature: true,
    async login(browse) {
      const [state, nonce, verifier] = [token(), token(), token()]
      const challenge = createHash('sha256').update(verifier).digest('base64url')
      const back = browse(
        new URL(`${issuer}/authorize?${new URLSearchParams({ state, nonce, code_challenge: challenge })}`),
      )
      if (back.searchParams.get('state') !== state) throw new Error('state')
      const body = `grant_type=authorization_code&code=${back.searchParams.get('code')}&code_verifier=${verifier}&redirect_uri=${encodeURIComponent(redirectUri)}`
      const { id_token: idToken } = await post(`${issuer}/token`, headers, body)
      return readSubject(idToken, key, { issuer, nonce })
    },
  }
}

function readSubject(idToken: string, key: KeyObject, expected: { issuer: string; nonce: string }): string {
  const [header, payload, signature = ''] = idToken.split('.')
  const dsa = { key, dsaEncoding: 'ieee-p1363' } as const
  const isSigned = verify('sha256', Buffer.from(`${header}.${payload}`), dsa, Buffer.from(signature, 'base64url'))
  const claims = JSON.parse(Buffer.from(payload ?? '', 'base64url').toString())
  const isRight = claims.iss === expected.issuer && claims.aud === clientId && claims.nonce === expected.nonce
  if (!isSigned || !isRight || claims.exp * 1000 < Date.now()) throw new Error('ID token')
  return claims.sub
}

function token(): string {
  return randomBytes(32).toString('base64url')
}

async function fetchKey(issuer: string): Promise<KeyObject> {
  const { keys } = (await (await fetch(`${issuer}/jwks`)).json()) as { keys: JsonWebKey[] }
  return createPublicKey({ key: { ...keys[0] }, format: 'jwk' })
}
