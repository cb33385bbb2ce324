import { describe, expect, it, vi } from 'vitest'
import { basic, body, CALLBACK, CLIENTS, get, ISSUER, problem } from '../../../../test/support/authorization-server.ts'
import {
  APPLICATION,
  INITIAL_TOKEN,
  jsonRequest,
  RegistrationServer,
  read,
} from '../../../../test/support/client-registration.ts'
import { headerOf } from '../../../http/response.ts'
import { Key } from '../../../jose/jwk/index.ts'
import { KeySet } from '../../../jose/jwks/index.ts'
import { signJwt } from '../../../jose/jwt/index.ts'
import { encodeUtf8 } from '../../../util/bytes.ts'
import type { JsonObject } from '../../../util/json.ts'
import { OAuth2Error } from '../../errors.ts'
import { ClientRegistration } from '../extensions/client-registration.ts'
import type { Client } from '../records.ts'
import type { ClientRegistrationOptions } from '../registration/options.ts'
import { tokenId } from '../tokens/token-id.ts'

const DAY = 86_400

describe('RFC 7591 §3.1, §3.2.1 and RFC 7592 §3 registering a client', () => {
  it('answers with all that is registered, defaults included', async () => {
    const test = new RegistrationServer()
    const response = await test.register({ ...APPLICATION, 'client_name#de': 'Fotodruck', tenant: 'ignored' })
    expect(response.status).toBe(201)
    expect(headerOf(response, 'content-type')).toBe('application/json')
    expect(headerOf(response, 'cache-control')).toBe('no-store')
    const { client_id } = body(response)
    expect(JSON.parse(String(response.body))).toEqual({
      client_id: expect.stringMatching(/^[\w-]{22}$/),
      client_id_issued_at: test.time / 1000,
      client_secret: expect.stringMatching(/^[\w-]{64}$/),
      client_secret_expires_at: 0,
      redirect_uris: [CALLBACK],
      client_name: 'Photo print',
      'client_name#de': 'Fotodruck',
      token_endpoint_auth_method: 'client_secret_basic',
      grant_types: ['authorization_code'],
      response_types: ['code'],
      scope: 'openid read write admin',
      registration_access_token: expect.any(String),
      registration_client_uri: `${ISSUER}/register/${client_id}`,
    })
    expect(await test.store.findClient(client_id ?? '')).not.toHaveProperty('tenant')
  })

  it('gives a client that works', async () => {
    const test = new RegistrationServer({ registration: { grantTypes: ['client_credentials'] } })
    const { id, secret } = await test.registered({ grant_types: ['client_credentials'], scope: 'read' })
    const response = await test.token({ grant_type: 'client_credentials' }, basic(id, secret))
    expect(response.status).toBe(200)
    expect((await test.token({ grant_type: 'client_credentials' }, basic(id, `${secret}x`))).status).toBe(401)
  })

  it('keeps neither secret nor token, only what they can be recognised by', async () => {
    const test = new RegistrationServer()
    const { id, secret, token } = await test.registered()
    const client = await test.store.findClient(id)
    expect(client).toMatchObject({
      client_secrets: [{ hash: expect.stringMatching(/^sha256\$/) }],
      registration_token_id: await tokenId(token),
    })
    const kept = JSON.stringify(client)
    expect([kept.includes(secret), kept.includes(token)]).toEqual([false, false])
  })

  it('gives a public client no secret, and says nothing of one', async () => {
    const { information } = await new RegistrationServer().registered({
      ...APPLICATION,
      token_endpoint_auth_method: 'none',
    })
    expect(information).not.toHaveProperty('client_secret')
    expect(information).not.toHaveProperty('client_secret_expires_at')
  })

  it('lets secrets expire where they are to', async () => {
    const test = new RegistrationServer({ registration: { secretLifetime: '30d' } })
    const { information } = await test.registered()
    expect(information['client_secret_expires_at']).toBe(test.time / 1000 + 30 * DAY)
  })

  it('takes null for absent, and gives a service no response types', async () => {
    const test = new RegistrationServer({ registration: { grantTypes: ['client_credentials'] } })
    const { information } = await test.registered({ grant_types: ['client_credentials'], client_name: null, scope: '' })
    expect(information).toMatchObject({ response_types: [], scope: 'openid read write admin' })
    expect(information).not.toHaveProperty('client_name')
  })

  it('never takes what the server decides from the body', async () => {
    const test = new RegistrationServer()
    const { id, secret, token } = await test.registered({
      ...APPLICATION,
      client_id: 'web',
      client_secret: 'mine',
      registration_access_token: 'mine',
      registration_token_id: 'mine',
      client_secrets: [{ hash: 'mine' }],
      unused_until: 9_999_999_999,
    })
    expect([id === 'web', secret === 'mine', token === 'mine']).toEqual([false, false, false])
    expect(JSON.stringify(await test.store.findClient(id))).not.toContain('mine')
    expect(await test.store.findClient('web')).toEqual(CLIENTS.web)
  })

  it('is told as an event, without secrets', async () => {
    const test = new RegistrationServer()
    const events: object[] = []
    test.server.on('client.registered', (event) => {
      events.push(event)
    })
    const { id, secret, token } = await test.registered()
    expect(events).toMatchObject([{ clientId: id, by: await tokenId(INITIAL_TOKEN), requestId: expect.any(String) }])
    const told = JSON.stringify(events)
    expect([secret, token, INITIAL_TOKEN].filter((value) => told.includes(value))).toEqual([])
  })
})

