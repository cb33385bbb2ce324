import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ComplianceHooks, TokenSet } from '../../src/oauth2/client/index.ts'
import { readForm } from '../support/browser.ts'
import { frameworks } from '../support/login-apps.ts'
import { type Answer, LoginWorld, type Person } from '../support/login-world.ts'

/*
 * What is worth testing of a registry's logins (the rules of Authlib's, and where it fails them, ours), on every adapter,
 * against our provider over HTTP. The rules on OAuth 1.0 are not here.
 */

const FORM_POST = '/login?mode=form_post&redirect_uri=https://app.example/callback'

describe.each(frameworks)('$name', (framework) => {
  const world = new LoginWorld(framework)
  beforeAll(() => world.open())
  afterAll(() => world.close())

  /** The app posts nothing to itself: the test carries the form of the provider there. */
  async function post(person: Person, fields: Record<string, string>): Promise<Answer> {
    const { status, body } = await person.app.post(`${world.origin}/callback`, fields)
    return { status, body: JSON.parse(body) }
  }

  const denied = async (person: Person, path: string) => {
    const screen = await person.op.open((await person.leave(path)).href)
    const consent = await person.op.press(screen, 'sign-in', { username: 'ada', password: 'engine' })
    return person.op.press(consent, 'deny')
  }

  describe('authlib-parity §7.9.1 state', () => {
    it('absent: the callback is refused', async () => {
      world.start({ op: world.op() })
      expect(await world.ask('/callback?code=x')).toEqual({
        status: 400,
        body: { code: 'state_missing', message: '"state" is missing in the response' },
      })
    })

    it('wrong: no login of this browser is found by it, and the right one is not spoiled', async () => {
      world.start({ op: world.op() })
      const person = world.person()
      const { away } = await person.signIn(await person.leave('/login'))
      const wrong = new URL(away ?? '')
      wrong.searchParams.set('state', 'wrong')
      expect((await person.comeBack(wrong)).body).toMatchObject({ code: 'transaction_missing' })
      expect((await person.comeBack(away)).body).toMatchObject({ ok: true })
    })

    it('of another browser: the cookie is missing', async () => {
      world.start({ op: world.op() })
      const victim = world.person()
      const attacker = world.person()
      const { away } = await attacker.signIn(await attacker.leave('/login'))
      const { body } = await victim.comeBack(away)
      expect(body).toEqual({
        code: 'transaction_missing',
        message:
          'login cookie is missing: this browser did not start the login, finished it before, took longer than 10 minutes, or refuses cookies',
      })
      expect(world.count('/token')).toBe(0)
    })

    it('reused: the login is over, even with the cookie kept', async () => {
      world.start({ op: world.op() })
      const person = world.person()
      const { away } = await person.signIn(await person.leave('/login'))
      const cookies = [...person.app.cookies]
      expect((await person.comeBack(away)).body).toMatchObject({ ok: true })
      expect((await person.comeBack(away)).body).toMatchObject({ code: 'transaction_missing' })
      for (const [name, value] of cookies) person.app.cookies.set(name, value)
      expect((await person.comeBack(away)).body).toMatchObject({
        code: 'transaction_used',
        message: 'login was already finished: start it again',
      })
    })

    it('expired: refused on reading, which Authlib forgets', async () => {
      let now = Date.now()
      world.start({ op: world.op() }, { clock: () => now })
      const person = world.person()
      const { away } = await person.signIn(await person.leave('/login'))
      now += 601_000
      expect((await person.comeBack(away)).body).toMatchObject({
        code: 'transaction_expired',
        message: 'login took longer than 10 minutes: start it again',
      })
    })

    it('of two logins in parallel: both are finished, in any order', async () => {
      world.start({ op: world.op() })
      const person = world.person()
      const [first, second] = [await person.leave('/login?return_to=/1'), await person.leave('/login?return_to=/2')]
      const [one, two] = [await person.signIn(first), await person.signIn(second)]
      expect((await person.comeBack(two.away)).body).toMatchObject({ ok: true, returnTo: '/2' })
      expect((await person.comeBack(one.away)).body).toMatchObject({ ok: true, returnTo: '/1' })
    })

    it('of another client: not finished by this one', async () => {
      world.start({ op: world.op(), other: world.op({ clientId: 'post' }) })
      const person = world.person()
      const { away } = await person.signIn(await person.leave('/login'))
      const elsewhere = new URL(away ?? '')
      elsewhere.searchParams.set('name', 'other')
      expect((await person.comeBack(elsewhere)).body).toEqual({
        code: 'transaction_mismatch',
        message: 'attempt was started with another provider than it came back from',
      })
      expect(world.count('/token')).toBe(0)
    })
  })

  describe('authlib-parity §7.9.2 a login that was denied', () => {
    it('by GET: says so, and is over', async () => {
      world.start({ op: world.op({ authorizeParams: { prompt: 'consent' } }) })
      const person = world.person()
      const { away } = await denied(person, '/login')
      expect((await person.comeBack(away)).body).toMatchObject({ code: 'authorization_refused' })
      expect(person.app.cookies.size).toBe(0)
      expect((await person.comeBack(away)).body).toMatchObject({ code: 'transaction_missing' })
    })

    it('by POST: says so, and is over', async () => {
      world.start({ op: world.op({ authorizeParams: { prompt: 'consent' } }) })
      const person = world.person()
      const form = readForm((await denied(person, FORM_POST)).body)
      expect(form?.fields).toMatchObject({ error: 'access_denied' })
      expect((await post(person, form?.fields ?? {})).body).toMatchObject({ code: 'authorization_refused' })
      expect(person.app.cookies.size).toBe(0)
      expect((await post(person, form?.fields ?? {})).body).toMatchObject({ code: 'transaction_missing' })
    })

    it('without state: nobody believes it', async () => {
      world.start({ op: world.op() })
      const person = world.person()
      await person.leave('/login')
      const url = new URL('/callback?error=access_denied', world.origin)
      expect((await person.comeBack(url)).body).toMatchObject({ code: 'state_missing' })
      expect((await post(person, { error: 'access_denied' })).body).toMatchObject({ code: 'state_missing' })
      expect(person.app.cookies.size).toBe(1)
    })
  })

  describe('authlib-parity §7.9.3 a callback with both error and code', () => {
    it('is a refusal: the code is not redeemed', async () => {
      world.start({ op: world.op() })
      const person = world.person()
      const { away } = await person.signIn(await person.leave('/login'))
      away?.searchParams.set('error', 'access_denied')
      expect((await person.comeBack(away)).body).toMatchObject({ code: 'authorization_refused' })
      expect(world.count('/token')).toBe(0)
    })
  })

  describe('authlib-parity §7.9.4 the exchange', () => {
    it('has the redirect URI and the verifier of the login', async () => {
      world.start({ op: world.op() })
      const person = world.person()
      const url = await person.leave('/login')
      await person.comeBack((await person.signIn(url)).away)
      const [form] = world.formsTo('/token')
      expect(form?.['redirect_uri']).toBe(url.searchParams.get('redirect_uri'))
      const digest = await crypto.subtle.digest('SHA-256', Buffer.from(form?.['code_verifier'] ?? ''))
      expect(Buffer.from(digest).toString('base64url')).toBe(url.searchParams.get('code_challenge'))
    })
  })

  describe('authlib-parity §7.9.5 the nonce', () => {
    it('of another login: the ID token is refused', async () => {
      world.start({ op: world.op() })
      const person = world.person()
      const url = await person.leave('/login')
      url.searchParams.set('nonce', 'another')
      expect((await person.comeBack((await person.signIn(url)).away)).body).toMatchObject({
        code: 'id_token_nonce_mismatch',
      })
    })

    it('absent: the ID token is refused', async () => {
      world.start({ op: world.op() })
      const person = world.person()
      const url = await person.leave('/login')
      url.searchParams.delete('nonce')
      expect((await person.comeBack((await person.signIn(url)).away)).body).toMatchObject({
        code: 'id_token_claim_missing',
      })
    })
  })

  describe('authlib-parity §7.9.6 metadata', () => {
    it('are fetched once for many who come at once', async () => {
      world.start({ op: world.op() })
      await Promise.all(Array.from({ length: 10 }, () => world.person().leave('/login')))
      expect(world.count('/.well-known/openid-configuration')).toBe(1)
    })

    it('that could not be fetched are asked for again', async () => {
      let [now, isDown] = [Date.now(), true]
      const { transport } = world
      const flaky: typeof transport = async (request) =>
        isDown ? { status: 503, headers: [], body: new Uint8Array() } : transport(request)
      world.start({ op: world.op() }, { transport: flaky, clock: () => now })
      expect((await world.ask('/login')).body).toMatchObject({ code: 'request_failed' })
      isDown = false
      now += 60_000
      expect((await world.person().leave('/login')).origin).toBe(world.issuer)
    })
  })

  describe('authlib-parity §7.9.7 an unknown kid', () => {
    it('has the keys fetched anew, once', async () => {
      const compliance: ComplianceHooks = { jwksResponse: () => Response.json({ keys: [] }) }
      world.start({ op: world.op({ compliance }) })
      expect((await world.person().logIn()).body).toMatchObject({ code: 'id_token_key_not_found' })
      expect((await world.person().logIn()).body).toMatchObject({ code: 'id_token_key_not_found' })
      expect(world.count('/jwks')).toBeLessThanOrEqual(2)
    })
  })

  describe('authlib-parity §7.9.8 relative addresses', () => {
    it('join apiBaseUrl like urljoin, and never leave its host', async () => {
      const token = { access_token: 'an-access-token', token_type: 'Bearer' }
      const op = world.start({ op: world.op({ apiBaseUrl: `${world.issuer}/api/v1/` }) }).oauth.createClient('op')
      const paths = { files: '/api/v1/files', '../v2/x': '/api/v2/x', '/api/root': '/api/root', '?q=1': '/api/v1/?q=1' }
      for (const [path, url] of Object.entries(paths)) {
        expect(await (await op.get(path, { token })).json()).toMatchObject({ url })
      }
      await expect(op.get('//evil.example/api', { token })).rejects.toThrow(
        'a relative URL must not leave the host of "apiBaseUrl"',
      )
    })
  })

  describe('authlib-parity §7.9.9 an expired token', () => {
    const start = async (compliance: ComplianceHooks = {}): Promise<TokenSet> => {
      const updates: TokenSet[] = []
      world.start({ op: world.op({ compliance, apiBaseUrl: `${world.issuer}/api/` }) })
      const { body } = await world.person().logIn()
      updates.push(body.token)
      return { ...body.token, expires_at: 1 }
    }

    it('keeps its refresh token where the provider sends none', async () => {
      const without = async (response: Response) => {
        const { refresh_token: _, ...body } = await response.json()
        return Response.json(body)
      }
      const token = await start({ refreshTokenResponse: without })
      const renewed = await world.app.oauth.createClient('op').ensureActiveToken(token)
      expect(renewed.refresh_token).toBe(token.refresh_token)
      expect(renewed.access_token).not.toBe(token.access_token)
    })

    it('says why it could not be renewed', async () => {
      const token = await start()
      const call = world.app.oauth.createClient('op').get('x', { token: { ...token, refresh_token: 'revoked' } })
      await expect(call).rejects.toMatchObject({
        code: 'token_refused',
        stage: 'refresh',
        refusal: { error: 'invalid_grant' },
      })
    })
  })

  describe('authlib-parity §7.9.11 a client that nobody registered', () => {
    it('is refused by name', async () => {
      world.start({ op: world.op() })
      expect((await world.ask('/login?name=other')).body).toEqual({
        code: 'ConfigurationError: OAuth: no client is registered under this name',
      })
    })
  })
})
