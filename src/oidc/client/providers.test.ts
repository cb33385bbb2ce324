import { beforeEach, describe, expect, it } from 'vitest'
import { StubProvider } from '../../../test/support/stub-provider.ts'
import type { HttpRequest } from '../../http/request.ts'
import { headerOf } from '../../http/response.ts'
import type { TokenSet } from '../../oauth2/client/token-set.ts'
import type { Registration } from './login-types.ts'
import { OAuth, PlainClient } from './oauth.ts'
import type { OAuth1Registration, ProviderSettings } from './provider-options.ts'

const secret = 'a secret that is long enough: 0123456789'
const github = { clientId: 'app', issuer: 'https://github.com/login/oauth', accessTokenUrl: 'https://github.com/token' }
const expired: TokenSet = { access_token: 'a', token_type: 'Bearer', refresh_token: 'r', expires_at: 1 }

let provider: StubProvider

beforeEach(async () => {
  provider = await StubProvider.create()
})

const stub = () => ({
  clientId: 'app',
  issuer: provider.issuer,
  transport: provider.transport,
  clock: provider.clock.read,
})

function visit(url: string, cookie = ''): HttpRequest {
  const unread = (): never => {
    throw new Error('not to be read')
  }
  const header = (name: string): string | undefined => (name === 'cookie' ? cookie : undefined)
  return { method: 'GET', url, header, form: unread, json: unread }
}

describe('register', () => {
  it('replaces a client only where it is told to', () => {
    const oauth = new OAuth({ secret, clients: { github } })
    const first = oauth.github
    expect(() => oauth.register('github', github)).toThrow('OAuth: "github" is already registered')
    const replaced = oauth.register('github', { ...github, clientId: 'new' }, { overwrite: true })
    expect(replaced.github.clientId).toBe('new')
    expect(replaced.createClient('github')).toBe(replaced.github)
    expect(replaced.github).not.toBe(first)
  })

  it('keeps the client that is there where the one in its place is refused', () => {
    const oauth = new OAuth({ secret, clients: { github } })
    expect(() => oauth.register('github', { ...github, clientId: '' }, { overwrite: true })).toThrow(
      '"clientId" is missing',
    )
    expect(oauth.github.clientId).toBe('app')
  })

  it('takes options of the client in "clientOptions", too', async () => {
    const clientOptions = { scope: ['files', 'mail'], tokenEndpointAuthMethod: 'none' }
    const oauth = new OAuth({ secret }).register('op', { ...stub(), scope: 'files mail', clientOptions })
    const { url } = await oauth.op.createAuthorizationUrl({ redirectUri: 'https://app.example/cb' })
    expect(new URL(url).searchParams.get('scope')).toBe('files mail')
  })

  it('refuses two values for one option', () => {
    const clientOptions = { scope: 'mail', leeway: 5 }
    expect(() => new OAuth({ secret }).register('op', { ...stub(), scope: 'files', leeway: 6, clientOptions })).toThrow(
      'OAuth "op": "scope" is said twice, differently: at the top and in "clientOptions"; "leeway" is said twice, differently',
    )
  })

  it('makes clients of a class of yours', () => {
    class MyClient extends PlainClient {
      readonly mine: string
      constructor(registration: Registration) {
        super(registration)
        this.mine = `my ${registration.name}`
      }
    }
    const oauth = new OAuth({ secret }).register('op', { ...stub(), clientClass: MyClient })
    expect(oauth.op.mine).toBe('my op')
  })

  it('wants a "baseUrl" that is one', () => {
    expect(() => new OAuth({ secret, baseUrl: '/app' })).toThrow('OAuth: "baseUrl" must be an absolute URL')
  })

  it('puts paths behind "baseUrl"', async () => {
    const oauth = new OAuth({ secret, baseUrl: 'https://app.example/shop' }).register('op', {
      ...stub(),
      redirectUri: '/cb',
    })
    const { redirectUri } = await oauth.op.createAuthorizationUrl()
    expect(redirectUri).toBe('https://app.example/shop/cb')
    expect((await oauth.op.createAuthorizationUrl({ redirectUri: '/other' })).redirectUri).toBe(
      'https://app.example/shop/other',
    )
  })
})

describe('OAuth 1.0 providers', () => {
  const twitter: ProviderSettings = {
    clientId: 'app',
    clientSecret: 'hush',
    requestTokenUrl: 'https://api.twitter.example/request_token',
    requestTokenParams: { scope: 'read' },
  }

  it('are told by "requestTokenUrl", and made by the engine that was given for them', () => {
    const seen: OAuth1Registration[] = []
    class TwitterClient {
      readonly speaks = 'OAuth 1.0'
    }
    const createClient = (registration: OAuth1Registration): TwitterClient => {
      seen.push(registration)
      return new TwitterClient()
    }
    const oauth = new OAuth({ secret, oauth1: { createClient } })
    const typed = oauth.register('twitter', {
      requestTokenUrl: 'https://api.twitter.example/request_token',
      clientId: 'app',
    })
    expect(typed.twitter.speaks).toBe('OAuth 1.0')
    expect(seen[0]).toMatchObject({ name: 'twitter', options: { clientId: 'app', clock: Date.now } })
  })

  it('need one', () => {
    expect(() => new OAuth({ secret, settings: { twitter } }).createClient('twitter')).toThrow(
      'OAuth: "oauth1" is missing: a provider with "requestTokenUrl" speaks OAuth 1.0, which needs an engine of its own',
    )
  })
})

