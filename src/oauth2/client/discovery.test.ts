import { describe, expect, it } from 'vitest'
import { answer, NOW, TestClock } from '../../../test/support/stub-provider.ts'
import type { OutgoingResponse } from '../../http/fetch.ts'
import { FetchError } from '../../http/fetch-error.ts'
import { MemoryKeyValueStore } from '../../stores/memory.ts'
import { OAuth2Client } from './client.ts'
import type { OAuth2ClientOptions } from './options.ts'
import { storedMetadata } from './stored-metadata.ts'

const document = { issuer: 'https://op.example', token_endpoint: 'https://op.example/token' }

/** A server that answers by what the test puts in `respond`. */
function setUp(options: Partial<OAuth2ClientOptions> = { issuer: 'https://op.example' }) {
  const clock = new TestClock()
  const urls: string[] = []
  const server = {
    urls,
    clock,
    respond: (_url: string): OutgoingResponse | Promise<OutgoingResponse> => answer(200, document),
  }
  const client = new OAuth2Client({
    clientId: 'app',
    clock: clock.read,
    transport: async ({ url }) => {
      urls.push(url)
      return server.respond(url)
    },
    ...options,
  })
  return { server, client, clock }
}

const down = (url: string): never => {
  throw new FetchError('network', { url })
}

describe('RFC 8414 §3 discovery', () => {
  it('fetches nothing before it is needed', () => {
    expect(setUp().server.urls).toEqual([])
  })

  it.each<[Partial<OAuth2ClientOptions>, string[]]>([
    [
      { issuer: 'https://op.example/tenant' },
      [
        'https://op.example/.well-known/oauth-authorization-server/tenant',
        'https://op.example/tenant/.well-known/openid-configuration',
      ],
    ],
    [
      { serverMetadataUrl: 'https://op.example/.well-known/openid-configuration' },
      ['https://op.example/.well-known/openid-configuration'],
    ],
  ])('for %j asks at %j', async (options, urls) => {
    const { server, client } = setUp(options)
    server.respond = () => answer(404, 'not here', 'text/html')
    await expect(client.metadata()).rejects.toMatchObject({
      code: 'discovery_failed',
      stage: 'discovery',
      message: 'authorization server has no metadata at its well-known address',
    })
    expect(server.urls).toEqual(urls)
  })

  it('goes on to the second address only where the first has no such document', async () => {
    const { server, client } = setUp()
    server.respond = (url) => (url.includes('openid') ? answer(200, document) : answer(404, {}))
    expect(await client.metadata()).toMatchObject(document)
    const other = setUp()
    other.server.respond = () => answer(200, { issuer: 'https://evil.example' })
    await expect(other.client.metadata()).rejects.toMatchObject({ code: 'issuer_mismatch' })
    expect(other.server.urls).toHaveLength(1)
  })

  it.each([
    ['a page', answer(200, '<!doctype html>', 'text/html'), 'metadata_invalid'],
    ['what claims to be JSON', answer(200, '<!doctype html>'), 'metadata_invalid'],
    ['a refusal', answer(403, { message: 'Missing Authentication Token' }), 'discovery_failed'],
    ['a redirect to a login page', new FetchError('redirect', { url: '' }, { status: 302 }), 'redirect_refused'],
  ])('takes %s at the first address for no document', async (_, first, code) => {
    const { server, client } = setUp()
    const respond = () => {
      if (first instanceof FetchError) throw first
      return first
    }
    server.respond = (url) => (url.includes('openid') ? answer(200, document) : respond())
    expect(await client.metadata()).toMatchObject(document)
    const other = setUp()
    other.server.respond = respond
    await expect(other.client.metadata()).rejects.toMatchObject({ code, stage: 'discovery' })
    expect(other.server.urls).toHaveLength(2)
  })

  it('does not take a server that is out of order for one that has no document', async () => {
    for (const first of [answer(503, 'later', 'text/html'), answer(500, {})]) {
      const { server, client } = setUp()
      server.respond = (url) => (url.includes('openid') ? answer(200, document) : first)
      await expect(client.metadata()).rejects.toMatchObject({ name: 'ClientError', stage: 'discovery' })
      expect(server.urls).toHaveLength(1)
    }
  })

  it('asks nobody where the endpoints are given', async () => {
    const { server, client } = setUp({ issuer: 'https://op.example', accessTokenUrl: 'https://op.example/t' })
    expect(await client.metadata()).toEqual({ issuer: 'https://op.example', token_endpoint: 'https://op.example/t' })
    expect(server.urls).toEqual([])
  })

  it('lets what is given stand above what is discovered', async () => {
    const { client } = setUp({
      serverMetadataUrl: 'https://op.example/.well-known/oauth-authorization-server',
      accessTokenUrl: 'https://op.example/mine',
    })
    expect(await client.metadata()).toMatchObject({
      issuer: 'https://op.example',
      token_endpoint: 'https://op.example/mine',
    })
  })
})

