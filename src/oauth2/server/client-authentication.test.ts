import { describe, expect, it, vi } from 'vitest'
import { basic, body, CLIENTS, problem, SECRET, TestServer } from '../../../test/support/authorization-server.ts'
import { hashGeneratedSecret, hashSecret } from '../../crypto/password.ts'
import { headerOf } from '../../http/response.ts'
import { SecretVerifier } from './auth/secret-verifier.ts'

const GRANT = { grant_type: 'client_credentials', scope: 'read' }
const CHALLENGE = 'Basic realm="oauth", charset="UTF-8"'
const FAILED = 'client authentication failed'

/** For refusals that cost the slow hash: what it is compared with is hashed once. */
const shared = new TestServer()

function header(credentials: string): Record<string, string> {
  return { authorization: `Basic ${btoa(credentials)}` }
}

describe('RFC 6749 §2.3.1 client_secret_basic', () => {
  it('proves the client', async () => {
    expect((await new TestServer().token(GRANT, basic())).status).toBe(200)
  })

  it('form-decodes both parts, as openid-client encodes even "-_.!~*\'()"', async () => {
    const client_id = "web-app_1.0 (test)!~*':&é"
    const secret = 'p+a%s:s w/ö'
    const client = { ...CLIENTS.web, client_id, client_secrets: [{ hash: await hashGeneratedSecret(secret) }] }
    const encode = (text: string): string =>
      encodeURIComponent(text)
        .replace(/[-_.!~*'()]/g, (c) => `%${c.charCodeAt(0).toString(16)}`)
        .replaceAll('%20', '+')
    const test = new TestServer({ clients: [client] })
    expect((await test.token(GRANT, header(`${encode(client_id)}:${encode(secret)}`))).status).toBe(200)
  })

  it('tells the secrets of requests apart that come at once', async () => {
    const all = [basic(), basic('web', 'wrong'), basic(), basic('web', 'wrong')]
    const responses = await Promise.all(all.map((headers) => shared.token(GRANT, headers)))
    expect(responses.map(({ status }) => status)).toEqual([200, 401, 200, 401])
  })

  it('may be accompanied by the same client_id', async () => {
    expect((await new TestServer().token({ ...GRANT, client_id: 'web' }, basic())).status).toBe(200)
  })

  it.each([
    ['a wrong secret', basic('web', 'wrong')],
    ['no secret', header('web:')],
    ['an unknown client', basic('nobody')],
    ['a client of another method', basic('service')],
    ['a public client', header('spa:')],
    ['credentials without a colon', header('web')],
    ['base64 that is none', { authorization: 'Basic %%%' }],
    ['no credentials', { authorization: 'Basic' }],
    ['broken percent-encoding', header('web:%zz')],
  ])('refuses %s with 401 and the challenge', async (_, headers) => {
    const response = await shared.token(GRANT, headers)
    expect(problem(response).slice(0, 2)).toEqual([401, 'invalid_client'])
    expect(headerOf(response, 'www-authenticate')).toBe(CHALLENGE)
    expect(headerOf(response, 'cache-control')).toBe('no-store')
  })

  it('says the same for a wrong secret, an unknown client and a client of another method', async () => {
    const before = shared.events.length
    for (const headers of [basic('web', 'wrong'), basic('nobody'), basic('service')]) {
      expect(problem(await shared.token(GRANT, headers))).toEqual([401, 'invalid_client', FAILED])
    }
    expect(shared.events.slice(before).map(({ reason }) => reason)).toEqual([
      'client_credentials_wrong',
      'client_unknown',
      'client_auth_method_mismatch',
    ])
  })
})

describe('Authlib 4.7: Basic credentials that are not UTF-8 are no server error', () => {
  it('but a failed authentication', async () => {
    const response = await new TestServer().token(GRANT, { authorization: `Basic ${btoa('web:\xff\xfe')}` })
    expect(problem(response)).toEqual([
      401,
      'invalid_client',
      'Authorization header does not hold Basic credentials in UTF-8',
    ])
  })
})

describe('RFC 6749 §2.3.1 client_secret_post', () => {
  const service = { client_id: 'service', client_secret: SECRET }

  it('proves the client', async () => {
    expect((await new TestServer().token({ ...GRANT, ...service })).status).toBe(200)
  })

  it.each([
    ['a wrong secret', { ...service, client_secret: 'wrong' }],
    ['a secret without client_id', { client_secret: SECRET }],
    ['an unknown client', { ...service, client_id: 'nobody' }],
    ['a client that is registered for client_secret_basic', { ...service, client_id: 'web' }],
  ])('refuses %s with 400: there is no challenge to give', async (_, credentials) => {
    const response = await shared.token({ ...GRANT, ...credentials })
    expect(problem(response)).toEqual([400, 'invalid_client', FAILED])
    expect(headerOf(response, 'www-authenticate')).toBeUndefined()
  })

  it('does not read the secret from the query', async () => {
    const { server } = new TestServer()
    const url = `https://op.example/token?client_id=service&client_secret=${SECRET}`
    const response = await server.fetch(new Request(url, { method: 'POST', body: new URLSearchParams(GRANT) }))
    expect(await response.json()).toMatchObject({ error: 'invalid_client' })
  })
})

describe('RFC 6749 §2.3 exactly one method', () => {
  it.each([
    ['basic and post', { client_id: 'web', client_secret: SECRET }],
    ['basic and post without client_id', { client_secret: SECRET }],
  ])('refuses %s', async (_, credentials) => {
    expect(problem(await new TestServer().token({ ...GRANT, ...credentials }, basic()))).toEqual([
      400,
      'invalid_request',
      'request must use one client authentication method, not several',
    ])
  })

  it('refuses a client_id that is not the one of the credentials', async () => {
    expect(problem(await new TestServer().token({ ...GRANT, client_id: 'spa' }, basic()))).toEqual([
      400,
      'invalid_request',
      'client_id must be the client that the credentials belong to',
    ])
  })

  it('refuses a request without any', async () => {
    expect(problem(await new TestServer().token(GRANT))).toEqual([400, 'invalid_client', FAILED])
  })

  it('answers an unknown scheme by the rules of the header', async () => {
    const response = await new TestServer().token({ ...GRANT, client_id: 'spa' }, { authorization: 'Bearer abc' })
    expect(problem(response)).toEqual([401, 'invalid_client', FAILED])
    expect(headerOf(response, 'www-authenticate')).toBe(CHALLENGE)
  })

  it('RFC 6749 §3.2.1: does not let a confidential client pass as a public one', async () => {
    const test = new TestServer()
    expect(problem(await test.token({ ...GRANT, client_id: 'web' }))).toEqual([400, 'invalid_client', FAILED])
    expect(test.events).toEqual([expect.objectContaining({ reason: 'client_auth_method_mismatch' })])
  })

  it('takes a method of your own', async () => {
    const test = new TestServer({ clients: [{ ...CLIENTS.web, token_endpoint_auth_method: 'api_key' }] })
    test.server.registerClientAuthMethod({
      name: 'api_key',
      identify: ({ request }) => (request.header('x-api-key') === undefined ? undefined : 'web'),
      verify: (_, { request }) => request.header('x-api-key') === 'k1',
    })
    expect((await test.token({ ...GRANT, client_id: 'web' }, { 'x-api-key': 'k1' })).status).toBe(200)
    expect(problem(await test.token(GRANT, { 'x-api-key': 'k2' }))).toEqual([400, 'invalid_client', FAILED])
    expect(test.server.metadata().token_endpoint_auth_methods_supported).toContain('api_key')
  })
})

describe('RFC 6749 §2.2 client identifiers', () => {
  it('are not looked for where they hold control characters, which a database may refuse', async () => {
    const test = new TestServer()
    Object.assign(test.store, {
      findClient: () => {
        throw new Error('invalid byte sequence: 0x00')
      },
    })
    expect(problem(await test.token({ ...GRANT, client_id: 'spa\0' }))).toEqual([400, 'invalid_client', FAILED])
  })

  it('are compared to the letter, however loosely the store does it', async () => {
    const test = new TestServer()
    Object.assign(test.store, { findClient: () => CLIENTS.web })
    expect(problem(await test.token(GRANT, basic('WEB')))).toEqual([401, 'invalid_client', FAILED])
  })
})

describe('SecretVerifier', () => {
  const now = 1000
  const at = (time: number): { now: number; beforeSlowWork: () => Promise<void> } => ({
    now: time,
    beforeSlowWork: async () => undefined,
  })
  const other = async (): Promise<string> => hashGeneratedSecret('other')

  it('takes either of two live secrets while one is rotated, and none that expired', async () => {
    const [hash, otherHash] = [await hashGeneratedSecret(SECRET), await other()]
    const client = {
      client_id: 'c',
      client_secrets: [
        { hash, expires_at: now },
        { hash: otherHash, expires_at: now + 1 },
      ],
    }
    const verifier = new SecretVerifier()
    expect(await verifier.verify(client, 'other', at(now))).toBe(true)
    expect(await verifier.verify(client, SECRET, at(now))).toBe(false)
    expect(await verifier.verify(client, SECRET, at(now - 1))).toBe(true)
    expect(await verifier.verify(client, SECRET, at(now))).toBe(false)
  })

  it('takes no secret whose end cannot be read', async () => {
    const client = {
      client_id: 'c',
      client_secrets: [{ hash: await hashGeneratedSecret(SECRET), expires_at: Number.NaN }],
    }
    expect(await new SecretVerifier().verify(client, SECRET, at(now))).toBe(false)
  })

  it('does not remember a secret across clients or hashes', async () => {
    const verifier = new SecretVerifier()
    const client_secrets = [{ hash: await hashGeneratedSecret(SECRET) }]
    expect(await verifier.verify({ client_id: 'a', client_secrets }, SECRET, at(now))).toBe(true)
    expect(await verifier.verify({ client_id: 'a', client_secrets: [{ hash: await other() }] }, SECRET, at(now))).toBe(
      false,
    )
    expect(await verifier.verify({ client_id: 'b' }, SECRET, at(now))).toBe(false)
  })

  it('computes the slow hash once for a right secret, each time for a wrong one and for nobody', async () => {
    const { getBackend } = await import('../../crypto/backend.ts')
    const scrypt = vi.spyOn(getBackend(), 'scrypt')
    const client = { client_id: 'c', client_secrets: [{ hash: await hashSecret(SECRET) }] }
    const verifier = new SecretVerifier()
    const calls = async (action: () => Promise<boolean>): Promise<[boolean, number]> => {
      const before = scrypt.mock.calls.length
      return [await action(), scrypt.mock.calls.length - before]
    }
    expect(await calls(() => verifier.verify(client, SECRET, at(now)))).toEqual([true, 1])
    expect(await calls(() => verifier.verify(client, SECRET, at(now)))).toEqual([true, 0])
    expect(await calls(() => verifier.verify(client, 'wrong', at(now)))).toEqual([false, 1])
    expect(await calls(() => verifier.verify(client, 'wrong', at(now)))).toEqual([false, 1])
    await verifier.verify({ client_id: '' }, SECRET, at(now))
    expect(await calls(() => verifier.verify({ client_id: '' }, SECRET, at(now)))).toEqual([false, 1])
    scrypt.mockRestore()
  })
})

it('tells who was authenticated', async () => {
  const test = new TestServer()
  const told: unknown[] = []
  test.server.on('client.authenticated', (event) => {
    told.push(event)
  })
  const response = await test.token(GRANT, basic())
  expect(body(response)['scope']).toBe('read')
  expect(told).toEqual([
    { clientId: 'web', endpoint: 'token', method: 'client_secret_basic', requestId: expect.any(String) },
  ])
})
