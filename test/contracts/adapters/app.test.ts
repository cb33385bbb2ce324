import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bodyReaders, type HttpRequest, type Transport } from '../../../src/http/index.ts'
import { KeySet } from '../../../src/jose/jwks/index.ts'
import {
  AuthorizationCodeGrant,
  AuthorizationEndpoint,
  AuthorizationServer,
  defineClient,
} from '../../../src/oauth2/server/index.ts'
import { OpenIDConnect } from '../../../src/oidc/server/index.ts'
import { MemoryStore } from '../../../src/stores/memory.ts'
import { readForm } from '../../support/browser.ts'
import { listen, type Running } from '../../support/listen.ts'
import { appHosts } from './app-hosts.ts'

const issuer = 'https://op.example'
const client = await defineClient({
  client_id: 'app',
  client_secret: 'a-secret-of-some-length-1234567890',
  redirect_uris: ['http://127.0.0.1/callback', 'http://127.0.0.1/app/callback', 'https://app.example/callback'],
})

/** A provider that knows who it is without asking. */
const provider = new AuthorizationServer({
  issuer,
  store: new MemoryStore({ clients: [client] }),
  keys: await KeySet.generate(['ES256']),
})
  .registerGrant(AuthorizationCodeGrant)
  .registerEndpoint(
    new AuthorizationEndpoint<MemoryStore>({
      interact: (_context, { params }) =>
        params.get('login_hint') === 'nobody' ? { denied: true } : { subject: 'u1', authTime: 1_700_000_000 },
    }),
  )
  .registerExtension(OpenIDConnect, { claims: () => ({ name: 'Ada' }) })

/** The app asks the provider without a network between them. */
const transport: Transport = async ({ method = 'GET', url, headers = [], body = '' }) => {
  const header = (name: string): string | undefined => headers.find(([other]) => other === name)?.[1]
  const request: HttpRequest = {
    method,
    url,
    header,
    ...bodyReaders(header('content-type'), () => Buffer.from(body)),
  }
  const response = await provider.handle(request)
  return { ...response, body: Buffer.from(response.body ?? '') }
}

describe.each(appHosts)('adapter contract, client: $name', ({ listener, mountedAt }) => {
  let running: Running
  let base = ''
  beforeAll(async () => {
    running = await listen((origin) =>
      listener({
        provider: {
          issuer,
          clientId: 'app',
          clientSecret: 'a-secret-of-some-length-1234567890',
          scope: 'openid',
          transport,
          serverMetadata: { end_session_endpoint: `${issuer}/logout` } as object,
        },
        redirectUris: { query: `${origin}${mountedAt}/callback`, form_post: 'https://app.example/callback' },
        signedOutUri: `${origin}${mountedAt}/signed-out`,
      }),
    )
    base = `${running.origin}${mountedAt}`
  })
  afterAll(() => running.close())

  /** Starts a login: the address at the provider, and the cookies that the browser got. */
  async function begin(path: string): Promise<{ location: string; cookie: string }> {
    const response = await fetch(base + path, { redirect: 'manual' })
    expect(response.status).toBe(303)
    const cookies = response.headers.getSetCookie()
    expect(cookies[0]).toBe('app=kept; Path=/')
    expect(cookies).toHaveLength(2)
    return {
      location: response.headers.get('location') ?? '',
      cookie: cookies.map((line) => line.split(';')[0]).join('; '),
    }
  }

  it('OIDC Core §3.1.2.5: logs in by a redirect', async () => {
    const { location, cookie } = await begin('/login')
    const back = await provider.fetch(new Request(location))
    const response = await fetch(back.headers.get('location') ?? '', { headers: { cookie } })
    expect(await response.json()).toEqual({ sub: 'u1', data: { next: '/inbox' } })
    const [kept, expired] = response.headers.getSetCookie()
    expect(kept).toBe('app=kept; Path=/')
    expect(expired).toMatch(/^authwright\.login\.[\w-]{16}=; Path=\/; HttpOnly; SameSite=Lax; Max-Age=0$/)
  })

  it('logs in by a form that the provider posts', async () => {
    const { location, cookie } = await begin('/login?form_post')
    const page = await provider.fetch(new Request(location))
    const form = readForm(await page.text())
    expect(form?.action).toBe('https://app.example/callback')
    const body = new URLSearchParams(form?.fields)
    const response = await fetch(`${base}/callback`, { method: 'POST', body, headers: { cookie } })
    expect(await response.json()).toEqual({ sub: 'u1', data: { next: '/inbox' } })
  })

  it('hands over why a login came to nothing, and ends it', async () => {
    const { location, cookie } = await begin('/login')
    const back = await provider.fetch(new Request(`${location}&login_hint=nobody`))
    const response = await fetch(back.headers.get('location') ?? '', { headers: { cookie } })
    expect(response.status).toBe(400)
    expect(await response.json()).toEqual({ code: 'authorization_refused' })
    expect(response.headers.getSetCookie()[1]).toMatch(/Max-Age=0$/)
  })

  it('refuses the callback in a browser that did not start the login', async () => {
    const { location } = await begin('/login')
    const back = await provider.fetch(new Request(location))
    const response = await fetch(back.headers.get('location') ?? '')
    expect(await response.json()).toEqual({ code: 'transaction_missing' })
  })

  it('refuses a callback with too large a body', async () => {
    const body = new URLSearchParams({ state: 'x'.repeat(65_536) })
    const response = await fetch(`${base}/callback`, { method: 'POST', body })
    expect(await response.json()).toEqual({ code: 'callback_invalid' })
  })

  it('logs out at the provider and comes back', async () => {
    const { location, cookie } = await begin('/logout')
    const url = new URL(location)
    expect(url.origin + url.pathname).toBe(`${issuer}/logout`)
    const back = `${url.searchParams.get('post_logout_redirect_uri')}?state=${url.searchParams.get('state')}`
    expect((await fetch(back, { headers: { cookie } })).status).toBe(200)
    expect((await fetch(back)).status).toBe(400)
  })
})
