import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { clientId, clientSecret, path, scope } from '../subject.ts'
import { serve } from './serve.ts'

/*
 * What any server must do for this one request, written by hand and doing nothing else: no other grant, no other way to
 * authenticate, no error but one. It is no server for anybody; it says how fast one could be.
 */

const lifetime = 3600
const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
const secretDigest = digest(clientSecret)
const tokens = new Map<string, object>()

function readBody(request: IncomingMessage, done: (body: string) => void): void {
  let body = ''
  request.setEncoding('utf8')
  request.on('data', (chunk: string) => {
    body += chunk
  })
  request.on('end', () => done(body))
}

function isClient(authorization = ''): boolean {
  const credentials = Buffer.from(authorization.slice('Basic '.length), 'base64').toString()
  const colon = credentials.indexOf(':')
  const secret = decodeURIComponent(credentials.slice(colon + 1))
  return credentials.slice(0, colon) === clientId && timingSafeEqual(digest(secret), secretDigest)
}

function issue(granted: string): string {
  const token = randomBytes(32).toString('base64url')
  const id = digest(token).toString('base64url')
  const now = Math.floor(Date.now() / 1000)
  tokens.set(id, { id, client_id: clientId, scope: granted, created_at: now, expires_at: now + lifetime })
  return JSON.stringify({ access_token: token, token_type: 'Bearer', expires_in: lifetime, scope: granted })
}

function send(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    'content-length': Buffer.byteLength(body),
  })
  response.end(body)
}

serve((request, response) => {
  if (request.url !== path || request.method !== 'POST') return send(response, 404, '{}')
  readBody(request, (body) => {
    const form = new URLSearchParams(body)
    if (!isClient(request.headers.authorization)) return send(response, 401, '{"error":"invalid_client"}')
    const asked = form.get('grant_type') === 'client_credentials' && form.get('scope') === scope
    send(response, asked ? 200 : 400, asked ? issue(scope) : '{"error":"invalid_request"}')
  })
})
