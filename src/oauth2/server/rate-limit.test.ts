import { describe, expect, it, vi } from 'vitest'
import {
  basic,
  body,
  CLIENTS,
  codeRequest,
  get,
  post,
  problem,
  SECRET,
  TestServer,
} from '../../../test/support/authorization-server.ts'
import { DeviceTest } from '../../../test/support/device-flow.ts'
import { getBackend } from '../../crypto/backend.ts'
import { headerOf } from '../../http/response.ts'
import type { Attempt, AttemptKind } from './attempt.ts'
import { createRateLimiter } from './rate-limiter.ts'

const SENTENCE = 'too many requests: wait before trying again'
const ADDRESS = '198.51.100.7'

/** A limit that refuses one kind of attempts, and keeps all that it was asked. */
function refusing(kind?: AttemptKind): {
  asked: Attempt[]
  rateLimit: (attempt: Attempt) => { retryAfter: number } | undefined
} {
  const asked: Attempt[] = []
  return {
    asked,
    rateLimit: (attempt) => {
      asked.push(attempt)
      return attempt.kind === kind ? { retryAfter: 29.5 } : undefined
    },
  }
}

describe('RFC 6585 §4 requests that come too often', () => {
  it('are refused as JSON before anything of them is read', async () => {
    const { rateLimit } = refusing('request')
    const test = new TestServer({ rateLimit })
    const form = vi.fn()
    const response = await test.server.handle({ ...post('/token', {}), form })
    expect(problem(response)).toEqual([429, 'temporarily_unavailable', SENTENCE])
    expect(headerOf(response, 'retry-after')).toBe('30')
    expect(headerOf(response, 'cache-control')).toBe('no-store')
    expect(form).not.toHaveBeenCalled()
  })

  it('are refused by a page where people come', async () => {
    const test = new TestServer({ rateLimit: refusing('request').rateLimit })
    const response = await test.authorize(codeRequest())
    expect(response.status).toBe(429)
    expect(headerOf(response, 'content-type')).toBe('text/html; charset=utf-8')
    expect(headerOf(response, 'retry-after')).toBe('30')
    expect(response.body).toContain(SENTENCE)
  })

  it('are told to the limit with where they come from and go to', async () => {
    const { asked, rateLimit } = refusing()
    const test = new TestServer({ rateLimit })
    await test.server.handle({ ...get('/.well-known/oauth-authorization-server'), remoteAddress: ADDRESS })
    expect(asked).toEqual([
      { kind: 'request', endpoint: 'metadata', address: ADDRESS, at: 1_700_000_000, requestId: expect.any(String) },
    ])
  })

  it('are told to listeners and the log', async () => {
    const test = new TestServer({ rateLimit: refusing('request').rateLimit })
    const told: unknown[] = []
    test.server.on('rate.limited', (event) => {
      told.push(event)
    })
    await test.server.handle({ ...post('/token', {}), remoteAddress: ADDRESS })
    expect(told).toEqual([
      expect.objectContaining({ kind: 'request', endpoint: 'token', address: ADDRESS, retryAfter: 30 }),
    ])
    expect(test.log.join()).toContain('"reason":"rate_limited"')
  })

  it('are a failure of the server where the limit itself fails', async () => {
    const rateLimit = (): never => {
      throw new Error('counters are away')
    }
    const response = await new TestServer({ rateLimit }).token({ grant_type: 'client_credentials' }, basic())
    expect(problem(response).slice(0, 2)).toEqual([500, 'server_error'])
  })
})

describe('RFC 9126 §2.3 clients that ask too often', () => {
  it('are refused once they have proven who they are', async () => {
    const { asked, rateLimit } = refusing('client')
    const response = await new TestServer({ rateLimit }).token({ grant_type: 'client_credentials' }, basic())
    expect(problem(response)).toEqual([429, 'temporarily_unavailable', SENTENCE])
    expect(asked.map(({ kind, endpoint, clientId }) => [kind, endpoint, clientId])).toEqual([
      ['request', 'token', undefined],
      ['client-secret', 'token', 'web'],
      ['client', 'token', 'web'],
    ])
  })

  it('RFC 8628 §3.1 are those of devices, too, once for the address and once for the client', async () => {
    const { asked, rateLimit } = refusing()
    await new DeviceTest({ rateLimit }).begin()
    const endpoint = 'device_authorization'
    expect(asked).toMatchObject([
      { kind: 'request', endpoint },
      { kind: 'client', endpoint, clientId: 'tv' },
    ])
  })

  it('RFC 8628 §3.5 are told to slow down where they are devices that poll', async () => {
    const { rateLimit } = refusing('client')
    const response = await new DeviceTest({ rateLimit }).poll('a-device-code')
    expect(problem(response)).toEqual([429, 'slow_down', SENTENCE])
  })
})

describe('RFC 6749 §2.3.1 secrets that are guessed', () => {
  const guess = (test: TestServer, secret: string, id = 'web'): ReturnType<TestServer['token']> =>
    test.token({ grant_type: 'client_credentials' }, basic(id, secret))

  function limited(): TestServer {
    const test: TestServer = new TestServer({
      rateLimit: (attempt) => rateLimit(attempt),
    })
    const rateLimit = createRateLimiter({
      store: test.store,
      limits: [{ kind: 'client-secret', by: ['clientId'], max: 2, within: '10m' }],
    })
    return test
  }

  it('cost no slow hash beyond the budget', async () => {
    const scrypt = vi.spyOn(getBackend(), 'scrypt')
    const test = limited()
    const statuses = await Promise.all(Array.from({ length: 16 }, async () => (await guess(test, 'wrong')).status))
    expect(statuses.filter((status) => status === 429)).toHaveLength(14)
    expect(scrypt.mock.calls.length).toBeLessThanOrEqual(2)
    scrypt.mockRestore()
  })

  it('do not lock out the client, whose secret this process has found right before', async () => {
    const test = limited()
    expect((await guess(test, SECRET)).status).toBe(200)
    for (let round = 0; round < 5; round += 1) await guess(test, 'wrong')
    expect((await guess(test, 'wrong')).status).toBe(429)
    expect((await guess(test, SECRET)).status).toBe(200)
  })

  it('are counted alike for clients that exist, that do not, and that authenticate otherwise', async () => {
    for (const id of ['web', 'nobody', 'spa', 'service']) {
      const test = limited()
      const answers: unknown[] = []
      for (let round = 0; round < 3; round += 1) answers.push(problem(await guess(test, 'wrong', id)))
      expect(answers).toEqual([
        [401, 'invalid_client', 'client authentication failed'],
        [401, 'invalid_client', 'client authentication failed'],
        [429, 'temporarily_unavailable', SENTENCE],
      ])
    }
  })
})

describe('RFC 8628 §5.1 user codes that are guessed', () => {
  it('are refused before they are looked up', async () => {
    const { asked, rateLimit } = refusing('user-code')
    const device = new DeviceTest({ rateLimit })
    const viewer = { session: 's', subject: 'alice', address: ADDRESS }
    await expect(device.devices.find(device.context, 'WDJB-MJHT', viewer)).rejects.toMatchObject({
      code: 'temporarily_unavailable',
      status: 429,
      retryAfter: 30,
      reason: 'rate_limited',
    })
    expect(asked).toEqual([expect.objectContaining({ kind: 'user-code', account: 'alice', address: ADDRESS })])
  })
})

it('nothing is asked where no limit was given', async () => {
  const test = new TestServer({ clients: [CLIENTS.web] })
  expect(body(await test.token({ grant_type: 'client_credentials' }, basic()))['access_token']).toBeDefined()
})
