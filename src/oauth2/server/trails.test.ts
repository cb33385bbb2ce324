import { describe, expect, it } from 'vitest'
import {
  basic,
  codeRequest,
  get,
  post,
  TestServer,
  type TestServerOptions,
} from '../../../test/support/authorization-server.ts'
import type { ServerEvent, ServerEvents } from './events.ts'

const ADDRESS = '198.51.100.7'

function record<E extends keyof ServerEvents>(event: E, options?: TestServerOptions): [TestServer, ServerEvent<E>[]] {
  const test = new TestServer(options)
  const told: ServerEvent<E>[] = []
  test.server.on(event, (payload) => {
    told.push(payload)
  })
  return [test, told]
}

describe('events say where a request comes from and goes to', () => {
  it('without those who tell them saying it', async () => {
    const [test, told] = record('token.issued')
    const request = post('/token', { grant_type: 'client_credentials' }, basic())
    await test.server.handle({ ...request, remoteAddress: ADDRESS })
    expect(told).toEqual([expect.objectContaining({ clientId: 'web', endpoint: 'token', address: ADDRESS })])
  })

  it('where the application routes the request itself', async () => {
    const [test, told] = record('authorization.denied')
    const request = { ...get(`/elsewhere?${new URLSearchParams(codeRequest())}`), remoteAddress: ADDRESS }
    const authorization = await test.server.getConsentGrant(request)
    await test.server.createAuthorizationResponse(authorization, { denied: true })
    expect(told).toEqual([expect.objectContaining({ clientId: 'web', error: 'access_denied', address: ADDRESS })])
    expect(told[0]).not.toHaveProperty('endpoint')
  })

  it('each its own, however they are answered at the same time', async () => {
    const [test, told] = record('token.issued')
    const addresses = Array.from({ length: 16 }, (_, index) => `198.51.100.${index}`)
    const request = post('/token', { grant_type: 'client_credentials' }, basic())
    await Promise.all(addresses.map((remoteAddress) => test.server.handle({ ...request, remoteAddress })))
    expect(told.map(({ address }) => address).sort()).toEqual([...addresses].sort())
    expect(new Set(told.map(({ requestId }) => requestId)).size).toBe(16)
  })

  it('but nothing of a request that is over', async () => {
    const [test, told] = record('login.failed')
    const requests: string[] = []
    test.server.on('token.issued', ({ requestId }) => {
      requests.push(requestId)
    })
    await test.token({ grant_type: 'client_credentials' }, basic())
    test.server.emit('login.failed', { requestId: requests[0] ?? '' })
    expect(told).toEqual([{ requestId: requests[0] }])
  })
})

describe('request.refused', () => {
  it('says which client it was, once that is known', async () => {
    const [test, told] = record('request.refused')
    await test.redeem('no-such-code')
    expect(told).toEqual([
      expect.objectContaining({ clientId: 'web', endpoint: 'token', error: 'invalid_grant', status: 400 }),
    ])
  })

  it('says which client it claimed to be, where authentication failed, and why', async () => {
    const [test, told] = record('request.refused')
    await test.token({ grant_type: 'client_credentials' }, basic('web', 'wrong'))
    expect(told).toEqual([
      expect.objectContaining({
        clientId: 'web',
        error: 'invalid_client',
        reason: 'client_credentials_wrong',
        status: 401,
      }),
    ])
  })

  it('is told of authorization requests: below the line with the client, above it without', async () => {
    const [test, told] = record('request.refused')
    await test.authorize({ ...codeRequest(), scope: 'unknown' })
    await test.authorize({ ...codeRequest(), redirect_uri: 'https://evil.example/' })
    expect(told).toEqual([
      expect.objectContaining({ endpoint: 'authorization', clientId: 'web', error: 'invalid_scope' }),
      expect.not.objectContaining({ clientId: expect.anything() }),
    ])
  })

  it('is told of failures of the server', async () => {
    const rateLimit = (): never => {
      throw new Error('counters are away')
    }
    const [test, told] = record('request.refused', { rateLimit })
    await test.token({ grant_type: 'client_credentials' }, basic())
    expect(told).toEqual([expect.objectContaining({ error: 'server_error', status: 500 })])
  })
})
