import { channel, tracingChannel } from 'node:diagnostics_channel'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { basic, codeRequest, post, TestServer } from '../../../test/support/authorization-server.ts'
import type { EventMessage, RequestTrace } from './diagnostics.ts'

const requests = tracingChannel<unknown, RequestTrace>('authwright:request')
const events = channel('authwright:event')
const GRANT = { grant_type: 'client_credentials' }

const leave: (() => void)[] = []
afterEach(() => {
  for (const end of leave.splice(0)) end()
})

/** What is told of requests, at the time it is told. */
function subscribe(): [phase: string, trace: RequestTrace][] {
  const told: [string, RequestTrace][] = []
  const listener =
    (phase: string) =>
    (trace: object): void => {
      told.push([phase, { ...(trace as RequestTrace) }])
    }
  const listeners = {
    start: listener('start'),
    end: () => undefined,
    asyncStart: () => undefined,
    asyncEnd: listener('end'),
    error: listener('error'),
  }
  requests.subscribe(listeners)
  leave.push(() => requests.unsubscribe(listeners))
  return told
}

describe('the tracing channel authwright:request', () => {
  it('tells when a request starts and how it ends', async () => {
    const told = subscribe()
    const test = new TestServer()
    await test.server.handle({ ...post('/token', GRANT, basic()), remoteAddress: '198.51.100.7' })
    expect(told.map(([phase]) => phase)).toEqual(['start', 'end'])
    expect(told[0]?.[1]).toEqual({
      issuer: 'https://op.example',
      endpoint: 'token',
      method: 'POST',
      requestId: expect.any(String),
      address: '198.51.100.7',
    })
    expect(told[1]?.[1]).toMatchObject({ outcome: 'done', status: 200, clientId: 'web' })
  })

  it('tells who was refused and why', async () => {
    const told = subscribe()
    await new TestServer().token(GRANT, basic('web', 'wrong'))
    expect(told.at(-1)).toEqual([
      'end',
      expect.objectContaining({
        outcome: 'refused',
        status: 401,
        clientId: 'web',
        refusal: 'invalid_client',
        reason: 'client_credentials_wrong',
      }),
    ])
  })

  it('tells of refusals that travel by redirect, and of who was granted something', async () => {
    const told = subscribe()
    const test = new TestServer()
    await test.authorize({ ...codeRequest(), scope: 'unknown' })
    await test.authorize(codeRequest())
    expect(told.filter(([phase]) => phase === 'end').map(([, trace]) => trace)).toMatchObject([
      { endpoint: 'authorization', outcome: 'refused', status: 303, clientId: 'web', refusal: 'invalid_scope' },
      { endpoint: 'authorization', outcome: 'done', status: 303, clientId: 'web', subject: 'alice' },
    ])
  })

  it('tells of failures of the server as errors', async () => {
    const told = subscribe()
    const rateLimit = (): never => {
      throw new Error('counters are away')
    }
    await new TestServer({ rateLimit }).token(GRANT, basic())
    expect(told.map(([phase, { outcome }]) => [phase, outcome])).toEqual([
      ['start', undefined],
      ['error', 'failed'],
      ['end', 'failed'],
    ])
  })

  it('does not hand the response to subscribers', async () => {
    const told = subscribe()
    const { access_token, refresh_token } = await new TestServer().tokens()
    const all = JSON.stringify(told)
    expect(told.length).toBeGreaterThan(0)
    expect([access_token, refresh_token].filter((token) => token === undefined || all.includes(token))).toEqual([])
  })

  it('lets subscribers bind a context that lasts through the request', async () => {
    const { AsyncLocalStorage } = await import('node:async_hooks')
    const storage = new AsyncLocalStorage<string>()
    requests.start.bindStore(storage, (trace) => (trace as RequestTrace).endpoint)
    leave.push(() => requests.start.unbindStore(storage))
    const seen: unknown[] = []
    const test = new TestServer()
    test.server.on('token.issued', () => {
      seen.push(storage.getStore())
    })
    await test.token(GRANT, basic())
    expect(seen).toEqual(['token'])
  })
})

describe('the channel authwright:event', () => {
  it('tells what listeners are told', async () => {
    const told: EventMessage[] = []
    const listener = (message: unknown): void => {
      told.push(message as EventMessage)
    }
    events.subscribe(listener)
    leave.push(() => events.unsubscribe(listener))
    await new TestServer().token(GRANT, basic())
    expect(told.map(({ issuer, event }) => [issuer, event])).toEqual([
      ['https://op.example', 'client.authenticated'],
      ['https://op.example', 'token.issued'],
    ])
    expect(told[1]?.payload).toMatchObject({ clientId: 'web', endpoint: 'token' })
  })
})

describe('where nobody subscribes', () => {
  it('nothing is made', async () => {
    const trace = vi.spyOn(Object.getPrototypeOf(requests), 'tracePromise')
    const publish = vi.spyOn(events, 'publish')
    expect((await new TestServer().token(GRANT, basic())).status).toBe(200)
    expect([trace.mock.calls, publish.mock.calls]).toEqual([[], []])
    subscribe()
    await new TestServer().token(GRANT, basic())
    expect(trace).toHaveBeenCalledOnce()
    trace.mockRestore()
    publish.mockRestore()
  })

  it('or where the runtime has no such channels, all is as it was', async () => {
    vi.stubGlobal('process', { ...process, getBuiltinModule: undefined })
    const test = new TestServer()
    vi.unstubAllGlobals()
    expect((await test.token(GRANT, basic())).status).toBe(200)
  })
})
