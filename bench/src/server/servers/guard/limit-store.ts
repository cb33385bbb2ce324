import { hash, randomBytes } from 'node:crypto'
import type { RequestHandler } from 'express'
import { lifetime, scope } from '../../subject.ts'
import { serve } from '../serve.ts'
import { ordersApp } from './orders.ts'

const token = randomBytes(32).toString('base64url')
const narrow = randomBytes(32).toString('base64url')
const digest = (text: string): string => hash('sha256', text, 'base64url')
const expires = Date.now() / 1000 + lifetime
const tokens = new Map([
  [digest(token), { scope, expires }],
  [digest(narrow), { scope: 'other', expires }],
])

const guard: RequestHandler = ({ headers: { authorization = '' } }, response, next) => {
  const found = authorization.startsWith('Bearer ')
    ? tokens.get(digest(authorization.slice('Bearer '.length)))
    : undefined
  if (found === undefined || found.expires < Date.now() / 1000) response.status(401).end()
  else if (found.scope.split(' ').includes(scope)) next()
  else response.status(403).end()
}

serve(() => ({ listener: ordersApp(guard), context: { token, narrow, foreign: `${token}x` } }))