describe('RFC 8414 §3.3, OIDC Discovery §4.3 whose metadata it is', () => {
  it.each([
    [
      'https://evil.example',
      'issuer_mismatch',
      '"issuer" in the server metadata mismatch: expected "https://op.example"',
    ],
    [
      'https://op.example/',
      'issuer_mismatch',
      '"issuer" in the server metadata mismatch: expected "https://op.example"',
    ],
    [
      'HTTPS://op.example',
      'issuer_mismatch',
      '"issuer" in the server metadata mismatch: expected "https://op.example"',
    ],
    [undefined, 'metadata_invalid', '"issuer" in the server metadata is missing or invalid: expected a URL'],
    [null, 'metadata_invalid', '"issuer" in the server metadata is missing or invalid: expected a URL'],
    [7, 'metadata_invalid', '"issuer" in the server metadata is missing or invalid: expected a URL'],
  ])('%j is refused', async (issuer, code, message) => {
    const { server, client } = setUp()
    server.respond = () => answer(200, { ...document, issuer })
    await expect(client.metadata()).rejects.toMatchObject({ code, message, stage: 'discovery' })
  })

  it.each(['https://op.example', 'https://op.example/'])(
    'the address alone says no more than that it is %s',
    async (issuer) => {
      const { server, client } = setUp({ serverMetadataUrl: 'https://op.example/.well-known/openid-configuration' })
      server.respond = () => answer(200, { ...document, issuer })
      expect(await client.metadata()).toMatchObject({ issuer })
      const other = setUp({ serverMetadataUrl: 'https://op.example/.well-known/openid-configuration' })
      other.server.respond = () => answer(200, { ...document, issuer: 'https://op.example/tenant' })
      await expect(other.client.metadata()).rejects.toMatchObject({ code: 'issuer_mismatch' })
    },
  )
})

describe('RFC 8414 §3.2 an answer that is no metadata', () => {
  it('takes a member without a value for one that is not there', async () => {
    const { server, client } = setUp()
    server.respond = () => answer(200, { ...document, revocation_endpoint: null, jwks_uri: '', scopes_supported: [] })
    expect(await client.metadata()).toEqual({ ...document, scopes_supported: [] })
  })

  it.each([
    [answer(200, 'hello', 'text/html'), 'metadata_invalid'],
    [answer(200, '[]'), 'metadata_invalid'],
    [answer(200, '{"issuer":"https://op.example","__proto__":{}}'), 'metadata_invalid'],
    [answer(200, { ...document, token_endpoint: 'http://op.example/token' }), 'metadata_invalid'],
    [answer(200, { ...document, token_endpoint: ['https://op.example'] }), 'metadata_invalid'],
    [answer(200, { ...document, id_token_signing_alg_values_supported: 'none' }), 'metadata_invalid'],
    [answer(200, { ...document, authorization_response_iss_parameter_supported: 'true' }), 'metadata_invalid'],
    [answer(502, 'bad gateway', 'text/html'), 'request_failed'],
    [answer(500, {}), 'discovery_failed'],
    [answer(401, {}), 'discovery_failed'],
  ])('case %#: %s', async (response, code) => {
    const { server, client } = setUp()
    server.respond = () => response
    await expect(client.metadata()).rejects.toMatchObject({ name: 'ClientError', stage: 'discovery', code })
  })

  it.each([
    ['timeout', 'request_failed'],
    ['network', 'request_failed'],
    ['too_large', 'response_too_large'],
    ['redirect', 'redirect_refused'],
    ['insecure', 'insecure_endpoint'],
  ] as const)('a call that fails by %s', async (fault, code) => {
    const { server, client } = setUp()
    server.respond = (url) => {
      throw new FetchError(fault, { url })
    }
    await expect(client.metadata()).rejects.toMatchObject({ code, stage: 'discovery' })
  })
})

