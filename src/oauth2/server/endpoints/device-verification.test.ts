import { describe, expect, it } from 'vitest'
import { body, later } from '../../../../test/support/authorization-server.ts'
import { ALICE, DeviceTest, RADIO, TV } from '../../../../test/support/device-flow.ts'
import { ConfigurationError } from '../../../util/configuration-error.ts'
import { OAuth2Error } from '../../errors.ts'
import { DeviceVerification } from './device-verification.ts'

const SECRET = 'a secret of the tickets, long enough for it'
const BOB = { session: 'session-of-bob', subject: 'bob' }
const AGREED = { subject: 'alice', authTime: 1_699_999_000 }

describe('RFC 8628 §3.3 a person finds the device', () => {
  it('by the code it shows, however it is typed', async () => {
    const devices = new DeviceTest({ resources: [{ resource: 'https://api.example' }] })
    const { user_code } = await devices.begin({ resource: 'https://api.example' })
    for (const typed of [user_code, ` ${user_code.toLowerCase()} `, user_code.replace('-', '')]) {
      expect(await devices.find(typed)).toEqual({
        client: TV,
        scope: 'read',
        resource: ['https://api.example'],
        userCode: user_code,
        ticket: expect.any(String),
      })
    }
  })

  it('and gets the same answer for codes that never were, that expired, that were used and whose client is gone', async () => {
    const devices = new DeviceTest({ clients: [TV, RADIO] })
    const find = (code: string) => devices.devices.find(devices.context, code, ALICE)
    const decided = await devices.begin()
    await devices.deny(decided.user_code)
    const orphan = body(await devices.ask({ client_id: 'radio' }))
    await devices.test.store.deleteClient('radio')
    const expired = await devices.begin()
    expect(await find('BCDF-GHJK')).toBeUndefined()
    expect(await find('no code')).toBeUndefined()
    expect(await find(decided.user_code)).toBeUndefined()
    expect(await find(orphan['user_code'] ?? '')).toBeUndefined()
    devices.test.wait(600)
    expect(await find(expired.user_code)).toBeUndefined()
  })
})

describe('RFC 8628 §5.1 guessing codes', () => {
  const spent = new OAuth2Error(
    'temporarily_unavailable',
    'too many user codes were tried: wait before trying another one',
    { reason: 'user_code_attempts_exceeded', status: 429, retryAfter: 600 },
  )

  it('ends after ten, for the person in all their sessions, and begins again later', async () => {
    const devices = new DeviceTest()
    const { user_code } = await devices.begin()
    for (let attempt = 0; attempt < 10; attempt += 1) {
      const viewer = { ...ALICE, session: `session ${attempt}` }
      expect(await devices.devices.find(devices.context, 'BCDF-GHJK', viewer)).toBeUndefined()
    }
    // Also the right one is not looked up any more.
    const refusal = await devices.find(user_code, { ...ALICE, session: 'another' }).catch((error: unknown) => error)
    expect(refusal).toEqual(spent)
    expect(await devices.find(user_code, BOB)).toBeDefined()
    devices.test.wait(600)
    const { user_code: fresh } = await devices.begin()
    expect(await devices.find(fresh)).toBeDefined()
  })

  it('is counted by session where nobody is signed in', async () => {
    const devices = new DeviceTest()
    const attempt = (session: string) => devices.devices.find(devices.context, 'BCDF-GHJK', { session })
    for (let count = 0; count < 10; count += 1) await attempt('one')
    await expect(attempt('one')).rejects.toEqual(spent)
    expect(await attempt('two')).toBeUndefined()
  })

  it('is counted by address across people', async () => {
    const devices = new DeviceTest()
    const verification = new DeviceVerification({ secret: SECRET, attempts: 5, attemptsPerAddress: 3 })
    const attempt = (subject: string, address: string) =>
      verification.find(devices.context, 'BCDF-GHJK', { session: subject, subject, address })
    for (const subject of ['a', 'b', 'c']) expect(await attempt(subject, '192.0.2.1')).toBeUndefined()
    await expect(attempt('d', '192.0.2.1')).rejects.toEqual(spent)
    expect(await attempt('d', '192.0.2.2')).toBeUndefined()
  })

  it('RFC 6177 §2: is no larger for whoever can choose among addresses of IPv6', async () => {
    const devices = new DeviceTest()
    const verification = new DeviceVerification({ secret: SECRET, attemptsPerAddress: 3 })
    const attempt = (subject: string, address: string) =>
      verification.find(devices.context, 'BCDF-GHJK', { session: subject, subject, address })
    for (const end of ['1', '2', '3']) expect(await attempt(end, `2001:db8::${end}`)).toBeUndefined()
    await expect(attempt('4', '2001:db8::4')).rejects.toEqual(spent)
    expect(await attempt('4', '2001:db8:0:1::4')).toBeUndefined()
  })

  it('counts attempts that come at the same time', async () => {
    const devices = new DeviceTest({ turn: later })
    const attempts = Array.from({ length: 16 }, () => devices.devices.find(devices.context, 'BCDF-GHJK', ALICE))
    const outcomes = await Promise.allSettled(attempts)
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(10)
  })
})

