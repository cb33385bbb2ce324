import { beforeEach, describe, expect, it } from 'vitest'
import { answer, StubProvider, TestClock } from '../../../test/support/stub-provider.ts'
import { bodyReaders } from '../../http/body.ts'
import { FetchError } from '../../http/fetch-error.ts'
import type { HttpRequest } from '../../http/request.ts'
import { type HttpResponse, headerOf } from '../../http/response.ts'
import { encodeUtf8 } from '../../util/bytes.ts'
import type { Logger } from '../../util/logger.ts'
import type { AuthorizeRedirectOptions, LoginCompletion } from './login-types.ts'
import { OAuth } from './oauth.ts'

const secret = 'a secret that is long enough: 0123456789'
const CALLBACK = 'https://app.example/cb/op'

/** A browser, as far as the application notices: it brings back the cookies that it was given. */
class Browser {
  readonly cookies: Map<string, string> = new Map()

  take(setCookie: readonly string[]): void {
    for (const line of setCookie) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (line.includes('Max-Age=0')) this.cookies.delete(name)
      else this.cookies.set(name, value)
    }
  }

  /** Follows a redirect: the address that it goes to. */
  follow(response: HttpResponse): string {
    expect(response.status).toBe(303)
    this.take(response.headers.filter(([name]) => name === 'set-cookie').map(([, value]) => value))
    return headerOf(response, 'location') ?? ''
  }

  get(url: string): HttpRequest {
    return this.#request('GET', url, undefined, '')
  }

  /** Posts the query of a URL as a form, as a form_post page does. */
  post(url: string): HttpRequest {
    const { pathname, search } = new URL(url)
    return this.#request('POST', pathname, 'application/x-www-form-urlencoded', search.slice(1))
  }

  #request(method: string, url: string, contentType: string | undefined, body: string): HttpRequest {
    const headers: Record<string, string | undefined> = {
      cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; '),
      'content-type': contentType,
    }
    return { method, url, header: (name) => headers[name], ...bodyReaders(contentType, () => encodeUtf8(body)) }
  }
}

let provider: StubProvider
let evil: StubProvider
let clock: TestClock
let browser: Browser

beforeEach(async () => {
  clock = new TestClock()
  provider = await StubProvider.create('https://op.example', clock)
  evil = await StubProvider.create('https://evil.example', clock, 'app-at-evil')
  browser = new Browser()
})

function setUp(logger?: Logger) {
  const options = { scope: 'openid email', clientSecret: 'hush-hush' }
  return new OAuth({
    secret,
    clock: clock.read,
    ...(logger && { logger }),
    clients: {
      op: { ...options, clientId: 'app', issuer: provider.issuer, transport: provider.transport },
      evil: { ...options, clientId: 'app-at-evil', issuer: evil.issuer, transport: evil.transport },
    },
  })
}

type App = ReturnType<typeof setUp>

/** The browser goes to the provider. */
async function start(app: App, options: AuthorizeRedirectOptions = {}, who = browser): Promise<string> {
  const { response } = await app.op.authorizeRedirect(who.get('/login'), CALLBACK, options)
  return who.follow(response)
}

/** The browser comes back. */
async function finish(app: App, url: string, who = browser): Promise<LoginCompletion> {
  const login = await app.op.authorizeAccessToken(who.get(url))
  who.take(login.setCookie)
  return login
}

const refused = (code: string, more: object = {}) =>
  expect.objectContaining({ ok: false, error: expect.objectContaining({ name: 'ClientError', code, ...more }) })

