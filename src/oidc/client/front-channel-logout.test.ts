import { beforeEach, describe, expect, it } from 'vitest'
import { StubProvider } from '../../../test/support/stub-provider.ts'
import { bodyReaders } from '../../http/body.ts'
import type { HttpRequest } from '../../http/request.ts'
import { headerOf } from '../../http/response.ts'
import { OpenIdClient } from './client.ts'
import { FrontChannelLogout } from './front-channel-logout.ts'
import type { LogoutNotice } from './logout-notice.ts'

let provider: StubProvider
let receiver: FrontChannelLogout
let ended: LogoutNotice[]

beforeEach(async () => {
  provider = await StubProvider.create()
  const { issuer, transport, clock } = provider
  receiver = new FrontChannelLogout(new OpenIdClient({ clientId: 'app', issuer, transport, clock: clock.read }))
  ended = []
})

const get = (query: string, method = 'GET'): HttpRequest => ({
  method,
  url: `/frontchannel${query}`,
  header: () => undefined,
  ...bodyReaders(undefined, () => new Uint8Array()),
})

const collect = (logout: LogoutNotice): void => void ended.push(logout)

const ISS = `iss=${encodeURIComponent('https://op.example')}`

describe('OIDC Front-Channel Logout §2 the frame of the provider', () => {
  it('ends the session that it names', async () => {
    const { status } = await receiver.receive(get(`?${ISS}&sid=s1`), collect)
    expect(status).toBe(200)
    expect(ended).toEqual([{ issuer: 'https://op.example', sid: 's1' }])
  })

  it('gets a page that nobody stores, and nobody else frames', async () => {
    provider.metadata = { end_session_endpoint: 'https://login.op.example/logout' }
    const response = await receiver.receive(get(`?${ISS}&sid=s1`), collect)
    expect(headerOf(response, 'cache-control')).toBe('no-cache, no-store')
    expect(headerOf(response, 'x-frame-options')).toBeUndefined()
    expect(headerOf(response, 'content-security-policy')).toBe(
      "default-src 'none'; base-uri 'none'; frame-ancestors https://op.example https://login.op.example",
    )
  })

  it.each([
    ['without a session', `?${ISS}`],
    ['without an issuer', '?sid=s1'],
    ['without both', ''],
    ['of another provider', '?iss=https%3A%2F%2Fevil.example&sid=s1'],
    ['of a provider that is almost the same', '?iss=https%3A%2F%2Fop.example%2F&sid=s1'],
    ['with two sessions', `?${ISS}&sid=s1&sid=s2`],
    ['that is no UTF-8', `?${ISS}&sid=%ff`],
  ])('%s is refused', async (_, query) => {
    const response = await receiver.receive(get(query), collect)
    expect(response.status).toBe(400)
    expect(headerOf(response, 'content-security-policy')).toContain("frame-ancestors 'none'")
    expect(ended).toEqual([])
  })

  it('asks by GET', async () => {
    expect((await receiver.receive(get(`?${ISS}&sid=s1`, 'POST'), collect)).status).toBe(405)
    expect(ended).toEqual([])
  })

  it('says that it did not work where the application fails', async () => {
    const fail = () => Promise.reject(new Error('store is away'))
    expect((await receiver.receive(get(`?${ISS}&sid=s1`), fail)).status).toBe(500)
  })
})