describe('CVE-2026-45337: the session that saw the device decides', () => {
  it('not another person who knows the code or the ticket', async () => {
    const devices = new DeviceTest()
    const { device_code, user_code } = await devices.begin()
    const { ticket } = await devices.find(user_code, ALICE)
    const { context, devices: model } = devices
    expect(await model.approve(context, ticket, BOB, { subject: 'bob' })).toBe('foreign')
    expect(await model.deny(context, ticket, BOB)).toBe('foreign')
    expect(await model.approve(context, user_code, BOB, { subject: 'bob' })).toBe('foreign')
    expect(await model.approve(context, '', BOB, { subject: 'bob' })).toBe('foreign')
    expect(body(await devices.poll(device_code))['error']).toBe('authorization_pending')
    expect(await model.approve(context, ticket, ALICE, AGREED)).toBe('done')
  })

  it('not a ticket that somebody else sealed', async () => {
    const devices = new DeviceTest()
    const { user_code } = await devices.begin()
    const other = new DeviceVerification({ secret: 'another secret that is long enough for it' })
    const forged = await other.find(devices.context, user_code, ALICE)
    expect(await devices.devices.approve(devices.context, forged?.ticket ?? '', ALICE, AGREED)).toBe('foreign')
  })
})

describe('a decision', () => {
  it('is made once, and told to the listeners', async () => {
    const devices = new DeviceTest()
    const { user_code } = await devices.begin()
    const { ticket } = await devices.find(user_code)
    const { context, devices: model } = devices
    expect(await model.approve(context, ticket, ALICE, AGREED)).toBe('done')
    expect(await model.approve(context, ticket, ALICE, AGREED)).toBe('replayed')
    expect(await model.deny(context, ticket, ALICE)).toBe('replayed')
    expect(devices.test.events).toEqual([
      {
        event: 'authorization.granted',
        clientId: 'tv',
        subject: 'alice',
        scope: 'read',
        grantId: expect.any(String),
        requestId: 'request',
      },
    ])
  })

  it('to refuse is told, too', async () => {
    const devices = new DeviceTest()
    await devices.deny((await devices.begin()).user_code)
    expect(devices.test.events).toEqual([
      { event: 'authorization.denied', clientId: 'tv', error: 'access_denied', reason: 'denied', requestId: 'request' },
    ])
  })

  it('of sixteen at once is one', async () => {
    const devices = new DeviceTest({ turn: later })
    const { ticket } = await devices.find((await devices.begin()).user_code)
    const decide = (index: number) =>
      index % 2 === 0
        ? devices.devices.approve(devices.context, ticket, ALICE, AGREED)
        : devices.devices.deny(devices.context, ticket, ALICE)
    const outcomes = await Promise.all(Array.from({ length: 16 }, (_, index) => decide(index)))
    expect(outcomes.toSorted()).toEqual(['done', ...Array.from({ length: 15 }, () => 'replayed')])
  })

  it('comes too late for a device that gave up, and for a client that is gone', async () => {
    const devices = new DeviceTest({ clients: [TV] })
    const { ticket } = await devices.find((await devices.begin()).user_code)
    const { ticket: orphan } = await devices.find((await devices.begin()).user_code)
    await devices.test.store.deleteClient('tv')
    expect(await devices.devices.approve(devices.context, orphan, ALICE, AGREED)).toBe('gone')
    devices.test.wait(600)
    expect(await devices.devices.deny(devices.context, ticket, ALICE)).toBe('gone')
  })

  it('names somebody, and is for no more than was asked', async () => {
    const devices = new DeviceTest()
    const { ticket } = await devices.find((await devices.begin()).user_code)
    const approve = (approval: { subject: string; scope?: string }) =>
      devices.devices.approve(devices.context, ticket, ALICE, approval)
    await expect(approve({ subject: '' })).rejects.toThrow('"subject" of an approval must name somebody')
    await expect(approve({ subject: 'alice', scope: 'read openid' })).rejects.toThrow(
      '"scope" of an approval must be part of what was asked for',
    )
    await expect(approve({ subject: 'alice', scope: '' })).rejects.toThrow('the person agreed to no scope')
  })
})

describe('setting it up', () => {
  it.each([
    [{ secret: 'short' }, 'must be at least 32 bytes long'],
    [{ secret: SECRET, attempts: 0 }, '"attempts" must be a whole number above 0'],
    [{ secret: SECRET, attemptsPerAddress: 0.5 }, '"attemptsPerAddress" must be a whole number above 0'],
    [{ secret: SECRET, attemptsWithin: 'soon' as '1s' }, '"attemptsWithin" must be a whole number of seconds'],
  ])('refuses %j', (options, message) => {
    expect(() => new DeviceVerification(options)).toThrow(ConfigurationError)
    expect(() => new DeviceVerification(options)).toThrow(message)
  })
})