describe('OIDC Core §3.1 a login', () => {
  it('brings back who logged in, and says what was checked', async () => {
    const app = setUp()
    const url = await start(app, { prompt: 'login', maxAge: 300, loginHint: 'alice', data: { next: '/inbox' } })
    expect(Object.fromEntries(new URL(url).searchParams)).toEqual({
      response_type: 'code',
      client_id: 'app',
      redirect_uri: CALLBACK,
      scope: 'openid email',
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
      prompt: 'login',
      max_age: '300',
      login_hint: 'alice',
    })
    const login = await finish(app, provider.authorize(url))
    expect(login).toMatchObject({
      ok: true,
      token: {
        token_type: 'Bearer',
        expires_at: clock.seconds + 3600,
        userinfo: { sub: 'alice', iss: 'https://op.example' },
      },
      data: { next: '/inbox' },
      report: { signature: 'verified', nonce: 'ok', auth_time: 'ok', at_hash: 'ok' },
    })
    expect(browser.cookies.size).toBe(0)
  })

  it('keeps what it knows of the provider for the next one', async () => {
    const app = setUp()
    for (const _ of [1, 2, 3])
      expect(await finish(app, provider.authorize(await start(app)))).toMatchObject({ ok: true })
    expect(provider.count('/.well-known/openid-configuration')).toBe(1)
    expect(provider.count('/jwks')).toBe(1)
  })

  it('is finished by another process with the same secret', async () => {
    const url = await start(setUp())
    expect(await finish(setUp(), provider.authorize(url))).toMatchObject({ ok: true })
  })

  it('OIDC Form Post §2: comes back by a form too', async () => {
    const app = setUp()
    const url = await start(app, { responseMode: 'form_post' })
    expect(new URL(url).searchParams.get('response_mode')).toBe('form_post')
    expect(await app.op.authorizeAccessToken(browser.post(provider.authorize(url)))).toMatchObject({ ok: true })
  })

  it('express-openid-connect#43: two tabs finish in any order', async () => {
    const app = setUp()
    const [first, second] = [await start(app), await start(app)]
    expect(await finish(app, provider.authorize(second))).toMatchObject({ ok: true })
    expect(await finish(app, provider.authorize(first))).toMatchObject({ ok: true })
  })

  it('does without a nonce and an ID token where the scope has no openid', async () => {
    const app = setUp().register('plain', {
      clientId: 'app',
      issuer: provider.issuer,
      transport: provider.transport,
      scope: 'files',
    })
    provider.token = { id_token: 'not looked at' }
    const { response } = await app.plain.authorizeRedirect(browser.get('/login'), CALLBACK)
    const url = browser.follow(response)
    expect(new URL(url).searchParams.has('nonce')).toBe(false)
    const login = await app.plain.authorizeAccessToken(browser.get(provider.authorize(url)))
    expect(login).toMatchObject({ ok: true })
    expect(login.ok && login.token.userinfo).toBeUndefined()
    expect(login.ok && login.report).toBeUndefined()
  })
})

describe('OIDC Core §3.1.2.1 an attempt with a scope of its own', () => {
  it('brings back a token without an ID token where it left openid out', async () => {
    const app = setUp()
    const url = await start(app, { scope: 'files' })
    expect(new URL(url).searchParams.has('nonce')).toBe(false)
    provider.token = { id_token: undefined }
    expect(await finish(app, provider.authorize(url))).toMatchObject({ ok: true, token: { token_type: 'Bearer' } })
  })

  it('is a login where it has openid and the client has not', async () => {
    const app = setUp().register('plain', {
      clientId: 'app',
      issuer: provider.issuer,
      transport: provider.transport,
      scope: 'files',
    })
    const { response } = await app.plain.authorizeRedirect(browser.get('/login'), CALLBACK, { scope: 'openid' })
    const callback = provider.authorize(browser.follow(response))
    provider.claims = { nonce: 'other' }
    expect(await app.plain.authorizeAccessToken(browser.get(callback))).toEqual(refused('id_token_nonce_mismatch'))
  })
})