describe('RFC 8414 §3 metadata as a managed resource', () => {
  it('is fetched once by however many ask, and kept for ten minutes', async () => {
    const { server, client, clock } = setUp()
    await Promise.all(Array.from({ length: 20 }, () => client.metadata()))
    clock.advance(599)
    await client.metadata()
    expect(server.urls).toHaveLength(1)
    clock.advance(1)
    await client.metadata()
    expect(server.urls).toHaveLength(2)
  })

  it('serves the last good document for a day while the server is down', async () => {
    const { server, client, clock } = setUp()
    await client.metadata()
    server.respond = down
    clock.advance(600)
    expect(await client.metadata()).toMatchObject(document)
    clock.advance(86_400)
    expect(await client.metadata()).toMatchObject(document)
    clock.advance(1)
    await expect(client.metadata()).rejects.toMatchObject({ code: 'request_failed' })
  })

  it('logs each attempt that failed, not each call that was served by the last good document', async () => {
    const lines: string[] = []
    const write = (line: string): void => void lines.push(line)
    const { server, client, clock } = setUp({
      issuer: 'https://op.example',
      logger: { debug: write, info: write, warn: write, error: write },
    })
    await client.metadata()
    server.respond = down
    clock.advance(600)
    for (let call = 1; call <= 5; call += 1) await client.metadata()
    expect(lines).toEqual([expect.stringMatching(/^discovery failed, the last good document goes on serving /)])
  })

  it('does not let a document that turned bad replace a good one', async () => {
    const { server, client, clock } = setUp()
    await client.metadata()
    server.respond = () =>
      answer(200, { ...document, issuer: 'https://evil.example', token_endpoint: 'https://evil.example' })
    clock.advance(600)
    expect(await client.metadata()).toMatchObject(document)
  })

  it('asks a server that is down after 1, 2, 4 … seconds, and forgets that when it is back', async () => {
    const { server, client, clock } = setUp()
    server.respond = down
    const ask = () =>
      client.metadata().then(
        () => 'ok',
        () => server.urls.length,
      )
    expect([await ask(), await ask()]).toEqual([1, 1])
    clock.advance(1)
    expect([await ask(), await ask()]).toEqual([2, 2])
    clock.advance(1)
    expect(await ask()).toBe(2)
    clock.advance(1)
    expect(await ask()).toBe(3)
    clock.advance(4)
    server.respond = () => answer(200, document)
    expect(await ask()).toBe('ok')
    clock.advance(1200)
    server.respond = down
    await ask()
    clock.advance(1)
    await ask()
    expect(server.urls).toHaveLength(6)
  })

  it('waits a minute at most', async () => {
    const { server, client, clock } = setUp()
    server.respond = down
    for (let attempt = 1; attempt <= 10; attempt += 1) {
      await client.metadata().catch(() => undefined)
      clock.advance(60)
    }
    expect(server.urls).toHaveLength(10)
  })
})

/** The answer with what the server says about keeping it. */
function answerFor(cacheControl: string): OutgoingResponse {
  const { headers, ...response } = answer(200, document)
  return { ...response, headers: [...headers, ['cache-control', cacheControl]] }
}

