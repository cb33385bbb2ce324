import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { answer, NOW } from '../../../../test/support/stub-provider.ts'
import type { OutgoingResponse } from '../../../http/fetch.ts'
import { FetchError } from '../../../http/fetch-error.ts'
import { OAuth2Client } from '../client.ts'
import type { ClientError } from '../errors.ts'
import type { OAuth2ClientOptions } from '../options.ts'
import { authorizeDevice, type DeviceAuthorization } from './device.ts'

const granted = answer(200, { access_token: 'a', token_type: 'Bearer' })
const refused = (error: string, status = 400): OutgoingResponse => answer(status, { error })
const pending = refused('authorization_pending')
const begun = {
  device_code: 'the-device-code',
  user_code: 'WDJB-MJHT',
  verification_uri: 'https://op.example/device',
  verification_uri_complete: 'https://op.example/device?user_code=WDJB-MJHT',
  expires_in: 600,
}

type Turn = OutgoingResponse | 'timeout'

/** A server that answers one turn after the other, and remembers when it was asked what. */
function setUp(turns: readonly Turn[], device: object = {}, options: Partial<OAuth2ClientOptions> = {}) {
  const polls: number[] = []
  const forms: Record<string, string>[] = []
  const left = [...turns]
  const client = new OAuth2Client({
    clientId: 'tv',
    scope: 'files',
    accessTokenUrl: 'https://op.example/token',
    serverMetadata: { device_authorization_endpoint: 'https://op.example/device_authorization' },
    transport: async (request) => {
      forms.push(Object.fromEntries(new URLSearchParams(String(request.body))))
      if (request.url.endsWith('/device_authorization')) return answer(200, { ...begun, ...device })
      polls.push(Date.now() / 1000 - NOW)
      const turn = left.shift() ?? pending
      if (turn === 'timeout') throw new FetchError('timeout', request)
      return turn
    },
    ...options,
  })
  return { client, polls, forms }
}

/** What comes of it, however long it takes. */
async function outcome(device: DeviceAuthorization, signal?: AbortSignal): Promise<unknown> {
  const polling = device.poll(signal === undefined ? {} : { signal }).catch((error: unknown) => error)
  await vi.runAllTimersAsync()
  return polling
}

beforeEach(() => {
  vi.useFakeTimers({ now: NOW * 1000 })
})
afterEach(() => {
  vi.useRealTimers()
})

describe('RFC 8628 §3.1 and §3.2 the device authorization request', () => {
  it('asks for the scope of the client, and says what to show', async () => {
    const { client, forms } = setUp([])
    const device = await authorizeDevice(client)
    expect(forms).toEqual([{ client_id: 'tv', scope: 'files' }])
    const { device_code: _, ...shown } = begun
    expect({ ...device }).toEqual(shown)
  })

  it('asks for another scope, and whatever else', async () => {
    const { client, forms } = setUp([])
    await authorizeDevice(client, { scope: ['a', 'b'], parameters: { acr_values: 'mfa' } })
    expect(forms).toEqual([{ client_id: 'tv', scope: 'a b', acr_values: 'mfa' }])
  })

  it('keeps the device code to itself', async () => {
    const device = await authorizeDevice(setUp([]).client)
    expect(JSON.stringify(device)).not.toContain('the-device-code')
  })

  it('takes verification_url for what it is', async () => {
    const device = { verification_uri: undefined, verification_url: 'https://google.example/device' }
    expect(await authorizeDevice(setUp([], device).client)).toMatchObject({
      verification_uri: 'https://google.example/device',
    })
  })

  it.each([
    ['device_code', '', 'a text'],
    ['user_code', undefined, 'a text without control characters'],
    ['user_code', 'WDJB\u001b[2J', 'a text without control characters'],
    ['verification_uri', 'https://op.example/\u001b[2J', 'an absolute URL with https'],
    ['verification_uri', 'javascript:alert(1)', 'an absolute URL with https'],
    ['verification_uri', 'http://op.example/device', 'an absolute URL with https'],
    ['verification_uri_complete', 'file:///etc/passwd', 'an absolute URL with https'],
    ['expires_in', 'soon', 'a number of seconds'],
    ['expires_in', '', 'a number of seconds'],
    ['expires_in', null, 'a number of seconds'],
    ['interval', -1, 'a number of seconds'],
  ])('refuses %s %j', async (name, value, expectation) => {
    const { client } = setUp([], { [name]: value })
    await expect(authorizeDevice(client)).rejects.toMatchObject({
      code: 'device_response_invalid',
      stage: 'device',
      parameter: name,
      message: `"${name}" in the device authorization response is missing or invalid: expected ${expectation}`,
    })
  })

  it.each([
    [refused('invalid_scope'), 'device_refused', 'status 400 (invalid_scope): expected 200'],
    [refused('slow_down', 200), 'device_refused', 'status 200 (slow_down): expected 200'],
    [answer(503, {}), 'request_failed', 'status 503: expected 200'],
    [answer(404, 'nothing', 'text/html'), 'device_response_invalid', 'something other than application/json'],
  ])('case %#: says that it was refused', async (response, code, message) => {
    const { client } = setUp([], {}, { transport: async () => response })
    const error = await authorizeDevice(client).catch((reason: ClientError) => reason)
    expect(error).toMatchObject({ code, stage: 'device', message: expect.stringContaining(message) })
  })
})

