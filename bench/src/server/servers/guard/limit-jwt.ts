import { verify } from 'node:crypto'
import type { RequestHandler } from 'express'
import { audience, issuer, scope } from '../../subject.ts'
import { serve } from '../serve.ts'
import { jwts, key, ordersApp } from './orders.ts'

/** The one algorithm, one key, one audience: what a guard must check, written by hand. */
const guard: RequestHandler = ({ headers: { authorization = '' } }, response, next) => {
  const claims = authorization.startsWith('Bearer ') ? read(authorization.slice('Bearer '.length)) : undefined
  if (claims === undefined) response.status(401).end()
  else if (String(claims['scope']).split(' ').includes(scope)) next()
  else response.status(403).end()
}

const publicKey = { key: key.publicKey, dsaEncoding: 'ieee-p1363' } as const

function read(token: string): Record<string, unknown> | undefined {
  const [head = '', body = '', signature = ''] = token.split('.')
  const { alg, typ } = parse(head)
  const claims = parse(body)
  const isForUs = claims['iss'] === issuer && claims['aud'] === audience && Number(claims['exp']) > Date.now() / 1000
  if (alg !== 'ES256' || typ !== 'at+jwt' || !isForUs) return undefined
  const isSigned = verify('sha256', Buffer.from(`${head}.${body}`), publicKey, Buffer.from(signature, 'base64url'))
  return isSigned ? claims : undefined
}

function parse(part: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(part, 'base64url').toString())
}

serve(() => ({ listener: ordersApp(guard), context: jwts }))
