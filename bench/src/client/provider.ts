import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/**
 * A provider that does no more than it must, in a process of its own, so that it is not what is measured. The "code" that
 * a login brings back says which nonce the ID token has to have, and what is to be wrong with it.
 */
const { privateKey } = generateKeyPairSync('ec', {
  namedCurve: 'P-256',
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
})
const key = createPrivateKey(privateKey)
const jwks = JSON.stringify({
  keys: [{ ...createPublicKey(privateKey).export({ format: 'jwk' }), kid: 'k', alg: 'ES256', use: 'sig' }],
})
const accessToken = 'a'.repeat(43)
const atHash = createHash('sha256').update(accessToken).digest().subarray(0, 16).toString('base64url')
const header = toBase64url({ alg: 'ES256', kid: 'k' })

const server = createServer((request, response) => {
  if (request.url === '/token') return readCode(request, (code) => sendJson(response, tokenResponse(code)))
  if (request.url === '/jwks') return sendJson(response, jwks)
  return sendJson(response, JSON.stringify(metadata()))
})
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => process.send?.(origin()))

function origin(): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function metadata(): object {
  return {
    issuer: origin(),
    authorization_endpoint: `${origin()}/authorize`,
    token_endpoint: `${origin()}/token`,
    jwks_uri: `${origin()}/jwks`,
    id_token_signing_alg_values_supported: ['ES256'],
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported: ['client_secret_basic'],
  }
}

function readCode(request: IncomingMessage, use: (code: string) => void): void {
  let body = ''
  request.setEncoding('latin1')
  request.on('data', (chunk) => {
    body += chunk
  })
  request.on('end', () => use(new URLSearchParams(body).get('code') ?? ''))
}

function sendJson(response: ServerResponse, body: string): void {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
  response.end(body)
}

function tokenResponse(code: string): string {
  const [nonce = '', fault = ''] = code.split('.')
  const now = Math.floor(Date.now() / 1000)
  const claims = { iss: origin(), sub: 'ada', aud: 'app', iat: now, exp: now + 300, nonce, at_hash: atHash }
  const input = `${header}.${toBase64url(fault === 'audience' ? { ...claims, aud: 'other' } : claims)}`
  const signature = sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' })
  if (fault === 'signature') signature[5] = (signature[5] ?? 0) ^ 1
  return JSON.stringify({
    access_token: accessToken,
    token_type: 'Bearer',
    expires_in: 300,
    scope: 'openid',
    id_token: `${input}.${signature.toString('base64url')}`,
  })
}

function toBase64url(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
