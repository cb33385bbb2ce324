import { describe, expect, it } from 'vitest'
import { basic, body, CLIENTS, later, post, problem } from '../../../../test/support/authorization-server.ts'
import { DEVICE_CODE_GRANT, DeviceTest, RADIO, TV } from '../../../../test/support/device-flow.ts'
import { headerOf } from '../../../http/response.ts'
import { findAccessToken } from '../tokens/find-access-token.ts'

const REPLAYED = [400, 'invalid_grant', 'device_code was used before: the tokens it was exchanged for are revoked']
const TOO_FAST = [400, 'slow_down', 'device polls too often: wait five seconds longer from now on']
const PENDING = [400, 'authorization_pending', 'the person has not decided yet']

/** A device whose owner has agreed. */
async function approved(devices: DeviceTest): Promise<string> {
  const { device_code, user_code } = await devices.begin()
  expect(await devices.approve(user_code)).toBe('done')
  return device_code
}

describe('RFC 8628 §3.4 a device that polls', () => {
  it('gets tokens once the person agreed', async () => {
    const devices = new DeviceTest()
    const { device_code, user_code } = await devices.begin()
    expect(problem(await devices.poll(device_code))).toEqual(PENDING)
    await devices.approve(user_code)
    devices.test.wait(5)
    const response = await devices.poll(device_code)
    expect(response.status).toBe(200)
    expect(headerOf(response, 'cache-control')).toBe('no-store')
    expect(body(response)).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 3600,
      refresh_token: expect.any(String),
      scope: 'read',
    })
    expect(await findAccessToken(devices.context, body(response)['access_token'] ?? '')).toMatchObject({
      client_id: 'tv',
      subject: 'alice',
    })
  })

  it('gets tokens that can be refreshed', async () => {
    const devices = new DeviceTest()
    const tokens = body(await devices.poll(await approved(devices)))
    const form = { grant_type: 'refresh_token', client_id: 'tv', refresh_token: tokens['refresh_token'] ?? '' }
    expect((await devices.test.token(form)).status).toBe(200)
  })

  it('gets no more than the person agreed to', async () => {
    const devices = new DeviceTest()
    const { device_code, user_code } = await devices.begin({ scope: 'openid read' })
    await devices.approve(user_code, 'openid')
    expect(body(await devices.poll(device_code))['scope']).toBe('openid')
  })

  it('gets no refresh token where it is not registered for one', async () => {
    const clients = [{ ...TV, grant_types: [DEVICE_CODE_GRANT] }]
    const devices = new DeviceTest({ clients })
    expect(body(await devices.poll(await approved(devices)))).not.toHaveProperty('refresh_token')
  })

  it('RFC 8707 §2.2: gets tokens for the resource it named', async () => {
    const devices = new DeviceTest({ resources: [{ resource: 'https://api.example' }] })
    const { device_code, user_code } = await devices.begin({ resource: 'https://api.example' })
    await devices.approve(user_code)
    const token = body(await devices.poll(device_code))['access_token'] ?? ''
    expect((await findAccessToken(devices.context, token))?.audience).toEqual(['https://api.example'])
  })

  it('RFC 8707 §2.2: gets none for a resource that it did not name, and keeps its code', async () => {
    const resources = [{ resource: 'https://api.example' }, { resource: 'https://other.example' }]
    const devices = new DeviceTest({ resources })
    const { device_code, user_code } = await devices.begin({ resource: 'https://api.example' })
    await devices.approve(user_code)
    const form = { grant_type: DEVICE_CODE_GRANT, client_id: 'tv', device_code, resource: 'https://other.example' }
    expect(problem(await devices.test.token(form))[1]).toBe('invalid_target')
    devices.test.wait(5)
    expect((await devices.poll(device_code)).status).toBe(200)
  })
})

