import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { guardedFetch } from '../../src/http/index.ts'
import { signJwt } from '../../src/jose/jwt/index.ts'
import { OAuth2Client } from '../../src/oauth2/client/index.ts'
import { OpenIdClient, type OpenIdClientOptions } from '../../src/oidc/client/index.ts'
import { listen, type Running } from '../support/listen.ts'
import { signingKey } from '../support/stub-provider.ts'

/** A server that answers by path, and remembers who asked for what. */
class Site {
  readonly seen: { readonly path: string; readonly authorization: string | undefined }[] = []
  readonly answers: Map<string, (request: IncomingMessage, response: ServerResponse) => unknown> = new Map()
  #running: Running | undefined

  static async start(): Promise<Site> {
    const site = new Site()
    site.#running = await listen(() => site.#answer)
    return site
  }

  get origin(): string {
    return this.#running?.origin ?? ''
  }

  close(): Promise<void> {
    return this.#running?.close() ?? Promise.resolve()
  }

  /** Answers with JSON. */
  serve(path: string, body: () => object | Promise<object>): void {
    this.answers.set(path, async (_, response) => {
      response.setHeader('content-type', 'application/json').end(JSON.stringify(await body()))
    })
  }

  readonly #answer: RequestListener = (request, response) => {
    const { pathname } = new URL(request.url ?? '', 'http://site')
    this.seen.push({ path: pathname, authorization: request.headers.authorization })
    const answer = this.answers.get(pathname)
    if (answer === undefined) response.writeHead(404).end()
    else answer(request, response)
  }
}

const key = await signingKey('k1')

let provider: Site
let mallory: Site
/** What the client sent as its nonce, for the ID token. */
let nonce: string | undefined

beforeEach(async () => {
  provider = await Site.start()
  mallory = await Site.start()
  provider.serve('/.well-known/openid-configuration', () => metadata())
  provider.serve('/jwks', () => ({ keys: [key.toPublicJwk()] }))
  provider.serve('/userinfo', () => ({ sub: 'alice' }))
  provider.serve('/token', tokens)
})
afterEach(() => Promise.all([provider.close(), mallory.close()]))

/** What the provider answers with a code: tokens of its own. */
async function tokens(): Promise<object> {
  const claims = { iss: provider.origin, sub: 'alice', aud: 'app', nonce }
  const id_token = await signJwt(claims, key, { alg: 'ES256', expiresIn: '5m' })
  return { access_token: 'T', token_type: 'Bearer', id_token }
}

function metadata(more: object = {}): object {
  const { origin } = provider
  return {
    issuer: origin,
    authorization_endpoint: `${origin}/authorize`,
    token_endpoint: `${origin}/token`,
    jwks_uri: `${origin}/jwks`,
    userinfo_endpoint: `${origin}/userinfo`,
    id_token_signing_alg_values_supported: ['ES256'],
    ...more,
  }
}

function createClient(options: Partial<OpenIdClientOptions> = {}): OpenIdClient {
  const shared = { clientId: 'app', clientSecret: 'hush-hush', redirectUri: 'https://app.example/cb', scope: 'openid' }
  return new OpenIdClient({ ...shared, issuer: provider.origin, ...options })
}

/** A whole login, userinfo included. */
async function logIn(client: OpenIdClient): Promise<unknown> {
  const { state, codeVerifier, nonce: sent } = await client.createAuthorizationUrl()
  nonce = sent
  const callback = await client.validateCallback(`https://app.example/cb?code=C&state=${state}`, { state })
  return client.userinfo(await client.fetchToken(callback, { codeVerifier, nonce: sent }))
}

/** Every address that a login calls, and the step at which it does. */
const CALLS = [
  ['/.well-known/openid-configuration', 'discovery'],
  ['/token', 'token'],
  ['/jwks', 'id_token'],
  ['/userinfo', 'userinfo'],
] as const

it('a login that nobody attacks succeeds', async () => {
  expect(await logIn(createClient())).toEqual({ sub: 'alice' })
  expect(provider.seen.map(({ path }) => path)).toEqual(CALLS.map(([path]) => path))
})

describe('GHSA redirects on protocol calls', () => {
  it.each(CALLS.flatMap(([path, stage]) => [302, 307].map((status) => [path, stage, status] as const)))(
    '%s (%s), status %i: what is secret does not follow to another host',
    async (path, stage, status) => {
      provider.answers.set(path, (_, response) => {
        response.writeHead(status, { location: `${mallory.origin}${path}` }).end()
      })
      const code = path === '/jwks' ? 'keys_unavailable' : 'redirect_refused'
      await expect(logIn(createClient())).rejects.toMatchObject({ name: 'ClientError', code, stage })
      expect(mallory.seen).toEqual([])
    },
  )
})