describe('OIDC Core §3.1.2.5, RFC 9700 §4.7.1 a login that somebody tampers with', () => {
  it('GHSA-fg6f-75jq-6523, CVE-2025-68158: is not finished by another browser', async () => {
    const app = setUp()
    const callback = provider.authorize(await start(app))
    const victim = new Browser()
    expect(await finish(app, callback, victim)).toEqual(refused('transaction_missing', { stage: 'callback' }))
    expect(provider.count('/token')).toBe(0)
  })

  it('RFC 6749 §10.12: a code of the attacker is not taken, with the state of the victim or with another', async () => {
    const app = setUp()
    const attacker = new Browser()
    const theirs = provider.authorize(await start(app, {}, attacker))
    await start(app)
    expect(await finish(app, theirs)).toEqual(refused('transaction_missing'))
    expect(provider.count('/token')).toBe(0)
  })

  it('session fixation: a planted cookie of the attacker is worth nothing on another name', async () => {
    const app = setUp()
    const attacker = new Browser()
    const theirs = provider.authorize(await start(app, {}, attacker))
    // What a sibling host or a plain http page can plant has no __Host- name.
    for (const [name, value] of attacker.cookies) browser.cookies.set(name.replace('__Host-', ''), value)
    expect(await finish(app, theirs)).toEqual(refused('transaction_mismatch'))
    expect(provider.count('/token')).toBe(0)
  })

  it('a callback that is replayed finds nothing, not even with the cookie', async () => {
    const app = setUp()
    const url = await start(app)
    const kept = new Map(browser.cookies)
    const callback = provider.authorize(url)
    expect(await finish(app, callback)).toMatchObject({ ok: true })
    expect(await finish(app, callback)).toEqual(refused('transaction_missing'))
    for (const [name, value] of kept) browser.cookies.set(name, value)
    expect(await finish(app, callback)).toEqual(refused('transaction_used'))
    expect(provider.count('/token')).toBe(1)
  })

  it('a code that is replayed in another process is refused by the provider', async () => {
    const url = await start(setUp())
    const kept = new Map(browser.cookies)
    const callback = provider.authorize(url)
    expect(await finish(setUp(), callback)).toMatchObject({ ok: true })
    for (const [name, value] of kept) browser.cookies.set(name, value)
    expect(await finish(setUp(), callback)).toEqual(refused('token_refused', { refusal: { error: 'invalid_grant' } }))
  })

  it('RFC 9700 §4.5: a code of another login is refused, for its verifier and its nonce', async () => {
    const app = setUp()
    const victim = new Browser()
    const stolen = new URL(provider.authorize(await start(app, {}, victim))).searchParams.get('code') ?? ''
    expect(await finish(app, provider.callback(await start(app), { code: stolen }))).toEqual(refused('token_refused'))
  })

  it('comes back too late', async () => {
    const app = setUp()
    const callback = provider.authorize(await start(app))
    clock.advance(600)
    expect(await finish(app, callback)).toEqual(refused('transaction_expired'))
    expect(browser.cookies.size).toBe(0)
  })

  it('comes back without state, or as what is no response', async () => {
    const app = setUp()
    await start(app)
    expect(await finish(app, `${CALLBACK}?code=C`)).toEqual(refused('state_missing'))
    expect(await finish(app, `${CALLBACK}?code=%ff`)).toEqual(refused('callback_invalid'))
    expect(browser.cookies.size).toBe(1)
  })
})

