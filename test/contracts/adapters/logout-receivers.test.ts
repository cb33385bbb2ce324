import type { RequestListener } from 'node:http'
import express from 'express'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { OAuth as ExpressOAuth } from '../../../src/adapters/express.ts'
import { OAuth as NodeOAuth } from '../../../src/adapters/node.ts'
import { OAuth as WebOAuth } from '../../../src/adapters/web.ts'
import { signJwt } from '../../../src/jose/jwt/index.ts'
import type { LogoutNotice, OnLogout, OpenIdClientOptions } from '../../../src/oidc/client/index.ts'
import { listen, type Running } from '../../support/listen.ts'
import { NOW, StubProvider } from '../../support/stub-provider.ts'
import { fetchListener } from './hosts.ts'

const secret = 'a secret of at least thirty-two bytes'

type Host = readonly [name: string, listener: (provider: OpenIdClientOptions, onLogout: OnLogout) => RequestListener]

/** An app with `/back` and `/front`, written with each adapter. */
const hosts: readonly Host[] = [
  [
    'web',
    (provider, onLogout) => {
      const { op } = new WebOAuth({ secret, clients: { op: provider } })
      return fetchListener((request) =>
        request.url.includes('/back')
          ? op.backChannelLogout(request, onLogout)
          : op.frontChannelLogout(request, onLogout),
      )
    },
  ],
  [
    'node',
    (provider, onLogout) => {
      const { op } = new NodeOAuth({ secret, clients: { op: provider } })
      return (request, response) =>
        request.url?.startsWith('/back') === true
          ? op.backChannelLogout(request, response, onLogout)
          : op.frontChannelLogout(request, response, onLogout)
    },
  ],
  ['express', (provider, onLogout) => express().use(expressApp(provider, onLogout))],
  [
    'express behind body parsers',
    (provider, onLogout) => express().use(express.json(), express.urlencoded(), expressApp(provider, onLogout)),
  ],
]

function expressApp(provider: OpenIdClientOptions, onLogout: OnLogout): express.Router {
  const { op } = new ExpressOAuth({ secret, clients: { op: provider } })
  const app = express.Router()
  app.post('/back', (request, response) => op.backChannelLogout(request, response, onLogout))
  app.get('/front', (request, response) => op.frontChannelLogout(request, response, onLogout))
  return app
}

describe.each(hosts)('logouts that a provider reports, on %s', (_, listener) => {
  let provider: StubProvider
  let app: Running
  let ended: LogoutNotice[]

  beforeEach(async () => {
    provider = await StubProvider.create()
    ended = []
    const { issuer, transport, clock } = provider
    const options = { clientId: 'app', issuer, transport, clock: clock.read, scope: 'openid' }
    app = await listen(() => listener(options, (logout) => ended.push(logout)))
  })
  afterEach(() => app.close())

  const tell = async (claims: object = {}): Promise<Response> => {
    const usual = { iss: provider.issuer, aud: 'app', iat: NOW, exp: NOW + 120, jti: 'j1', sub: 'alice', sid: 's1' }
    const events = { 'http://schemas.openid.net/event/backchannel-logout': {} }
    const token = await signJwt({ ...usual, events, ...claims }, provider.signer, { alg: 'ES256', typ: 'logout+jwt' })
    return fetch(`${app.origin}/back`, { method: 'POST', body: new URLSearchParams({ logout_token: token }) })
  }

  it('OIDC Back-Channel Logout §2.8: answers 200, and tells the app', async () => {
    const response = await tell()
    expect(response.status).toBe(200)
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(ended).toEqual([{ issuer: 'https://op.example', subject: 'alice', sid: 's1' }])
  })

  it('OIDC Back-Channel Logout §2.6: answers 400 to a second one of the same name', async () => {
    await tell()
    const response = await tell()
    expect(response.status).toBe(400)
    expect(await response.json()).toEqual({
      error: 'invalid_request',
      error_description: "'jti' (JWT ID) of the logout token was used before",
    })
    expect(ended).toHaveLength(1)
  })

  it('OIDC Front-Channel Logout §2: shows a page in the frame of the provider alone', async () => {
    const query = new URLSearchParams({ iss: provider.issuer, sid: 's1' })
    const response = await fetch(`${app.origin}/front?${query}`)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-security-policy')).toContain('frame-ancestors https://op.example')
    expect(response.headers.get('x-frame-options')).toBeNull()
    expect(ended).toEqual([{ issuer: 'https://op.example', sid: 's1' }])
    expect((await fetch(`${app.origin}/front`)).status).toBe(400)
  })
})