describe('RFC 8628 §3.5 a device is told', () => {
  it.each([
    ['that it sent no code', { device_code: '' }, [400, 'invalid_request', 'device_code is missing']],
    ['that its code is unknown', { device_code: 'made-up' }, [400, 'invalid_grant', 'device_code is unknown']],
    [
      'that the code is another client’s',
      { client_id: 'radio' },
      [400, 'invalid_grant', 'device_code was issued to another client'],
    ],
  ] as [string, Record<string, string>, unknown][])('%s', async (_, parameters, expected) => {
    const devices = new DeviceTest()
    const { device_code } = await devices.begin()
    expect(problem(await devices.poll(device_code, parameters))).toEqual(expected)
  })

  it('that it is not registered for the grant', async () => {
    const devices = new DeviceTest()
    const { device_code } = await devices.begin()
    const form = { grant_type: DEVICE_CODE_GRANT, device_code }
    expect(problem(await devices.test.token(form, basic()))).toEqual([
      400,
      'unauthorized_client',
      'client is not registered for this grant_type',
    ])
  })

  it('that its code came twice', async () => {
    const form = `grant_type=${DEVICE_CODE_GRANT}&client_id=tv&device_code=a&device_code=b`
    const response = await new DeviceTest().test.server.handle(post('/token', form))
    expect(problem(response)).toEqual([400, 'invalid_request', 'each parameter must be sent once'])
  })

  it('that the person refused', async () => {
    const devices = new DeviceTest()
    const { device_code, user_code } = await devices.begin()
    expect(await devices.deny(user_code)).toBe('done')
    expect(problem(await devices.poll(device_code))).toEqual([400, 'access_denied', 'the person refused the request'])
  })

  it.each([599, 600, 10_000])('after %d seconds whether its time is over', async (seconds) => {
    const devices = new DeviceTest()
    const { device_code } = await devices.begin()
    devices.test.wait(seconds)
    expect(problem(await devices.poll(device_code))).toEqual(
      seconds < 600 ? PENDING : [400, 'expired_token', 'device_code has expired: begin again'],
    )
  })

  it('to poll more slowly, by five seconds each time it comes too soon', async () => {
    const devices = new DeviceTest()
    const { device_code } = await devices.begin()
    const answers: [number, unknown][] = []
    for (const seconds of [0, 4, 9, 14, 15, 20]) {
      devices.test.wait(seconds)
      answers.push([seconds, problem(await devices.poll(device_code))])
    }
    expect(answers).toEqual([
      [0, PENDING],
      [4, TOO_FAST],
      [9, TOO_FAST],
      [14, TOO_FAST],
      [15, TOO_FAST],
      [20, TOO_FAST],
    ])
    devices.test.wait(30)
    expect(problem(await devices.poll(device_code))).toEqual(PENDING)
  })

  it('to poll more slowly after the decision, too, and gets its tokens then', async () => {
    const devices = new DeviceTest()
    const { device_code, user_code } = await devices.begin()
    await devices.poll(device_code)
    await devices.approve(user_code)
    devices.test.wait(4)
    expect(problem(await devices.poll(device_code))).toEqual(TOO_FAST)
    devices.test.wait(10)
    expect((await devices.poll(device_code)).status).toBe(200)
  })
})