/** Lets what goes on behind come to its end. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('RFC 9111 §5.2.2.1 how long metadata are kept', () => {
  it.each([
    ['max-age=3600', 3600],
    ['public, max-age=120, must-revalidate', 120],
    ['max-age=1', 60],
    ['no-store', 60],
    ['no-cache', 60],
    ['max-age=9999999', 86_400],
    ['private', 600],
  ])('%s: %i seconds', async (cacheControl, seconds) => {
    const { server, client, clock } = setUp()
    server.respond = () => answerFor(cacheControl)
    await client.metadata()
    clock.advance(seconds - 1)
    await client.metadata()
    expect(server.urls).toHaveLength(1)
    clock.advance(1)
    await client.metadata()
    expect(server.urls).toHaveLength(2)
  })
})

describe('RFC 5861 §3 metadata just past their time', () => {
  it('are handed out at once, while one fetch goes on behind', async () => {
    const { server, client, clock } = setUp()
    await client.metadata()
    clock.advance(600)
    let arrive = (_: OutgoingResponse): void => undefined
    server.respond = () =>
      new Promise((resolve) => {
        arrive = resolve
      })
    for (let call = 1; call <= 5; call += 1) expect(await client.metadata()).toMatchObject(document)
    expect(server.urls).toHaveLength(2)
    arrive(answer(200, { ...document, token_endpoint: 'https://op.example/moved' }))
    await settle()
    expect(await client.metadata()).toMatchObject({ token_endpoint: 'https://op.example/moved' })
    expect(server.urls).toHaveLength(2)
  })

  it('are waited for anew when nobody asked for long', async () => {
    const { server, client, clock } = setUp()
    await client.metadata()
    clock.advance(1200)
    server.respond = () => answer(200, { ...document, token_endpoint: 'https://op.example/moved' })
    expect(await client.metadata()).toMatchObject({ token_endpoint: 'https://op.example/moved' })
  })

  it('do not wait for ever for a fetch that was abandoned', async () => {
    const { server, client, clock } = setUp()
    server.respond = () => new Promise(() => undefined)
    client.metadata().catch(() => undefined)
    await settle()
    clock.advance(60)
    server.respond = () => answer(200, document)
    expect(await client.metadata()).toMatchObject(document)
    expect(server.urls).toHaveLength(2)
  })
})

describe('authlib compliance hooks: the moment "discovery"', () => {
  it('repairs what the server says', async () => {
    const { server, client } = setUp({
      issuer: 'https://op.example',
      compliance: {
        discoveryRequest: (request) => new Request(`${request.url}?tenant=1`),
        discoveryResponse: async (response) => Response.json({ ...(await response.json()), jwks_uri: undefined }),
      },
    })
    server.respond = () => answer(200, { ...document, jwks_uri: 'http://op.example/jwks' })
    expect(await client.metadata()).toEqual(document)
    expect(server.urls).toEqual(['https://op.example/.well-known/oauth-authorization-server?tenant=1'])
  })
})

describe('better-auth#10961 metadata that outlive the process', () => {
  const secret = 'a secret that is long enough: 0123456789'

  function setUpStored(options: Partial<OAuth2ClientOptions> = {}, store = new MemoryKeyValueStore()) {
    const lines: string[] = []
    const write = (line: string): void => void lines.push(line)
    const metadataStore = storedMetadata(store, { secret })
    const logger = { debug: write, info: write, warn: write, error: write }
    return { ...setUp({ issuer: 'https://op.example', metadataStore, logger, ...options }), store, lines }
  }

  it('let an application start while the server is down', async () => {
    const { store } = await started()
    const next = setUpStored({}, store)
    next.server.respond = down
    next.clock.advance(3600)
    expect(await next.client.metadata()).toMatchObject(document)
    next.clock.advance(86_400)
    await expect(next.client.metadata()).rejects.toMatchObject({ code: 'request_failed' })
  })

  it('spare the next process the first fetch', async () => {
    const { store } = await started()
    const next = setUpStored({}, store)
    await Promise.all([next.client.metadata(), next.client.metadata()])
    expect(next.server.urls).toEqual([])
    next.clock.advance(600)
    await next.client.metadata()
    expect(next.server.urls).toHaveLength(1)
  })

  it('are checked again when they are loaded', async () => {
    const { store } = await started()
    const url = 'https://op.example/.well-known/oauth-authorization-server'
    const moved = setUpStored({ issuer: 'https://op.example/', serverMetadataUrl: url }, store)
    moved.server.respond = down
    await expect(moved.client.metadata()).rejects.toMatchObject({ code: 'request_failed' })
  })

  it('cannot be forged by whoever writes to the store', async () => {
    const { store } = await started()
    const forger = storedMetadata(store, { secret: 'another secret that is long enough: 01' })
    const forged = { ...document, token_endpoint: 'https://evil.example/token' }
    const urls = [
      'https://op.example/.well-known/oauth-authorization-server',
      'https://op.example/.well-known/openid-configuration',
    ]
    await forger.save(urls.join(' '), { document: forged, fetchedAt: NOW * 1000 })
    const next = setUpStored({}, store)
    expect(await next.client.metadata()).toMatchObject(document)
    expect(next.server.urls).toHaveLength(1)
  })

  it('from the future, or of another form, are not believed', async () => {
    for (const kept of [
      { document, fetchedAt: (NOW + 1) * 1000 },
      { document: 'x', fetchedAt: NOW } as never,
      { document, fetchedAt: Number.NaN },
      { document: { ...document, token_endpoint: 'http://op.example' }, fetchedAt: NOW * 1000 },
    ]) {
      const metadataStore = { load: () => kept, save: () => undefined }
      const { server, client } = setUp({ issuer: 'https://op.example', metadataStore })
      expect(await client.metadata()).toMatchObject(document)
      expect(server.urls).toHaveLength(1)
    }
  })

  it('are not needed: a store that fails is only logged', async () => {
    const fail = () => Promise.reject(new Error('store is away'))
    const { client, lines } = setUpStored({ metadataStore: { load: fail, save: fail } })
    expect(await client.metadata()).toMatchObject(document)
    expect(lines).toEqual([
      expect.stringMatching(/^kept server metadata cannot be used /),
      expect.stringMatching(/^server metadata could not be kept /),
    ])
  })

  /** A process that has fetched the document. */
  async function started() {
    const first = setUpStored()
    await first.client.metadata()
    return first
  }
})
