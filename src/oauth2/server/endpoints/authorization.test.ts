import { describe, expect, it } from 'vitest'
import {
  CLIENTS,
  codeRequest,
  get,
  ISSUER,
  redirected,
  TestServer,
} from '../../../../test/support/authorization-server.ts'
import { type HttpResponse, headerOf, redirect } from '../../../http/response.ts'
import { MemoryStore } from '../../../stores/memory.ts'
import { OAuth2Error } from '../../errors.ts'
import { AuthorizationServer } from '../authorization-server.ts'
import type { AuthorizationDecision } from '../decisions.ts'
import { AuthorizationCodeGrant } from '../grants/authorization-code.ts'
import { AuthorizationEndpoint } from './authorization.ts'

const URL_ = `/authorize?${new URLSearchParams(codeRequest())}`

function answer(interact: () => HttpResponse | AuthorizationDecision): Promise<HttpResponse> {
  const store = new MemoryStore({ clients: [CLIENTS.web] })
  return new AuthorizationServer({ issuer: ISSUER, store })
    .registerGrant(AuthorizationCodeGrant)
    .registerEndpoint(new AuthorizationEndpoint({ interact }))
    .handle(get(URL_))
}

describe('RFC 6749 §3.1 the authorization endpoint', () => {
  it('answers an approval with a code, by 303 and without being stored', async () => {
    const response = await answer(() => ({ subject: 'alice' }))
    expect(response.status).toBe(303)
    expect(redirected(response)).toEqual({ code: expect.stringMatching(/^[\w-]{43}$/), state: 'xyz', iss: ISSUER })
    expect(headerOf(response, 'cache-control')).toBe('no-store')
  })

  it('answers a denial', async () => {
    const response = await answer(() => ({ denied: true }))
    expect(redirected(response)).toEqual({
      error: 'access_denied',
      error_description: 'the person refused the request',
      state: 'xyz',
      iss: ISSUER,
    })
  })

  it('answers a denial with its own reason', async () => {
    const response = await answer(() => ({ denied: true, error: 'login_required', description: 'nobody is here' }))
    expect(redirected(response)).toMatchObject({ error: 'login_required', error_description: 'nobody is here' })
  })

  it('RFC 6749 §5.1: takes an approval of no scope for a denial, not for all of it', async () => {
    const response = await answer(() => ({ subject: 'alice', scope: '' }))
    expect(redirected(response)).toMatchObject({
      error: 'access_denied',
      error_description: 'the person agreed to no scope',
    })
  })

  it('lets the application lead the person elsewhere first', async () => {
    const response = await answer(() => redirect('https://op.example/login'))
    expect(headerOf(response, 'location')).toBe('https://op.example/login')
  })

  it('tells the client what the application throws', async () => {
    const response = await answer(() => {
      throw new OAuth2Error('temporarily_unavailable', 'back in an hour')
    })
    expect(redirected(response)).toMatchObject({
      error: 'temporarily_unavailable',
      error_description: 'back in an hour',
    })
  })

  it('tells the client only that, where it was not meant to be told', async () => {
    const response = await answer(() => {
      throw new Error('hunter2')
    })
    expect(redirected(response)).toMatchObject({ error: 'server_error' })
    expect(headerOf(response, 'location')).not.toContain('hunter2')
  })

  it.each([
    ['a scope that was not asked for', { subject: 'alice', scope: 'read write' }],
    ['no subject', { subject: '' }],
    ['no subject at all', JSON.parse('{}')],
  ])('takes an approval with %s for the mistake that it is', async (_, approval) => {
    expect(redirected(await answer(() => approval))).toMatchObject({ error: 'server_error' })
  })

  it('is not for scripts of other origins', async () => {
    const { server } = new TestServer()
    expect(headerOf(await server.handle(get(URL_)), 'access-control-allow-origin')).toBeUndefined()
    const preflight = await server.handle({ ...get(URL_), method: 'OPTIONS' })
    expect(headerOf(preflight, 'access-control-allow-origin')).toBeUndefined()
  })
})

describe('consent and response in two steps, with Request and Response', () => {
  it('answers in the shape that the request came in', async () => {
    const { server } = new TestServer()
    const request = await server.getConsentGrant(new Request(`${ISSUER}${URL_}`))
    const response = await server.createAuthorizationResponse(request, { subject: 'alice' })
    expect(response).toBeInstanceOf(Response)
    expect(response.headers.get('location')).toMatch(/^https:\/\/app\.example\/cb\?code=/)
  })
})

describe('OIDC Core §2 what the code remembers', () => {
  it('is what was agreed to, and nothing made up', async () => {
    const test = new TestServer()
    const records: unknown[] = []
    Object.assign(test.store, { saveAuthorizationCode: (record: unknown) => void records.push(record) })
    await test.authorize({ ...codeRequest(), nonce: 'n-1' })
    const request = await test.server.getConsentGrant(get(URL_))
    await test.server.createAuthorizationResponse(request, { subject: 'bob', authentication: { acr: 'urn:x' } })
    const now = test.time / 1000
    expect(records[0]).toMatchObject({
      client_id: 'web',
      expires_at: now + 60,
      grant: { subject: 'alice', scope: 'read', nonce: 'n-1', authentication: { auth_time: 1_699_999_000 } },
    })
    // Without a time of authentication there is none: it is never "now".
    expect(records[1]).not.toHaveProperty('grant.authentication')
    expect(records[1]).not.toHaveProperty('grant.nonce')
  })
})