describe('RFC 9700 §4.4.2 mix-up', () => {
  it('a login with one provider is not finished at the address of another', async () => {
    const app = setUp()
    const { response } = await app.evil.authorizeRedirect(browser.get('/login'), CALLBACK)
    const state = new URL(browser.follow(response)).searchParams.get('state') ?? ''
    const honest = provider.callback(`https://op.example/?${new URLSearchParams({ redirect_uri: CALLBACK, state })}`, {
      code: 'C',
    })
    expect(await finish(app, honest)).toEqual(refused('transaction_mismatch'))
    expect(provider.count('/token') + evil.count('/token')).toBe(0)
    expect(browser.cookies.size).toBe(0)
  })

  it('with iss: a code of the honest provider is not sent to the other, even at one address for both', async () => {
    const app = setUp()
    const { response } = await app.evil.authorizeRedirect(browser.get('/login'), CALLBACK)
    const state = new URL(browser.follow(response)).searchParams.get('state') ?? ''
    const honest = provider.callback(`https://op.example/?${new URLSearchParams({ redirect_uri: CALLBACK, state })}`, {
      code: 'C',
    })
    const login = await app.evil.authorizeAccessToken(browser.get(honest))
    expect(login).toEqual(refused('issuer_mismatch', { stage: 'callback' }))
    expect(evil.count('/token')).toBe(0)
  })

  it('without iss: a provider that announces it is not believed without', async () => {
    const app = setUp()
    const url = new URL(provider.authorize(await start(app)))
    url.searchParams.delete('iss')
    expect(await finish(app, url.href)).toEqual(refused('issuer_missing'))
    expect(provider.count('/token')).toBe(0)
  })

  it('a login is not finished when the provider has become another in between', async () => {
    const url = await start(setUp())
    const moved = new OAuth({
      secret,
      clock: clock.read,
      clients: { op: { clientId: 'app', scope: 'openid', issuer: evil.issuer, transport: evil.transport } },
    })
    const login = await moved.op.authorizeAccessToken(browser.get(provider.authorize(url)))
    expect(login).toEqual(refused('transaction_mismatch'))
  })
})

describe('a login that is refused', () => {
  it('RFC 6749 §4.1.2.1: says what the provider said, and is over', async () => {
    const app = setUp()
    const url = await start(app)
    const denied = provider.callback(url, { error: 'access_denied', error_description: 'no thanks' })
    expect(await finish(app, denied)).toEqual(
      refused('authorization_refused', { refusal: { error: 'access_denied', error_description: 'no thanks' } }),
    )
    expect(browser.cookies.size).toBe(0)
    expect(await finish(app, provider.authorize(url))).toEqual(refused('transaction_missing'))
  })

  it('by a form too', async () => {
    const app = setUp()
    const url = await start(app, { responseMode: 'form_post' })
    const login = await app.op.authorizeAccessToken(browser.post(provider.callback(url, { error: 'access_denied' })))
    expect(login).toEqual(refused('authorization_refused'))
  })

  it.each<[string, () => void, string]>([
    ['another nonce', () => (provider.claims = { nonce: 'other' }), 'id_token_nonce_mismatch'],
    ['no nonce', () => (provider.claims = { nonce: undefined }), 'id_token_claim_missing'],
    ['another audience', () => (provider.claims = { aud: 'other', azp: 'app' }), 'id_token_audience_mismatch'],
    ['another issuer', () => (provider.claims = { iss: 'https://evil.example' }), 'id_token_issuer_mismatch'],
    [
      'nonce_supported: false and no nonce',
      () => (provider.claims = { nonce: undefined, nonce_supported: false }),
      'id_token_claim_missing',
    ],
    ['the past', () => (provider.claims = { exp: clock.seconds - 31 }), 'id_token_expired'],
    ['another access token', () => (provider.claims = { at_hash: 'AAAAAAAAAAAAAAAAAAAAAA' }), 'id_token_hash_mismatch'],
    ['nothing at all', () => (provider.token = { id_token: undefined }), 'id_token_missing'],
    ['no JWT', () => (provider.token = { id_token: 'x' }), 'id_token_malformed'],
  ])('the ID token is of %s', async (_, tamper, code) => {
    const app = setUp()
    const callback = provider.authorize(await start(app))
    tamper()
    expect(await finish(app, callback)).toEqual(refused(code, { stage: 'id_token' }))
    expect(browser.cookies.size).toBe(0)
  })

  it('OIDC Core §3.1.2.1: because the person was asked too long ago', async () => {
    const app = setUp()
    const callback = provider.authorize(await start(app, { maxAge: 60 }))
    provider.claims = { auth_time: clock.seconds - 91 }
    expect(await finish(app, callback)).toEqual(refused('id_token_authentication_too_old'))
  })

  it.each([
    [
      'redirects',
      () => Promise.reject(new FetchError('redirect', { url: 'https://op.example/token' })),
      'redirect_refused',
    ],
    [
      'answers too much',
      () => Promise.reject(new FetchError('too_large', { url: 'https://op.example/token' })),
      'response_too_large',
    ],
    ['is down', () => answer(502, 'bad gateway', 'text/html'), 'request_failed'],
    ['answers a page', () => answer(200, '<html>', 'text/html'), 'token_response_invalid'],
  ])('because the token endpoint %s', async (_, respond, code) => {
    const app = setUp()
    const callback = provider.authorize(await start(app))
    provider.handlers.set('/token', respond)
    expect(await finish(app, callback)).toEqual(refused(code, { stage: 'token' }))
  })

  it('because an endpoint has no https', async () => {
    const app = setUp()
    provider.metadata = { token_endpoint: 'http://op.example/token' }
    await expect(start(app)).rejects.toMatchObject({ code: 'metadata_invalid', parameter: 'token_endpoint' })
  })
})