describe('RFC 8628 §3.4 and §3.5 polling', () => {
  it('asks every five seconds until the owner has agreed', async () => {
    const { client, polls, forms } = setUp([pending, pending, granted])
    const device = await authorizeDevice(client)
    expect(await outcome(device)).toEqual({ access_token: 'a', token_type: 'Bearer' })
    expect(polls).toEqual([5, 10, 15])
    expect(forms[1]).toEqual({
      grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
      device_code: 'the-device-code',
      client_id: 'tv',
    })
  })

  it('takes null for what the server does not say', async () => {
    const { client, polls } = setUp([granted], { interval: null, verification_uri_complete: null })
    const device = await authorizeDevice(client)
    await outcome(device)
    expect([device.verification_uri_complete, polls]).toEqual([undefined, [5]])
  })

  it('no more often than once in a second', async () => {
    const { client, polls } = setUp([pending, granted], { interval: 0.001 })
    await outcome(await authorizeDevice(client))
    expect(polls).toEqual([1, 2])
  })

  it.each([2, '2'])('as often as the server says: %j', async (interval) => {
    const { client, polls } = setUp([pending, granted], { interval })
    await outcome(await authorizeDevice(client))
    expect(polls).toEqual([2, 4])
  })

  it('five seconds slower from each slow_down on', async () => {
    const { client, polls } = setUp([refused('slow_down'), pending, refused('slow_down'), granted])
    await outcome(await authorizeDevice(client))
    expect(polls).toEqual([5, 15, 25, 40])
  })

  it.each<[string, Turn]>([
    ['does not answer', 'timeout'],
    ['is out of order', answer(502, 'bad gateway', 'text/html')],
    ['has too much to do', answer(429, {})],
  ])('half as often where the server %s', async (_, turn) => {
    const { client, polls } = setUp([turn, turn, granted])
    await outcome(await authorizeDevice(client))
    expect(polls).toEqual([5, 15, 35])
  })

  it.each([
    ['access_denied', 'device_denied', 'device was not connected: the request was denied'],
    ['expired_token', 'device_expired', 'device was not connected in time: the code has expired'],
    ['invalid_grant', 'token_refused', 'token endpoint refused the request (invalid_grant)'],
    ['made_up', 'token_refused', 'token endpoint refused the request'],
  ])('stops at %s', async (error, code, message) => {
    const { client, polls } = setUp([pending, refused(error)])
    expect(await outcome(await authorizeDevice(client))).toMatchObject({ code, message, refusal: { error } })
    expect(polls).toEqual([5, 10])
  })

  it('stops when the code has ended', async () => {
    const { client, polls } = setUp([], { expires_in: 12 })
    expect(await outcome(await authorizeDevice(client))).toMatchObject({ code: 'device_expired', stage: 'device' })
    expect(polls).toEqual([5, 10])
  })

  it('stops when it is told to, at once', async () => {
    const { client, polls } = setUp([])
    const device = await authorizeDevice(client)
    const abort = new AbortController()
    const polling = device.poll({ signal: abort.signal }).catch((error: unknown) => error)
    await vi.advanceTimersByTimeAsync(7000)
    abort.abort('enough')
    expect(await polling).toBe('enough')
    expect(vi.getTimerCount()).toBe(0)
    expect(await outcome(device, abort.signal)).toBe('enough')
    expect(polls).toEqual([5])
  })

  it('does not hurry where a server asks for more time than a timer has', async () => {
    const { client, polls } = setUp([granted], { interval: 3_000_000, expires_in: 9_000_000 })
    await outcome(await authorizeDevice(client))
    expect(polls.map(Math.floor)).toEqual([2_147_483])
  })

  it('does not present the code again for a token that it has', async () => {
    const { client, polls } = setUp([granted, refused('invalid_grant')])
    const device = await authorizeDevice(client)
    const token = await outcome(device)
    expect(await device.poll()).toBe(token)
    expect(polls).toEqual([5])
  })

  it('asks once at a time, so that the answer goes to one', async () => {
    const { client, polls } = setUp([granted])
    const device = await authorizeDevice(client)
    const first = outcome(device)
    await expect(device.poll()).rejects.toThrow('DeviceAuthorization: "poll" is under way already')
    expect(await first).toMatchObject({ access_token: 'a' })
    expect(polls).toEqual([5])
  })
})
