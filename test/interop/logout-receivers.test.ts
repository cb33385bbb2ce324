import type { RequestListener } from 'node:http'
import { type NodeRequest, OAuth, Sessions } from 'authwright/express'
import { Key, type PrivateJwk } from 'authwright/jose/jwk'
import { MemoryKeyValueStore } from 'authwright/stores/memory'
import express from 'express'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Browser } from '../support/browser.ts'
import { listen, type Running } from '../support/listen.ts'
import { SECRET } from './support/provider.ts'
import { Stranger } from './support/stranger.ts'

let app: Running
let provider: Stranger

beforeAll(async () => {
  let listener: RequestListener
  app = await listen(() => (request, response) => listener(request, response))
  const { alg: _, ...jwk } = (await Key.generate('RS256')).toPrivateJwk()
  provider = await Stranger.start({
    clients: [
      {
        client_id: 'app',
        client_secret: SECRET,
        redirect_uris: [`${app.origin}/callback`],
        backchannel_logout_uri: `${app.origin}/backchannel-logout`,
        backchannel_logout_session_required: true,
      },
    ],
    keys: [{ ...jwk, use: 'sig' } as PrivateJwk],
    features: { backchannelLogout: { enabled: true } },
  })
  listener = createApp(app.origin, provider.issuer)
})
afterAll(() => Promise.all([app.close(), provider.close()]))

/** An app that ends its sessions when the provider says so, in six lines. */
function createApp(origin: string, issuer: string): RequestListener {
  const secret = 'a secret of at least thirty-two bytes'
  const store = new MemoryKeyValueStore()
  const sessions = new Sessions<{ name: string }>({ secret, mode: 'store', store, secure: false })
  const oauth = new OAuth({
    secret,
    clients: { op: { issuer, clientId: 'app', clientSecret: SECRET, scope: 'openid', replayStore: store } },
  })
  const app = express()
  app.get('/login', (request, response) => oauth.op.authorizeRedirect(request, response, `${origin}/callback`))
  app.get('/callback', async (request: NodeRequest, response) => {
    const { userinfo } = await oauth.op.authorizeAccessToken(request, response)
    const { iss = '', sub = '', sid } = userinfo ?? {}
    await sessions.start(request, response, { data: { name: sub }, login: { issuer: iss, subject: sub, sid } })
    response.json({ sid })
  })
  app.get('/me', async (request, response) => {
    response.json((await sessions.read(request, response))?.data ?? null)
  })
  app.post('/backchannel-logout', express.urlencoded(), (request, response) =>
    oauth.op.backChannelLogout(request, response, (logout) => sessions.endLogin(logout)),
  )
  app.get('/sign-out-at-provider', async (_request, response) => {
    response.redirect((await oauth.op.createLogoutUrl()).url)
  })
  return app
}

const appBrowser = (): Browser =>
  new Browser({ issuer: app.origin, fetch: (request) => fetch(request, { redirect: 'manual' }) })

const whoAmI = async (browser: Browser): Promise<unknown> => JSON.parse((await browser.open(`${app.origin}/me`)).body)

/** From the app to the provider and back to the app. */
async function signIn(atApp: Browser, atProvider: Browser): Promise<{ sid: string }> {
  const { away: there } = await atApp.open(`${app.origin}/login`)
  const { away: back } = await atProvider.open(there?.href ?? '')
  return JSON.parse((await atApp.open(back?.href ?? '')).body)
}

describe('OIDC Back-Channel Logout: an app on Express at oidc-provider', () => {
  it('nextauthjs/next-auth#836: signing out at the provider ends the session of the app, and no other', async () => {
    const [atApp, atProvider] = [appBrowser(), provider.browser()]
    const [elsewhere, elsewhereAtProvider] = [appBrowser(), provider.browser()]
    const { sid } = await signIn(atApp, atProvider)
    expect((await signIn(elsewhere, elsewhereAtProvider)).sid).not.toBe(sid)
    expect(await whoAmI(atApp)).toEqual({ name: 'grace' })

    const { away: there } = await appBrowser().open(`${app.origin}/sign-out-at-provider`)
    await atProvider.press(await atProvider.open(there?.href ?? ''), 'yes')

    expect(await whoAmI(atApp)).toBeNull()
    expect(await whoAmI(elsewhere)).toEqual({ name: 'grace' })
    await signIn(atApp, atProvider)
    expect(await whoAmI(atApp)).toEqual({ name: 'grace' })
  })
})
