import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { answer, NOW, StubProvider } from '../../../test/support/stub-provider.ts'
import { authorizeDevice } from '../../oauth2/client/index.ts'
import { OpenIdClient } from './client.ts'

const begun = {
  device_code: 'd',
  user_code: 'WDJB-MJHT',
  verification_uri: 'https://op.example/device',
  expires_in: 600,
}

/** What a device is given at the end, where its ID token has these claims. */
async function connect(claims: Record<string, unknown>, scope: string, clientScope = ''): Promise<unknown> {
  const provider = await StubProvider.create()
  provider.metadata = { device_authorization_endpoint: 'https://op.example/device_authorization' }
  provider.handlers.set('/device_authorization', () => answer(200, begun))
  provider.token = { id_token: await provider.signIdToken(claims) }
  const { issuer, transport, clock } = provider
  const client = new OpenIdClient({ clientId: 'app', issuer, transport, clock: clock.read, scope: clientScope })
  const device = await authorizeDevice(client, scope === '' ? {} : { scope })
  const outcome = device.poll().catch((error: unknown) => error)
  await vi.advanceTimersByTimeAsync(5000)
  return outcome
}

beforeEach(() => {
  vi.useFakeTimers({ now: NOW * 1000, toFake: ['setTimeout', 'clearTimeout', 'Date'] })
})
afterEach(() => {
  vi.useRealTimers()
})

describe('RFC 8628 §3.5 with OIDC Core §3.1.3.7: the ID token of a device', () => {
  it.each([
    ['of the call', 'openid email', ''],
    ['of the client', '', 'openid'],
  ])('is validated where the scope %s asks for a login', async (_, scope, clientScope) => {
    expect(await connect({}, scope, clientScope)).toMatchObject({ userinfo: { sub: 'alice', aud: 'app' } })
    expect(await connect({ aud: 'another' }, scope, clientScope)).toMatchObject({ code: 'id_token_audience_mismatch' })
  })

  it('is not looked at where nobody asked for one, and nothing is made of it', async () => {
    const token = await connect({ aud: 'another' }, 'files')
    expect(token).toMatchObject({ token_type: 'Bearer' })
    expect(token).not.toHaveProperty('userinfo')
  })
})
