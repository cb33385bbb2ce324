import type { ErrorRequestHandler, RequestHandler } from 'express'
import { auth, requiredScopes } from 'express-oauth2-jwt-bearer'
import { audience, issuer, paths, scope } from '../../subject.ts'
import { serve } from '../serve.ts'
import { jwts, key, ordersApp } from './orders.ts'

/** It gets its keys over HTTP, once. */
const sendKeys: RequestHandler = (_request, response) => {
  response.json({ keys: [key.publicJwk] })
}

const sendError: ErrorRequestHandler = (error, _request, response, _next) => {
  response.status(error.status ?? 500).end()
}

serve((origin) => {
  const jwksUri = `${origin}${paths.jwks}`
  const verify = auth({ issuer, audience, jwksUri, tokenSigningAlg: 'ES256' })
  const app = ordersApp(verify, requiredScopes(scope))
  return { listener: app.get(paths.jwks, sendKeys).use(sendError), context: jwts }
})
