import { describe, expect, it } from 'vitest'
import {
  CLIENTS,
  codeRequest,
  get,
  redirected,
  TestServer,
  type TestServerOptions,
} from '../../../../test/support/authorization-server.ts'
import { type HttpResponse, headerOf } from '../../../http/response.ts'
import type { AuthorizationDecision } from '../decisions.ts'
import { AuthorizationEndpoint } from '../endpoints/authorization.ts'
import type { Client } from '../records.ts'

const REGISTERED: Client = { ...CLIENTS.web, client_id: 'registered', client_id_issued_at: 1_699_999_000 }

function ask(
  parameters: Record<string, string>,
  headers: Record<string, string> = {},
  options: TestServerOptions = {},
): Promise<HttpResponse> {
  const test = new TestServer({ clients: [CLIENTS.web, REGISTERED], ...options })
  const query = new URLSearchParams({ ...codeRequest(REGISTERED), ...parameters })
  return test.server.handle(get(`/authorize?${query}`, headers))
}

async function decide(decision: AuthorizationDecision): Promise<HttpResponse> {
  const { server } = new TestServer({ clients: [REGISTERED] })
  const query = new URLSearchParams(codeRequest(REGISTERED))
  const request = await server.getConsentGrant(get(`/authorize?${query}`))
  return server.createAuthorizationResponse(request, decision)
}

function isPage(response: HttpResponse): void {
  expect(response.status).toBe(400)
  expect(headerOf(response, 'content-type')).toContain('text/html')
  expect(headerOf(response, 'location')).toBeUndefined()
  expect(response.body).not.toContain('app.example')
}

describe('RFC 9700 §4.11.2 errors about clients that registered themselves', () => {
  it.each([
    ['a wrong scope', { scope: 'unknown' }],
    ['a wrong response type', { response_type: 'nonsense' }],
    ['no challenge', { code_challenge: '' }],
    ['an answer by form', { scope: 'unknown', response_mode: 'form_post' }],
  ])('%s: leads nowhere before a person has decided', async (_, parameters) => {
    isPage(await ask(parameters))
    isPage(await ask(parameters, { 'sec-fetch-dest': 'document' }))
  })

  it.each(['iframe', 'frame'])('is told in an %s, around which the person sees another address', async (dest) => {
    const response = await ask({ scope: 'unknown' }, { 'sec-fetch-dest': dest })
    expect(redirected(response)).toMatchObject({ error: 'invalid_scope', state: 'xyz' })
  })

  it('is told to clients that an operator wrote down', async () => {
    expect(redirected(await ask({ client_id: 'web', scope: 'unknown' }))).toMatchObject({ error: 'invalid_scope' })
  })

  it('is told to those that the operator trusts', async () => {
    const trustsRedirects = ({ client_id }: Client): boolean => client_id === 'registered'
    expect(redirected(await ask({ scope: 'unknown' }, {}, { trustsRedirects }))).toMatchObject({
      error: 'invalid_scope',
    })
    isPage(await ask({ client_id: 'web', scope: 'unknown' }, {}, { trustsRedirects }))
  })

  it('is told once the person has decided, whatever that was', async () => {
    expect(redirected(await decide({ denied: true }))).toMatchObject({ error: 'access_denied' })
    expect(redirected(await decide({ subject: 'alice' }))).toHaveProperty('code')
    // An approval that fails was a decision, too.
    expect(redirected(await decide({ subject: '' }))).toMatchObject({ error: 'server_error' })
  })

  it.each(['login_required', 'consent_required', 'interaction_required'] as const)(
    '%s leads nowhere: no person took part',
    async (error) => {
      isPage(await decide({ denied: true, error }))
    },
  )

  it('is a page where the login itself fails', async () => {
    const { server } = new TestServer({ clients: [REGISTERED] })
    const endpoint = new AuthorizationEndpoint({
      interact: () => {
        throw new Error('directory is down')
      },
    })
    const request = get(`/authorize?${new URLSearchParams(codeRequest(REGISTERED))}`)
    const context = { server, store: undefined, request, now: 1_700_000_000, requestId: 'r' }
    const response = await endpoint.handle(context)
    expect([response.status, headerOf(response, 'location')]).toEqual([500, undefined])
    expect(response.body).not.toContain('directory')
  })
})
