import { hash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { clientId, clientSecret } from '../../subject.ts'

/*
 * What the servers written by hand have in common. Each does what its one kind of request needs and nothing else: no other
 * grant, no other way to authenticate, one error. They are no servers for anybody; they say how fast one could be.
 */

const digest = (text: string): Buffer => hash('sha256', text, 'buffer')
const secretDigest = digest(clientSecret)

export const digestText = (text: string): string => hash('sha256', text, 'base64url')
export const randomText = (): string => randomBytes(32).toString('base64url')
export const now = (): number => Math.floor(Date.now() / 1000)

export function readForm(request: IncomingMessage, done: (form: URLSearchParams) => void): void {
  let body = ''
  request.setEncoding('utf8')
  request.on('data', (chunk: string) => {
    body += chunk
  })
  request.on('end', () => done(new URLSearchParams(body)))
}

export function isClient({ headers: { authorization = '' } }: IncomingMessage): boolean {
  const credentials = Buffer.from(authorization.slice('Basic '.length), 'base64').toString()
  const colon = credentials.indexOf(':')
  const secret = decodeURIComponent(credentials.slice(colon + 1))
  return credentials.slice(0, colon) === clientId && timingSafeEqual(digest(secret), secretDigest)
}

export function send(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    'content-length': Buffer.byteLength(body),
  })
  response.end(body)
}

export const refuseClient = (response: ServerResponse): void => send(response, 401, '{"error":"invalid_client"}')
export const refuseRequest = (response: ServerResponse): void => send(response, 400, '{"error":"invalid_request"}')
export const findNothing = (response: ServerResponse): void => send(response, 404, '{}')
