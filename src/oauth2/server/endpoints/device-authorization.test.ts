import { describe, expect, it } from 'vitest'
import { basic, body, CLIENTS, get, problem } from '../../../../test/support/authorization-server.ts'
import { DEVICE_CODE_GRANT, DeviceTest, TV, VERIFICATION_URI } from '../../../../test/support/device-flow.ts'
import { headerOf } from '../../../http/response.ts'
import { ConfigurationError } from '../../../util/configuration-error.ts'
import { DeviceAuthorizationEndpoint } from './device-authorization.ts'

const API = { resource: 'https://api.example' }

describe('RFC 8628 §3.1 a device that asks', () => {
  it('RFC 8628 §3.2, §3.3.1: gets its codes, where to enter them and how fast to poll', async () => {
    const response = await new DeviceTest().ask()
    const answer = body(response)
    expect(response.status).toBe(200)
    expect(headerOf(response, 'cache-control')).toBe('no-store')
    expect(headerOf(response, 'content-type')).toBe('application/json')
    expect(headerOf(response, 'access-control-allow-origin')).toBe('*')
    expect(answer).toEqual({
      device_code: expect.stringMatching(/^aw_dc_[\w-]{49}\.[0-9a-z]+$/),
      user_code: expect.stringMatching(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/),
      verification_uri: VERIFICATION_URI,
      verification_uri_complete: `${VERIFICATION_URI}?user_code=${answer['user_code']}`,
      expires_in: 600,
      interval: 5,
    })
  })

  it('is kept as hashes only', async () => {
    const saved: string[] = []
    const devices = new DeviceTest()
    const { saveDeviceCode } = devices.test.store
    Object.assign(devices.test.store, {
      saveDeviceCode: (record: never) => {
        saved.push(JSON.stringify(record))
        return saveDeviceCode(record)
      },
    })
    const { device_code, user_code } = await devices.begin()
    expect(saved).toHaveLength(1)
    expect(saved[0]).not.toContain(device_code.slice(0, 20))
    expect(saved[0]).not.toContain(user_code)
    expect(saved[0]).not.toContain(user_code.replace('-', ''))
  })

  it.each([
    ['no client', { client_id: '' }, {}, [400, 'invalid_client', 'client authentication failed']],
    ['an unknown client', { client_id: 'nobody' }, {}, [400, 'invalid_client', 'client authentication failed']],
    [
      'a client that has to authenticate and does not',
      { client_id: 'web' },
      {},
      [400, 'invalid_client', 'client authentication failed'],
    ],
    [
      'a wrong secret',
      { client_id: '' },
      basic('web', 'wrong'),
      [401, 'invalid_client', 'client authentication failed'],
    ],
    [
      'a client that is not registered for it',
      { client_id: '' },
      basic(),
      [400, 'unauthorized_client', 'client is not registered for the device code grant'],
    ],
    [
      'a scope that is malformed',
      { scope: 'a"b' },
      {},
      [400, 'invalid_scope', 'scope must be a list of scope tokens separated by spaces'],
    ],
    [
      'a scope beyond its registration',
      { scope: 'admin' },
      {},
      [400, 'invalid_scope', 'scope asks for more than this client is registered for'],
    ],
    [
      'scope twice',
      'client_id=tv&scope=read&scope=read',
      {},
      [400, 'invalid_request', 'each parameter must be sent once'],
    ],
    [
      'RFC 8707 §2: an unknown resource',
      { resource: 'https://other.example' },
      {},
      [400, 'invalid_target', 'resource is not one that this server issues tokens for'],
    ],
  ] as [string, Record<string, string> | string, Record<string, string>, unknown][])(
    'is refused with %s',
    async (_, form, headers, expected) => {
      const response = await new DeviceTest({ resources: [API] }).ask(form, headers)
      expect(problem(response)).toEqual(expected)
      expect(headerOf(response, 'cache-control')).toBe('no-store')
    },
  )

  it('may be a confidential client, that proves who it is', async () => {
    const clients = [{ ...CLIENTS.web, grant_types: [DEVICE_CODE_GRANT] }]
    expect((await new DeviceTest({ clients }).ask({ client_id: '' }, basic())).status).toBe(200)
  })

  it('uses POST', async () => {
    const { server } = new DeviceTest().test
    const response = await server.handle(get('/device_authorization?client_id=tv'))
    expect([response.status, headerOf(response, 'allow')]).toEqual([405, 'POST, OPTIONS'])
  })

  it('may be shown digits, and told to poll slowly', async () => {
    const device = { verificationUri: 'https://op.example/tv?lang=de', userCode: 'digits', interval: '10s' } as const
    const answer = await new DeviceTest({ device, lifetimes: { deviceCode: '5m' } }).begin()
    expect(answer).toMatchObject({
      user_code: expect.stringMatching(/^\d{3}-\d{3}-\d{3}$/),
      verification_uri_complete: `https://op.example/tv?lang=de&user_code=${answer.user_code}`,
      interval: 10,
      expires_in: 300,
    })
  })

  it('gets another user code where the first is taken, and a refusal where all are', async () => {
    const devices = new DeviceTest()
    const { saveDeviceCode } = devices.test.store
    let taken = 4
    Object.assign(devices.test.store, {
      saveDeviceCode: (record: never) => taken-- <= 0 && saveDeviceCode(record),
    })
    expect((await devices.ask()).status).toBe(200)
    taken = 5
    const response = await devices.ask()
    expect(problem(response)).toEqual([503, 'temporarily_unavailable', 'no user code is free at the moment'])
    expect(headerOf(response, 'retry-after')).toBe('5')
  })
})

describe('setting it up', () => {
  it('RFC 8628 §4: the metadata say where it is, and that the grant is there', () => {
    expect(new DeviceTest().test.server.metadata()).toMatchObject({
      device_authorization_endpoint: 'https://op.example/device_authorization',
      grant_types_supported: expect.arrayContaining([DEVICE_CODE_GRANT]),
    })
  })

  it('needs a page to send people to', async () => {
    const devices = new DeviceTest({ device: {}, clients: [TV] })
    expect(problem(await devices.ask()).slice(0, 2)).toEqual([500, 'server_error'])
    expect(devices.test.log.some((line) => line.includes('request failed'))).toBe(true)
    devices.test.server.registerEndpoint({
      name: 'device_verification',
      path: '/connect',
      methods: ['GET'],
      handle: () => ({ status: 204, headers: [] }),
    })
    expect((await devices.begin()).verification_uri).toBe('https://op.example/connect')
  })

  it.each([
    [{ verificationUri: 'http://op.example/device' }, '"verificationUri" must be an https URL'],
    [{ verificationUri: '/device' }, '"verificationUri" must be an https URL'],
    [{ verificationUri: 'https://op.example/device#x' }, '"verificationUri" must be an https URL'],
    [{ interval: 0 }, '"interval" must be a whole number of seconds above 0'],
    [{ interval: -1 }, '"interval" must be a whole number of seconds above 0'],
    [{ userCode: 'emoji' as 'letters' }, '"userCode" must be "letters" or "digits"'],
  ])('refuses %j', (options, message) => {
    expect(() => new DeviceAuthorizationEndpoint(options)).toThrow(ConfigurationError)
    expect(() => new DeviceAuthorizationEndpoint(options)).toThrow(message)
  })
})