describe('answers without end', () => {
  it.each(CALLS)('%s (%s): are cut off, and are no answer', async (path, stage) => {
    let isCut = false
    provider.answers.set(path, (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.on('close', () => {
        isCut = true
      })
      const flood = (): void => {
        if (!isCut) response.write(' '.repeat(65_536), () => setImmediate(flood))
      }
      flood()
    })
    const code = path === '/jwks' ? 'keys_unavailable' : 'response_too_large'
    await expect(logIn(createClient())).rejects.toMatchObject({ name: 'ClientError', code, stage })
    await expect.poll(() => isCut).toBe(true)
  })
})

describe('multi-tenant discovery: an issuer that a customer types in', () => {
  const transport = guardedFetch({
    resolve: (_hostname, _options, found) => found(null, [{ address: '10.0.0.1', family: 4 }]),
  })

  it.each([
    'https://169.254.169.254',
    'https://[::1]',
    'https://localhost',
    'https://intranet.customer.example',
    'http://127.0.0.1',
  ])('%s: does not make the server ask its own network', async (issuer) => {
    const client = createClient({ issuer, transport })
    await expect(client.metadata()).rejects.toMatchObject({ code: 'insecure_endpoint', stage: 'discovery' })
  })

  it('nor do the addresses that the metadata of the customer name', async () => {
    const guarded = guardedFetch()
    const client = createClient({
      issuer: 'https://op.customer.example',
      transport: async (request) => {
        if (!request.url.includes('/.well-known/')) return guarded(request)
        const more = { issuer: 'https://op.customer.example', token_endpoint: 'https://169.254.169.254/latest' }
        const body = new TextEncoder().encode(JSON.stringify(metadata(more)))
        return { status: 200, headers: [['content-type', 'application/json']], body }
      },
    })
    await expect(logIn(client)).rejects.toMatchObject({ code: 'insecure_endpoint', stage: 'token' })
  })
})

describe('RFC 9700 §4.4 mix-up, where nobody announces "iss"', () => {
  it('metadata that name the token endpoint of somebody else cannot name their issuer too', async () => {
    mallory.serve('/.well-known/openid-configuration', () => metadata())
    await expect(createClient({ issuer: mallory.origin }).metadata()).rejects.toMatchObject({ code: 'issuer_mismatch' })
  })

  it('the ID token of one provider is none of another, even with the same client id and keys', async () => {
    const { origin } = mallory
    const endpoints = { authorization_endpoint: `${origin}/authorize`, token_endpoint: `${origin}/token` }
    mallory.serve('/.well-known/openid-configuration', () => metadata({ issuer: origin, ...endpoints }))
    mallory.serve('/token', tokens)
    await expect(logIn(createClient({ issuer: origin }))).rejects.toMatchObject({ code: 'id_token_issuer_mismatch' })
  })

  it('a callback that the client of one provider validated is not redeemed at another', async () => {
    mallory.serve('/.well-known/openid-configuration', () => metadata({ issuer: mallory.origin }))
    const callback = await createClient().validateCallback('/cb?code=C&state=S', { state: 'S' })
    const other = createClient({ issuer: mallory.origin })
    await expect(other.fetchToken(callback, { codeVerifier: 'V' })).rejects.toThrow(
      'the callback was validated by the client of another server',
    )
    expect(mallory.seen.map(({ path }) => path)).not.toContain('/token')
  })
})

describe('next-auth#13409, langfuse#13091: GitHub began to send "iss"', () => {
  const github = {
    clientId: 'app',
    clientSecret: 'hush-hush',
    authorizeUrl: 'https://github.com/login/oauth/authorize',
    accessTokenUrl: 'https://github.com/login/oauth/access_token',
    redirectUri: 'https://app.example/cb',
  }
  const back = (iss: string): string => `/cb?code=C&state=S&iss=${encodeURIComponent(iss)}`
  const GITHUB = 'https://github.com/login/oauth'

  it('a client that was not told the issuer goes on', async () => {
    const callback = await new OAuth2Client(github).validateCallback(back(GITHUB), { state: 'S' })
    expect(callback).toMatchObject({ code: 'C' })
    expect(callback.issuer).toBeUndefined()
  })

  it('one that was told compares, and needs no discovery for it', async () => {
    const told = new OAuth2Client({ ...github, issuer: GITHUB })
    expect(await told.validateCallback(back(GITHUB), { state: 'S' })).toMatchObject({ code: 'C', issuer: GITHUB })
    expect(await told.validateCallback('/cb?code=C&state=S', { state: 'S' })).toMatchObject({ code: 'C' })
    await expect(told.validateCallback(back('https://evil.example'), { state: 'S' })).rejects.toMatchObject({
      code: 'issuer_mismatch',
      message: '"iss" (Issuer) mismatch: expected "https://github.com/login/oauth"',
    })
  })
})