describe('the log of a login', () => {
  it('has a line for each decision, and no secret', async () => {
    const lines: string[] = []
    const write = (line: string): void => void lines.push(line)
    const app = setUp({ debug: write, info: write, warn: write, error: write })
    const url = await start(app)
    const callback = provider.authorize(url)
    const login = await finish(app, callback)
    await finish(app, callback)
    expect(lines).toHaveLength(3)
    expect(lines[0]).toBe('login started {"provider":"op"}')
    expect(lines[1]).toBe('login completed {"provider":"op"}')
    expect(lines[2]).toMatch(
      /^login refused \{"provider":"op","reason":"transaction_missing","stage":"callback","message":"login cookie is missing/,
    )
    const secrets = [...new URL(callback).searchParams.values(), ...new URL(url).searchParams.values(), 'hush-hush']
    const tokens = login.ok ? [login.token.access_token, login.token.id_token, login.token.refresh_token] : []
    for (const text of [...secrets, ...tokens].filter((value) => (value ?? '').length > 20)) {
      expect(lines.join()).not.toContain(text)
    }
  })
})

describe('OIDC RP-Initiated Logout §2', () => {
  it('comes back to the browser that started it', async () => {
    const app = setUp()
    const { response } = await app.op.logoutRedirect(browser.get('/logout'), 'https://app.example/bye', {
      idTokenHint: 'a.b.c',
      data: 'see you',
    })
    const state = new URL(browser.follow(response)).searchParams.get('state') ?? ''
    const back = `https://app.example/bye?state=${state}`
    expect(await app.op.validateLogoutResponse(new Browser().get(back))).toEqual(refused('transaction_missing'))
    expect(await app.evil.validateLogoutResponse(browser.get(back))).toEqual(refused('transaction_mismatch'))
    expect(await app.op.validateLogoutResponse(browser.get(back))).toEqual(refused('transaction_used'))
  })

  it('OIDC RP-Initiated Logout §3: gives back what it was given', async () => {
    const app = setUp()
    const { response } = await app.op.logoutRedirect(browser.get('/logout'), 'https://app.example/bye', {
      data: 'see you',
    })
    const state = new URL(browser.follow(response)).searchParams.get('state') ?? ''
    expect(await app.op.validateLogoutResponse(browser.get(`/bye?state=${state}`))).toMatchObject({
      ok: true,
      data: 'see you',
    })
    expect(await app.op.validateLogoutResponse(browser.get('/bye'))).toEqual(refused('state_missing'))
  })

  it('remembers nothing where nobody comes back', async () => {
    const app = setUp()
    const { response } = await app.op.logoutRedirect(browser.get('/logout'))
    expect(browser.follow(response)).toBe('https://op.example/logout?client_id=app')
    expect(browser.cookies.size).toBe(0)
  })
})