describe('RFC 6749 §10.5, Authlib: a device code was never consumed', () => {
  it('here it gives tokens once; the second use ends what the first gave', async () => {
    const devices = new DeviceTest()
    const code = await approved(devices)
    const tokens = body(await devices.poll(code))
    devices.test.wait(5)
    expect(problem(await devices.poll(code))).toEqual(REPLAYED)
    expect(await findAccessToken(devices.context, tokens['access_token'] ?? '')).toBeUndefined()
    const form = { grant_type: 'refresh_token', client_id: 'tv', refresh_token: tokens['refresh_token'] ?? '' }
    expect(problem(await devices.test.token(form)).slice(0, 2)).toEqual([400, 'invalid_grant'])
    expect(devices.replays).toHaveLength(1)
    expect(devices.test.events.filter(({ event }) => event === 'token.revoked')).toHaveLength(1)
  })

  it('a poll that was under way when the tokens were given ends nothing, however many there are', async () => {
    const devices = new DeviceTest()
    const code = await approved(devices)
    const tokens = body(await devices.poll(code))
    for (const seconds of [0, 1, 1, 1, 1]) {
      devices.test.wait(seconds)
      expect(problem(await devices.poll(code))).toEqual(TOO_FAST)
    }
    expect(await findAccessToken(devices.context, tokens['access_token'] ?? '')).toBeDefined()
    devices.test.wait(1)
    expect(problem(await devices.poll(code))).toEqual(REPLAYED)
  })

  it('another client that presents a used code changes nothing', async () => {
    const devices = new DeviceTest({ clients: [TV, RADIO] })
    const code = await approved(devices)
    const tokens = body(await devices.poll(code))
    devices.test.wait(5)
    expect(problem(await devices.poll(code, { client_id: 'radio' }))[2]).toBe(
      'device_code was issued to another client',
    )
    expect(await findAccessToken(devices.context, tokens['access_token'] ?? '')).toBeDefined()
  })
})

describe('races', () => {
  it('of sixteen polls at once one gets tokens, the others come too soon, and the tokens live', async () => {
    const devices = new DeviceTest({ turn: later })
    const code = await approved(devices)
    const answers = await Promise.all(Array.from({ length: 16 }, () => devices.poll(code)))
    const [winner, ...others] = answers.toSorted((a, b) => a.status - b.status)
    expect(winner?.status).toBe(200)
    for (const other of others) expect(problem(other)).toEqual(TOO_FAST)
    const token = winner && body(winner)['access_token']
    expect(await findAccessToken(devices.context, token ?? '')).toBeDefined()
  })

  it('of polls that are redeemed at once, whatever their pace, one gets tokens', async () => {
    const devices = new DeviceTest({ turn: later })
    Object.assign(devices.test.store, { recordDevicePoll: () => true })
    const code = await approved(devices)
    const answers = await Promise.all(Array.from({ length: 16 }, () => devices.poll(code)))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    for (const answer of answers) if (answer.status !== 200) expect(problem(answer)).toEqual(TOO_FAST)
    expect(devices.replays).toEqual([])
  })

  it('of a revocation and a redemption the revocation wins', async () => {
    const devices = new DeviceTest()
    const code = await approved(devices)
    const { consumeDeviceCode } = devices.test.store
    Object.assign(devices.test.store, {
      consumeDeviceCode: async (id: string, use: never) => {
        await devices.test.store.revokeAll({ subject: 'alice' }, devices.context.now)
        return consumeDeviceCode(id, use)
      },
    })
    expect((await devices.poll(code)).status).toBe(400)
  })

  it('a hook that fails loses nothing: the next poll gets the tokens', async () => {
    const devices = new DeviceTest()
    let failures = 1
    devices.test.server.registerExtension({
      name: 'flaky',
      onTokenResponse: () => {
        if (failures-- > 0) throw new Error('claims service is away')
      },
    })
    const code = await approved(devices)
    expect((await devices.poll(code)).status).toBe(500)
    devices.test.wait(5)
    expect((await devices.poll(code)).status).toBe(200)
  })
})

describe('a confidential client', () => {
  it('proves who it is at each poll', async () => {
    const clients = [{ ...CLIENTS.web, grant_types: [DEVICE_CODE_GRANT] }]
    const devices = new DeviceTest({ clients })
    const { device_code } = body(await devices.ask({ client_id: '' }, basic()))
    const form = { grant_type: DEVICE_CODE_GRANT, device_code: device_code ?? '' }
    expect(problem(await devices.test.token(form, basic('web', 'wrong')))[1]).toBe('invalid_client')
    expect(problem(await devices.test.token(form, basic()))).toEqual(PENDING)
  })
})
