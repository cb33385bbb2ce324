import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { OAuth } from 'authwright/express'
import { ClientSecretBasic } from 'authwright/oauth2/client'
import { OpenIdClient, type OpenIdTokenSet } from 'authwright/oidc/client'
import express from 'express'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Browser } from '../support/browser.ts'
import { listen } from '../support/listen.ts'
import { SECRET } from './support/provider.ts'

/** Debian's packages are for Debian's Python. */
const python = ['/usr/bin/python3', 'python3'].find(
  (path) => spawnSync(path, ['-c', 'import authlib, flask']).status === 0,
)
if (python === undefined) {
  console.info(
    'Authlib or Flask is not installed (apt-get install python3-authlib python3-flask): their tests are skipped',
  )
}

const clientId = 'app'
const redirectUri = 'https://app.example/callback'
const signedOutUri = 'https://app.example/signed-out'

let child: ChildProcess
let issuer: string

async function start(): Promise<string> {
  const script = fileURLToPath(new URL('support/authlib_provider.py', import.meta.url))
  const settings = {
    client_id: clientId,
    client_secret: SECRET,
    redirect_uri: redirectUri,
    signed_out_uri: signedOutUri,
  }
  child = spawn(python ?? '', [script, JSON.stringify(settings)], {
    env: { ...process.env, AUTHLIB_INSECURE_TRANSPORT: '1' },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const [line] = child.stdout === null ? [] : await once(child.stdout, 'data')
  return String(line).trim()
}

describe.skipIf(python === undefined)('a provider on Flask with Authlib', () => {
  beforeAll(async () => {
    issuer = await start()
  })
  afterAll(() => void child.kill())

  const browser = (): Browser => new Browser({ issuer, fetch: (request) => fetch(request, { redirect: 'manual' }) })

  /** Authlib 1.2 compares what is in the header without decoding it (authlib PR 594): such a secret is sent as it is. */
  const tokenEndpointAuthMethod = new ClientSecretBasic(SECRET, { raw: true })
  const scope = 'openid profile offline_access'

  const createClient = (): OpenIdClient =>
    new OpenIdClient({ issuer, clientId, tokenEndpointAuthMethod, redirectUri, scope })

  async function logIn(client: OpenIdClient): Promise<OpenIdTokenSet> {
    const { url, state, codeVerifier, nonce } = await client.createAuthorizationUrl()
    const { away } = await browser().open(url)
    return client.fetchToken(await client.validateCallback(away ?? '', { state }), { codeVerifier, nonce })
  }

  it('logs in, with discovery, PKCE, nonce and the signature of the ID token', async () => {
    const token = await logIn(createClient())
    expect(token).toMatchObject({
      token_type: 'Bearer',
      scope: 'openid profile offline_access',
      userinfo: { sub: 'grace', iss: issuer, aud: [clientId] },
    })
  })

  it('is asked about the person', async () => {
    const client = createClient()
    expect(await client.userinfo(await logIn(client))).toMatchObject({ sub: 'grace', name: 'Grace Hopper' })
  })

  it('renews a token with rotation, and keeps to the newest refresh token', async () => {
    const client = createClient()
    const first = await logIn(client)
    const second = await client.refreshToken(first)
    expect(second.access_token).not.toBe(first.access_token)
    expect(second.refresh_token).not.toBe(first.refresh_token)
    expect((await client.get(`${issuer}/userinfo`, { token: await client.refreshToken(second) })).status).toBe(200)
    await expect(createClient().refreshToken(first)).rejects.toMatchObject({
      code: 'token_refused',
      refusal: { error: 'invalid_grant' },
    })
  })

  it('does not decode the secret in the header, which RFC 6749 §2.3.1 has a client encode', async () => {
    const client = new OpenIdClient({ issuer, clientId, clientSecret: SECRET, redirectUri, scope })
    await expect(logIn(client)).rejects.toMatchObject({ code: 'token_refused', refusal: { error: 'invalid_client' } })
  })

  it('refuses a code that is redeemed without its verifier, and we say so', async () => {
    const client = createClient()
    const { url, state } = await client.createAuthorizationUrl()
    const { away } = await browser().open(url)
    const callback = await client.validateCallback(away ?? '', { state })
    await expect(client.fetchToken(callback, { codeVerifier: 'x'.repeat(43) })).rejects.toMatchObject({
      code: 'token_refused',
      stage: 'token',
    })
  })

  it('logs out and comes back to an app on Express', async () => {
    const oauth = new OAuth({
      secret: SECRET,
      clients: { authlib: { issuer, clientId, clientSecret: SECRET, scope: 'openid' } },
    })
    const app = express()
    app.get('/logout', (req, res) => oauth.authlib.logoutRedirect(req, res, signedOutUri, { data: 'bye' }))
    app.get('/signed-out', async (req, res) => {
      res.json(await oauth.authlib.validateLogoutResponse(req, res))
    })
    const { origin, close } = await listen(() => app)
    try {
      const left = await fetch(`${origin}/logout`, { redirect: 'manual' })
      const back = await fetch(left.headers.get('location') ?? '', { redirect: 'manual' })
      const { pathname, search } = new URL(back.headers.get('location') ?? '')
      const cookie = left.headers
        .getSetCookie()
        .map((line) => line.split(';')[0])
        .join('; ')
      const answer = await fetch(`${origin}${pathname}${search}`, { headers: { cookie } })
      expect(await answer.json()).toEqual({ data: 'bye' })
    } finally {
      await close()
    }
  })
})