describe('functions that all clients share', () => {
  it('are called with the name, and those of a client stand above them', async () => {
    const calls: unknown[] = []
    const oauth = new OAuth({
      secret,
      fetchToken: (name, request) => {
        calls.push(['fetch', name, request])
        return expired
      },
      updateToken: (name, _token, previous) => {
        calls.push(['update', name, previous.access_token])
      },
    })
      .register('op', stub())
      .register('own', { ...stub(), fetchToken: () => ({ access_token: 'own', token_type: 'Bearer' }) })
    const request = { user: 1 }
    await oauth.op.get('https://op.example/api/files', { request })
    expect(calls).toContainEqual(['fetch', 'op', request])
    expect(calls).toContainEqual(['update', 'op', 'a'])
    const answer = await oauth.own.get('https://op.example/api/files', { request })
    expect(await answer.json()).toEqual({ authorization: 'Bearer own' })
  })

  it('tell nobody of a token that was not stored', async () => {
    const told: unknown[] = []
    const oauth = new OAuth({
      secret,
      updateToken: () => false,
      fetchToken: () => ({ ...expired, expires_at: 9e9, access_token: 'winner' }),
    }).register('op', stub())
    oauth.on('token.updated', (event) => {
      told.push(event)
    })
    await oauth.op.get('https://op.example/api/files', { token: expired, request: {} }).catch(() => undefined)
    expect(told).toEqual([])
  })
})

describe('providers of tenants', () => {
  type Found = { readonly name: string; readonly options?: ProviderSettings } | undefined

  const setUp = (find: (tenant: string) => Found) =>
    new OAuth({
      secret,
      clock: provider.clock.read,
      resolve: async (request, { startedWith }) => find(startedWith ?? new URL(request.url).pathname.slice(1)),
    })

  it('have one client for each name and content', async () => {
    const secrets: Record<string, string> = { acme: 'one' }
    const oauth = setUp((name) => ({ name, options: { ...stub(), clientSecret: secrets[name] ?? 'none' } }))
    const acme = await oauth.resolveClient(visit('https://app.example/acme'))
    expect(acme.name).toBe('acme')
    expect(await oauth.resolveClient(visit('https://app.example/acme'))).toBe(acme)
    expect(await oauth.resolveClient(visit('https://app.example/other'))).not.toBe(acme)
    secrets['acme'] = 'two'
    expect(await oauth.resolveClient(visit('https://app.example/acme'))).not.toBe(acme)
  })

  it('may be registered ones', async () => {
    const oauth = new OAuth({ secret, clients: { github }, resolve: () => ({ name: 'github' }) })
    expect(await oauth.resolveClient(visit('/'))).toBe(oauth.github)
  })

  it('are given back when the browser comes back, at an address for all', async () => {
    const asked: unknown[] = []
    const oauth = setUp((name) => {
      asked.push(name)
      return { name, options: { ...stub(), scope: 'openid' } }
    })
    const client = await oauth.resolveClient(visit('https://app.example/acme'))
    const { response } = await client.authorizeRedirect(visit('https://app.example/acme'), 'https://app.example/cb')
    const cookie = (headerOf(response, 'set-cookie') ?? '').split(';')[0]
    const back = visit(provider.authorize(headerOf(response, 'location') ?? ''), cookie)
    const resolved = await oauth.resolveClient(back)
    expect(asked).toEqual(['acme', 'acme'])
    expect(await resolved.authorizeAccessToken(back)).toMatchObject({ ok: true })
  })

  it('RFC 9700 §4.4.2: do not finish what was started with another, whose provider sent the browser on to theirs', async () => {
    const oauth = new OAuth({
      secret,
      resolve: (request) => ({ name: new URL(request.url).pathname.slice(1), options: stub() }),
    })
    const client = await oauth.resolveClient(visit('https://app.example/acme'))
    const { response } = await client.authorizeRedirect(visit('/'), 'https://app.example/evil')
    const cookie = (headerOf(response, 'set-cookie') ?? '').split(';')[0]
    const back = visit(provider.authorize(headerOf(response, 'location') ?? ''), cookie)
    await expect(oauth.resolveClient(back)).rejects.toMatchObject({
      code: 'transaction_mismatch',
      message: 'attempt was started with another provider than it came back from',
    })
  })

  it('are refused where there is none', async () => {
    await expect(setUp(() => undefined).resolveClient(visit('https://app.example/x'))).rejects.toMatchObject({
      code: 'provider_unknown',
      message: 'there is no provider for this request',
    })
    const ofDatabase = () => null as unknown as undefined
    await expect(setUp(ofDatabase).resolveClient(visit('https://app.example/x'))).rejects.toMatchObject({
      code: 'provider_unknown',
    })
    await expect(setUp(() => ({ name: '' })).resolveClient(visit('https://app.example/x'))).rejects.toThrow(
      'OAuth: "resolve" must give a "name": logins are sealed with it',
    )
    await expect(new OAuth({ secret }).resolveClient(visit('/'))).rejects.toThrow(
      'OAuth: "resolve" is missing: it finds the provider',
    )
  })
})
