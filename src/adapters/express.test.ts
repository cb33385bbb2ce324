import express from 'express'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listen, type Running } from '../../test/support/listen.ts'
import { ResourceProtector } from '../oauth2/resource/index.ts'
import { OAuth2Error } from '../oauth2/server/index.ts'
import { getAccessToken, oauthServer, protect } from './express.ts'

const protector = new ResourceProtector({ realm: 'api' }).registerTokenValidator({
  validate: (token) => {
    if (token === 'broken') throw new Error('the database is away')
    if (token !== 'good') throw new OAuth2Error('invalid_token', 'access token is unknown')
    return { subject: 'u1', clientId: 'app', scopes: ['read'], expiresAt: 2e9, claims: {} }
  },
})

const onError: express.ErrorRequestHandler = (error, _request, response, _next) => {
  response.status(500).json({ caught: error.message })
}

const app = express()
  .get('/me', protect(protector, 'read'), (request, response) => {
    response.json({ sub: getAccessToken(request).subject })
  })
  .get('/admin', protect(protector, ['admin', 'owner']), (_request, response) => {
    response.json({})
  })
  .get('/open', (request, response) => {
    response.json({ sub: getAccessToken(request).subject })
  })
  .use(oauthServer({ owns: () => true, handle: () => Promise.reject(new Error('not a response')) }))
  .use(onError)

let running: Running
beforeAll(async () => {
  running = await listen(() => app)
})
afterAll(() => running.close())

function get(path: string, token?: string): Promise<Response> {
  return fetch(running.origin + path, token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } })
}

describe('RFC 6750 §3 routes of Express behind protect', () => {
  it('hand the token to the handler', async () => {
    expect(await (await get('/me', 'good')).json()).toEqual({ sub: 'u1' })
  })

  it('answer a request without a token', async () => {
    const response = await get('/me')
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toBe('Bearer realm="api", scope="read"')
  })

  it('answer a token that allows too little', async () => {
    const response = await get('/admin', 'good')
    expect(response.status).toBe(403)
    expect(response.headers.get('www-authenticate')).toContain('error="insufficient_scope"')
  })

  it('hand to the error handler what is not about the request', async () => {
    expect(await (await get('/me', 'broken')).json()).toEqual({ caught: 'the database is away' })
  })

  it('are not mistaken for protected ones without it', async () => {
    expect(await (await get('/open', 'good')).json()).toEqual({
      caught: 'request has no access token: put "protect" in front of this handler',
    })
  })
})

describe('oauthServer on Express', () => {
  it('hands to the error handler what a server should not have thrown', async () => {
    const response = await get('/token')
    expect(response.status).toBe(500)
    expect(await response.json()).toEqual({ caught: 'not a response' })
  })
})
