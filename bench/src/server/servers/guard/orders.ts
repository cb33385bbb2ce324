import express, { type Express, type RequestHandler, type Response } from 'express'
import { audience, clientId, issuer, lifetime, paths, scope } from '../../subject.ts'
import { generateKey, jwtSigner, type SigningKey } from '../keys.ts'

/** The app that every guard stands before. */
export function ordersApp(...guards: RequestHandler[]): Express {
  const app = express().disable('x-powered-by').disable('etag')
  app.get(paths.route, ...guards, (_request, response: Response) => {
    response.json({ orders: [] })
  })
  return app
}

/** The key of the server that gave the tokens. */
export const key: SigningKey = generateKey('ES256')

const now = Math.floor(Date.now() / 1000)
const claims = {
  iss: issuer,
  sub: clientId,
  aud: audience,
  client_id: clientId,
  iat: now,
  exp: now + lifetime,
  jti: 'one',
}

/** One that may pass, one of another server that calls itself the same, and one with another scope. */
export const jwts = {
  token: jwtSigner(key, 'at+jwt')({ ...claims, scope }),
  foreign: jwtSigner(generateKey('ES256'), 'at+jwt')({ ...claims, scope }),
  narrow: jwtSigner(key, 'at+jwt')({ ...claims, scope: 'other' }),
}