describe('RFC 7591 §3.2.2 what is refused', () => {
  it.each<[JsonObject | string, number, string, string]>([
    [{}, 400, 'invalid_redirect_uri', "'redirect_uris' must name at least one for the authorization code grant"],
    [
      { redirect_uris: ['http://app.example/cb'] },
      400,
      'invalid_redirect_uri',
      "each of 'redirect_uris' must be https unless its host is a loopback host",
    ],
    [{ redirect_uris: 'https://app.example/cb' }, 400, 'invalid_redirect_uri', "'redirect_uris' must be a list"],
    [
      { redirect_uris: ['javascript:alert(1)'] },
      400,
      'invalid_redirect_uri',
      "each of 'redirect_uris' must be https, or http on a loopback host, unless 'application_type' is 'native'",
    ],
    [
      { ...APPLICATION, logo_uri: 'javascript:alert(1)' },
      400,
      'invalid_client_metadata',
      "'logo_uri' must be an https URL, or http on a loopback address",
    ],
    [
      { ...APPLICATION, token_endpoint_auth_method: 'tls_client_auth' },
      400,
      'invalid_client_metadata',
      "'token_endpoint_auth_method' asks for something that this server does not do: see 'token_endpoint_auth_methods_supported' of its metadata",
    ],
    [
      { ...APPLICATION, scope: 'openid root' },
      400,
      'invalid_client_metadata',
      "'scope' asks for something that this server does not do: see 'scopes_supported' of its metadata",
    ],
    [
      { ...APPLICATION, jwks: { keys: [{ kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' }] } },
      400,
      'invalid_client_metadata',
      "'jwks' must hold keys that can be used",
    ],
    ['{"redirect_uris": [', 400, 'invalid_request', 'request body must be a JSON object that names no member twice'],
    ['[]', 400, 'invalid_request', 'request body must be a JSON object that names no member twice'],
    [
      '{"client_name": "a", "client_name": "b"}',
      400,
      'invalid_request',
      'request body must be a JSON object that names no member twice',
    ],
    [
      JSON.stringify({ client_name: 'x'.repeat(70_000) }),
      413,
      'invalid_request',
      'request body must not be longer than 64 KiB',
    ],
  ])('%.80j', async (metadata, ...expected) => {
    const response = await new RegistrationServer().register(metadata)
    expect(problem(response)).toEqual(expected)
    expect(headerOf(response, 'cache-control')).toBe('no-store')
  })

  it('is a form', async () => {
    const { server } = new RegistrationServer()
    const headers = { authorization: `Bearer ${INITIAL_TOKEN}`, 'content-type': 'application/x-www-form-urlencoded' }
    expect(problem(await server.handle(jsonRequest('POST', '/register', 'redirect_uris=x', headers)))).toEqual([
      415,
      'invalid_request',
      'request body must be application/json',
    ])
  })

  it('is a GET; scripts of other origins may register', async () => {
    const { server } = new RegistrationServer()
    const response = await server.handle(get('/register'))
    expect([response.status, headerOf(response, 'allow')]).toEqual([405, 'POST, OPTIONS'])
    expect(headerOf(response, 'access-control-allow-origin')).toBe('*')
  })

  it('is a grant that acts for nobody who decides, unless it is asked for by name', async () => {
    const services = { grant_types: ['client_credentials'] }
    expect(problem(await new RegistrationServer().register(services))[1]).toBe('invalid_client_metadata')
    const test = new RegistrationServer({ registration: { grantTypes: ['client_credentials'] } })
    expect((await test.register(services)).status).toBe(201)
    expect(problem(await test.register())[1]).toBe('invalid_client_metadata')
  })

  it('is a scope beyond what registered clients may have', async () => {
    const test = new RegistrationServer({ registration: { scopes: ['openid', 'read'] } })
    expect((await test.registered()).information['scope']).toBe('openid read')
    expect(problem(await test.register({ ...APPLICATION, scope: 'admin' }))[1]).toBe('invalid_client_metadata')
  })
})

describe('Authlib 4.7: faults that are not inherited', () => {
  it('a redirect URI that is wrong has its own error, and a missing token is 401', async () => {
    const test = new RegistrationServer()
    expect(problem(await test.register({ redirect_uris: ['https://app.example/#x'] }))[1]).toBe('invalid_redirect_uri')
    expect((await test.register(APPLICATION, '')).status).toBe(401)
  })

  it('4.8: a private-use URI without a host is a redirect URI of a native application, myapp: is none', async () => {
    const test = new RegistrationServer()
    const native = (uri: string): JsonObject => ({ redirect_uris: [uri], application_type: 'native' })
    expect((await test.register(native('com.example.app:/cb'))).status).toBe(201)
    expect(problem(await test.register(native('myapp://cb')))[1]).toBe('invalid_redirect_uri')
  })
})

describe('RFC 7591 §3 who may register', () => {
  it.each([
    ['without a token', '', 'Bearer', 'registration needs an initial access token'],
    [
      'with a wrong one',
      `${INITIAL_TOKEN}x`,
      'Bearer error="invalid_token", error_description="initial access token is not valid"',
      'initial access token is not valid',
    ],
  ])('nobody %s', async (_, token, challenge, description) => {
    const response = await new RegistrationServer().register(APPLICATION, token)
    expect(problem(response)).toEqual([401, 'invalid_token', description])
    expect(headerOf(response, 'www-authenticate')).toBe(challenge)
  })

  it('nobody with a token in the query', async () => {
    const { server } = new RegistrationServer()
    const request = jsonRequest('POST', `/register?access_token=${INITIAL_TOKEN}`, APPLICATION, {})
    expect((await server.handle(request)).status).toBe(401)
  })

  it('everybody where that is asked for by name', async () => {
    const test = new RegistrationServer({ registration: { initialAccess: 'open' } })
    expect((await test.register(APPLICATION, '')).status).toBe(201)
  })

  it('who has an access token with the scope', async () => {
    const test = new RegistrationServer({ registration: { initialAccess: { scope: 'admin' } } })
    const { access_token: ordinary = '' } = await test.tokens()
    const refused = await test.register(APPLICATION, ordinary)
    expect(problem(refused)).toEqual([
      403,
      'insufficient_scope',
      'access token does not have the scope to register clients',
    ])
    expect(headerOf(refused, 'www-authenticate')).toContain('scope="admin"')
    const now = test.time / 1000
    const record = { client_id: 'web', scope: 'admin', created_at: now, expires_at: now + 60 }
    const allowed = test.server.createToken('access_token')
    const bound = test.server.createToken('access_token')
    await test.store.saveTokens({ accessToken: { ...record, id: await tokenId(allowed) } })
    await test.store.saveTokens({ accessToken: { ...record, id: await tokenId(bound), cnf: { jkt: 'x' } } })
    expect((await test.register(APPLICATION, allowed)).status).toBe(201)
    expect((await test.register(APPLICATION, bound)).status).toBe(401)
  })

  it('whom the application knows', async () => {
    const verify = async (token: string) => (token === 'ticket' ? { id: 'team-a' } : undefined)
    const test = new RegistrationServer({ registration: { initialAccess: { verify } } })
    expect((await test.register(APPLICATION, 'ticket')).status).toBe(201)
    expect((await test.register(APPLICATION, 'other')).status).toBe(401)
  })

  it.each<[object, string]>([
    [{}, '"initialAccess" must say who may register clients; "open" lets in everybody'],
    [{ initialAccess: { tokens: ['short'] } }, '"initialAccess.tokens" must be random texts of at least 32 characters'],
    [{ initialAccess: { tokens: [] } }, '"initialAccess.tokens" must be random texts of at least 32 characters'],
    [
      { initialAccess: 'open', quota: { clients: 0, within: '1d' } },
      '"quota" must be a number of clients above 0 within a time, such as { clients: 100, within: "1d" }',
    ],
    [
      { initialAccess: 'open', unusedLifetime: 0 },
      '"unusedLifetime" must be a whole number of seconds above 0, or a text such as "90d"',
    ],
  ])('is decided at set-up: %j', (options, expected) => {
    // As from JavaScript, where nothing else says that an option is missing.
    const unchecked: ClientRegistrationOptions = JSON.parse(JSON.stringify(options))
    expect(() => new ClientRegistration(unchecked)).toThrow(`ClientRegistration: ${expected}`)
  })
})

describe('RFC 7591 §5 quotas', () => {
  const quota = { clients: 2, within: '1h' } as const

  it('count by initial access token', async () => {
    const other = 'another-initial-access-token-of-40-chars'
    const test = new RegistrationServer({ registration: { quota, initialAccess: { tokens: [INITIAL_TOKEN, other] } } })
    await test.registered()
    expect((await test.register({})).status).toBe(400)
    await test.registered()
    const response = await test.register()
    expect(problem(response)).toEqual([
      429,
      'temporarily_unavailable',
      'too many clients were registered: try again later',
    ])
    expect(headerOf(response, 'retry-after')).toBe('3600')
    expect((await test.register(APPLICATION, other)).status).toBe(201)
    test.wait(3600)
    expect((await test.register()).status).toBe(201)
  })

  it('count by address, where it is known', async () => {
    const { server } = new RegistrationServer({ registration: { quota, initialAccess: 'open' } })
    const statuses: number[] = []
    for (const remoteAddress of ['192.0.2.1', '192.0.2.1', '192.0.2.1', '192.0.2.2']) {
      const request = { ...jsonRequest('POST', '/register', APPLICATION, {}), remoteAddress }
      statuses.push((await server.handle(request)).status)
    }
    expect(statuses).toEqual([201, 201, 429, 201])
  })

  it('RFC 6177 §2: are no larger for whoever can choose among addresses of IPv6', async () => {
    const { server } = new RegistrationServer({ registration: { quota, initialAccess: 'open' } })
    const statuses: number[] = []
    for (const remoteAddress of ['2001:db8::1', '2001:db8::2', '2001:db8::3', '2001:db8:0:1::1']) {
      const request = { ...jsonRequest('POST', '/register', APPLICATION, {}), remoteAddress }
      statuses.push((await server.handle(request)).status)
    }
    expect(statuses).toEqual([201, 201, 429, 201])
  })

  it('count all together where nothing tells them apart', async () => {
    const test = new RegistrationServer({ registration: { quota, initialAccess: 'open' } })
    const responses = await Promise.all(Array.from({ length: 5 }, () => test.register(APPLICATION, '')))
    expect(responses.filter(({ status }) => status === 201)).toHaveLength(2)
  })
})

describe('RFC 7591 §2.3, RFC 7519 §4.1.3 software statements', async () => {
  const keys = await KeySet.generate(['ES256'])
  const issuers = [{ issuer: 'https://store.example', keys, algorithms: ['ES256'] }]
  const claims = { iss: 'https://store.example', software_id: 'app-1', client_name: 'Vouched for' }
  const time = new RegistrationServer().time

  const sign = (changes: object = {}, by = keys): Promise<string> =>
    signJwt({ ...claims, ...changes }, by, { clock: () => time })

  it('go before what the body says, and come back as they were', async () => {
    const test = new RegistrationServer({ registration: { softwareStatements: { issuers } } })
    const software_statement = await sign({ redirect_uris: ['https://vouched.example/cb'] })
    const { information, id } = await test.registered({ ...APPLICATION, software_statement })
    expect(information).toMatchObject({
      software_statement,
      client_name: 'Vouched for',
      software_id: 'app-1',
      redirect_uris: ['https://vouched.example/cb'],
    })
    expect(await test.store.findClient(id)).toMatchObject({ software_statement })
    expect(information).not.toHaveProperty('iss')
  })

  it('are held to the same rules as the body', async () => {
    const test = new RegistrationServer({ registration: { softwareStatements: { issuers } } })
    const software_statement = await sign({ logo_uri: 'javascript:alert(1)' })
    expect(problem(await test.register({ ...APPLICATION, software_statement }))[1]).toBe('invalid_client_metadata')
  })

  it.each(['', null])('RFC 7592 §2.2: are absent where they are %j, as every member is', async (software_statement) => {
    const test = new RegistrationServer({ registration: { softwareStatements: { issuers } } })
    expect((await test.register({ ...APPLICATION, software_statement })).status).toBe(201)
  })

  it.each<[string, () => Promise<unknown>, string, string]>([
    [
      'of somebody else',
      () => sign({ iss: 'https://other.example' }),
      'unapproved_software_statement',
      'software_statement is from nobody whose word counts here',
    ],
    [
      'of nobody',
      () => sign({ iss: undefined }),
      'unapproved_software_statement',
      'software_statement is from nobody whose word counts here',
    ],
    ['no JWT', async () => 'nonsense', 'invalid_software_statement', 'software_statement must be a signed JWT'],
    ['no text', async () => ({ a: 1 }), 'invalid_software_statement', 'software_statement must be a signed JWT'],
    [
      'signed by another key',
      async () => sign({}, await KeySet.generate(['ES256'])),
      'invalid_software_statement',
      'software_statement has a wrong signature, has expired or is not for this server',
    ],
    [
      'signed with a secret',
      async () => sign({}, new KeySet([await Key.generate('HS256')])),
      'invalid_software_statement',
      'software_statement has a wrong signature, has expired or is not for this server',
    ],
    [
      'expired',
      () => sign({ exp: time / 1000 - 1 }),
      'invalid_software_statement',
      'software_statement has a wrong signature, has expired or is not for this server',
    ],
    [
      'for another server',
      () => sign({ aud: 'https://other.example' }),
      'invalid_software_statement',
      'software_statement has a wrong signature, has expired or is not for this server',
    ],
  ])('%s are refused', async (_, create, error, description) => {
    const test = new RegistrationServer({ registration: { softwareStatements: { issuers } } })
    const metadata = { ...APPLICATION, software_statement: JSON.parse(JSON.stringify(await create())) }
    expect(problem(await test.register(metadata))).toEqual([400, error, description])
  })

  it('can be required, and are ignored where nobody is trusted', async () => {
    const required = new RegistrationServer({ registration: { softwareStatements: { issuers, required: true } } })
    expect(problem(await required.register())).toEqual([
      400,
      'unapproved_software_statement',
      'software_statement is missing',
    ])
    const { information } = await new RegistrationServer().registered({ ...APPLICATION, software_statement: 'x' })
    expect(information).not.toHaveProperty('software_statement')
  })

  it('hold what is changed later, too', async () => {
    const test = new RegistrationServer({ registration: { softwareStatements: { issuers } } })
    const client = await test.registered({ ...APPLICATION, software_statement: await sign() })
    const response = await test.update(client, { client_name: 'Somebody else' })
    expect(body(response)).toMatchObject({ client_name: 'Vouched for' })
  })
})

describe('RFC 7591 §5 policies', () => {
  it('change what is registered, and what they make of it is checked', async () => {
    const test = new RegistrationServer({
      registration: {
        policy: async (metadata, { initialAccess, current }) => ({
          ...metadata,
          client_name: `${metadata.client_name} (${initialAccess === undefined ? 'self' : 'token'})`,
          ...(metadata.software_id === 'bad' && { logo_uri: 'javascript:alert(1)' }),
          ...(current && { software_version: 'changed' }),
        }),
      },
    })
    const client = await test.registered()
    expect(client.information['client_name']).toBe('Photo print (token)')
    expect(body(await test.update(client, {}))).toMatchObject({
      client_name: 'Photo print (self)',
      software_version: 'changed',
    })
    expect(problem(await test.register({ ...APPLICATION, software_id: 'bad' }))[1]).toBe('invalid_client_metadata')
  })

  it('refuse', async () => {
    const policy = (): never => {
      throw new OAuth2Error('invalid_client_metadata', 'no more clients', { status: 403 })
    }
    const test = new RegistrationServer({ registration: { policy } })
    expect(problem(await test.register())).toEqual([403, 'invalid_client_metadata', 'no more clients'])
  })
})

describe('OIDC Registration §5 sectors', () => {
  const SECTOR = 'https://sector.example/redirects'
  const create = (list: string, status = 200): RegistrationServer =>
    new RegistrationServer({
      registration: { transport: async () => ({ status, headers: [], body: encodeUtf8(list) }) },
    })

  it('list the redirect URIs of their clients', async () => {
    const test = create(JSON.stringify([CALLBACK, 'https://other.example/cb']))
    expect((await test.register({ ...APPLICATION, sector_identifier_uri: SECTOR })).status).toBe(201)
  })

  it.each([
    ['["https://other.example/cb"]', 200, "must lead to a list that has each of 'redirect_uris'"],
    ['{}', 200, 'must lead to a JSON list of redirect URIs'],
    ['[1]', 200, 'must lead to a JSON list of redirect URIs'],
    ['nonsense', 200, 'must lead to a JSON list of redirect URIs'],
    [JSON.stringify([CALLBACK]), 404, 'must lead to a JSON list of redirect URIs'],
  ])('that say %s (%i) are refused', async (list, status, description) => {
    const response = await create(list, status).register({ ...APPLICATION, sector_identifier_uri: SECTOR })
    expect(problem(response)).toEqual([400, 'invalid_client_metadata', `'sector_identifier_uri' ${description}`])
  })

  it('CVE-2026-22752: at an address that is not public are never asked', async () => {
    const test = new RegistrationServer()
    for (const host of ['127.0.0.1', '169.254.169.254', '[::1]', 'localhost']) {
      const response = await test.register({ ...APPLICATION, sector_identifier_uri: `https://${host}/x` })
      expect(problem(response)[2]).toBe("'sector_identifier_uri' must lead to a JSON list of redirect URIs")
    }
  })
})

describe('clients that nobody uses', () => {
  it('are gone after their time', async () => {
    const test = new RegistrationServer({ registration: { unusedLifetime: '30d' } })
    const { id, path, token } = await test.registered()
    test.wait(30 * DAY - 1)
    expect((await test.send('GET', path, token)).status).toBe(200)
    test.wait(1)
    expect(await test.store.findClient(id)).toBeUndefined()
    expect((await test.send('GET', path, token)).status).toBe(401)
  })

  it('are kept while they get tokens, and that is written down now and then', async () => {
    const grantTypes = ['client_credentials']
    const test = new RegistrationServer({ registration: { unusedLifetime: '30d', grantTypes } })
    const { id, secret, path, token } = await test.registered({ grant_types: grantTypes })
    const registeredAt = test.time / 1000
    const use = async () => {
      expect((await test.token({ grant_type: 'client_credentials' }, basic(id, secret))).status).toBe(200)
      return (await test.store.findClient(id))?.unused_until
    }
    test.wait(10 * DAY)
    expect(await use()).toBe(registeredAt + 30 * DAY)
    test.wait(10 * DAY)
    expect(await use()).toBe(registeredAt + 50 * DAY)
    test.wait(29 * DAY)
    expect(await use()).toBe(registeredAt + 79 * DAY)
    expect((await test.send('GET', path, token)).status).toBe(200)
  })

  it('are written down at once after they were read, so that what an operator saves just then is not lost', async () => {
    const grantTypes = ['client_credentials']
    const test = new RegistrationServer({ registration: { unusedLifetime: '30d', grantTypes } })
    const { id, secret } = await test.registered({ grant_types: grantTypes })
    const renamed: Client = { client_id: id, ...(await test.store.findClient(id)), client_name: 'By the operator' }
    const find = test.store.findClient
    let reads = 0
    test.store.findClient = (clientId) => {
      reads += 1
      // First it is read to authenticate it, then to write down that it is used.
      if (reads === 2) queueMicrotask(() => test.store.saveClient(renamed))
      return find(clientId)
    }
    test.wait(20 * DAY)
    expect((await test.token({ grant_type: 'client_credentials' }, basic(id, secret))).status).toBe(200)
    expect(reads).toBe(2)
    expect(await find(id)).toMatchObject({ client_name: 'By the operator' })
  })

  it('are kept for good where an operator has decided so meanwhile', async () => {
    const grantTypes = ['client_credentials']
    const test = new RegistrationServer({ registration: { unusedLifetime: '30d', grantTypes } })
    const { id, secret } = await test.registered({ grant_types: grantTypes })
    const { unused_until: _, ...kept }: Client = { client_id: id, ...(await test.store.findClient(id)) }
    const find = test.store.findClient
    let reads = 0
    test.store.findClient = (clientId) => {
      reads += 1
      return reads === 2 ? kept : find(clientId)
    }
    const replaceClient = vi.spyOn(test.store, 'replaceClient')
    test.wait(20 * DAY)
    expect((await test.token({ grant_type: 'client_credentials' }, basic(id, secret))).status).toBe(200)
    expect(reads).toBe(2)
    expect(replaceClient).not.toHaveBeenCalled()
  })

  it('are none of those that an operator wrote down', async () => {
    const test = new RegistrationServer()
    expect((await test.token({ grant_type: 'client_credentials' }, basic())).status).toBe(200)
    expect(await test.store.findClient('web')).not.toHaveProperty('unused_until')
  })
})

describe('RFC 8414 §2 what the server says about registration', () => {
  it('is where it is', () => {
    expect(new RegistrationServer().server.metadata().registration_endpoint).toBe(`${ISSUER}/register`)
  })

  it('RFC 7592 §2: management can be left out, and then nothing leads to it', async () => {
    const test = new RegistrationServer({ registration: { management: false } })
    const response = await test.register()
    expect(response.status).toBe(201)
    expect(body(response)).not.toHaveProperty('registration_access_token')
    expect(body(response)).not.toHaveProperty('registration_client_uri')
    expect((await test.send('GET', `/register/${read(response).id}`, 'x')).status).toBe(404)
  })
})
