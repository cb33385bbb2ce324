import { beforeEach, describe, expect, it } from 'vitest'
import { StubProvider } from '../../../test/support/stub-provider.ts'
import type { HttpRequest } from '../../http/request.ts'
import { defineOAuth } from './define-oauth.ts'
import type { Registration } from './login-types.ts'
import { OAuth, PlainClient } from './oauth.ts'
import type { OAuthEvents } from './oauth-options.ts'
import { RegisteredClient } from './registered-client.ts'

const secret = 'a secret that is long enough: 0123456789'
const github = { clientId: 'app', issuer: 'https://github.com/login/oauth', accessTokenUrl: 'https://github.com/token' }

let provider: StubProvider

beforeEach(async () => {
  provider = await StubProvider.create()
})

const stub = () => ({ clientId: 'app', issuer: provider.issuer, transport: provider.transport })

describe('the registry of providers', () => {
  it('has them under their names, however they were registered', () => {
    const oauth = new OAuth({ secret, clients: { github } }).register('other', { ...github, clientId: 'other' })
    expect(oauth.github).toBeInstanceOf(PlainClient)
    expect(oauth.github.name).toBe('github')
    expect(oauth.other.clientId).toBe('other')
    expect(oauth.createClient('github')).toBe(oauth.github)
    expect(Object.keys(oauth)).toEqual(['github', 'other'])
  })

  it.each([
    ['github', '"github" is already registered'],
    ['register', '"register" cannot be the name of a client: it has a meaning of its own'],
    ['createClient', '"createClient" cannot be the name of a client: it has a meaning of its own'],
    ['on', '"on" cannot be the name of a client: it has a meaning of its own'],
    ['constructor', '"constructor" cannot be the name of a client: it has a meaning of its own'],
    ['toString', '"toString" cannot be the name of a client: it has a meaning of its own'],
    ['then', '"then" cannot be the name of a client: it has a meaning of its own'],
    ['__proto__', 'name of a client must start with a letter and hold letters, digits, "_" and "-"'],
    ['', 'name of a client must start with a letter and hold letters, digits, "_" and "-"'],
    ['a b', 'name of a client must start with a letter and hold letters, digits, "_" and "-"'],
  ])('refuses the name %j', (name, message) => {
    const oauth = new OAuth({ secret, clients: { github } })
    expect(() => oauth.register(name, github)).toThrow(`OAuth: ${message}`)
  })

  it('has no client under another name', () => {
    expect(() => new OAuth({ secret }).createClient('gitlab')).toThrow('OAuth: no client is registered under this name')
  })

  it('leaves no trace of a registration that failed', () => {
    const oauth = new OAuth({ secret })
    expect(() => oauth.register('github', { ...github, clientId: '' })).toThrow('"clientId" is missing')
    expect(oauth.register('github', github).github.clientId).toBe('app')
  })

  it('wants a secret', () => {
    expect(() => new OAuth({ secret: 'short' })).toThrow('must be at least 32 bytes long')
  })

  it('hands its transport and clock to clients that have none', async () => {
    const { transport, issuer } = provider
    const oauth = new OAuth({ secret, transport }).register('op', { clientId: 'app', issuer })
    expect(await oauth.op.metadata()).toMatchObject({ issuer })
  })

  it('does not call anybody before it is used', () => {
    new OAuth({ secret, clients: { op: stub() } })
    expect(provider.requests).toEqual([])
  })
})

describe('authlib#673: one client object for each provider', () => {
  it('refreshes once for all who come by the registry', async () => {
    const oauth = new OAuth({ secret, clients: { op: stub() } })
    const expired = { access_token: 'a', token_type: 'Bearer', refresh_token: 'r', expires_at: 1 }
    const calls = Array.from({ length: 20 }, () => oauth.createClient('op').ensureActiveToken(expired))
    const tokens = await Promise.all(calls)
    expect(provider.count('/token')).toBe(1)
    expect(new Set(tokens.map(({ access_token }) => access_token)).size).toBe(1)
  })
})

describe('token.updated', () => {
  it('tells of a renewed token after it was stored', async () => {
    const order: string[] = []
    const events: OAuthEvents['token.updated'][] = []
    const updateToken = async (): Promise<void> => {
      await Promise.resolve()
      order.push('stored')
    }
    const oauth = new OAuth({ secret }).register('op', { ...stub(), updateToken })
    const stop = oauth.on('token.updated', (event) => {
      order.push('told')
      events.push(event)
    })
    const old = { access_token: 'a', token_type: 'Bearer', refresh_token: 'r' }
    const token = await oauth.op.refreshToken(old)
    expect(order).toEqual(['stored', 'told'])
    expect(events).toEqual([{ provider: 'op', token, previous: old }])
    stop()
    await oauth.op.refreshToken(token)
    expect(events).toHaveLength(1)
  })

  it('cannot be spoiled by a listener', async () => {
    const oauth = new OAuth({ secret, clients: { op: stub() } })
    oauth.on('token.updated', () => {
      throw new Error('no')
    })
    expect(await oauth.op.refreshToken({ access_token: 'a', token_type: 'Bearer', refresh_token: 'r' })).toHaveProperty(
      'access_token',
    )
  })
})

describe('a registry of an adapter', () => {
  it('has clients of its own kind', async () => {
    class AdapterClient extends RegisteredClient {
      readonly kind = 'adapter'
      constructor(registration: Registration) {
        super(registration)
      }
      async whereTo(path: string): Promise<string | undefined> {
        const unread = (): never => {
          throw new Error('not read')
        }
        const request = { method: 'GET', url: path, header: () => undefined, form: unread, json: unread }
        const { response } = await this.startLogin(request, 'https://app.example/cb', {})
        return response.headers.find(([name]) => name === 'location')?.[1]
      }
    }
    const oauth = new (defineOAuth(AdapterClient, (request: HttpRequest) => request))({
      secret,
      clients: { op: stub() },
    })
    expect(oauth.op.kind).toBe('adapter')
    expect(await oauth.op.whereTo('/login')).toMatch(/^https:\/\/op\.example\/authorize\?/)
  })
})
