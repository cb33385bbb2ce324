import { describe, expect, it } from 'vitest'
import {
  basic,
  body,
  CALLBACK,
  codeRequest,
  later,
  problem,
  VERIFIER,
} from '../../../../test/support/authorization-server.ts'
import {
  APPLICATION,
  type RegisteredClient,
  RegistrationServer,
  read,
} from '../../../../test/support/client-registration.ts'
import { headerOf } from '../../../http/response.ts'
import type { JsonObject } from '../../../util/json.ts'
import { findAccessToken } from '../tokens/find-access-token.ts'

const WRONG_TOKEN = 'registration access token is not valid for this client'
const CHALLENGE = `Bearer error="invalid_token", error_description="${WRONG_TOKEN}"`

describe('RFC 7592 §2.1, §3 reading a registration', () => {
  it('gives all of it but the secret, which is told once', async () => {
    const test = new RegistrationServer()
    const { path, token, information } = await test.registered()
    const response = await test.send('GET', path, token)
    expect(response.status).toBe(200)
    expect(headerOf(response, 'cache-control')).toBe('no-store')
    const { client_secret: _, ...rest } = information
    expect(JSON.parse(String(response.body))).toEqual(rest)
  })

  it('is possible for scripts of other origins', async () => {
    const test = new RegistrationServer()
    const { path } = await test.registered()
    const preflight = await test.send('OPTIONS', path, undefined)
    expect(headerOf(preflight, 'access-control-allow-methods')).toBe('GET, PUT, DELETE')
  })
})

describe('RFC 7592 §2 who may manage a registration', () => {
  it.each(['GET', 'PUT', 'DELETE'])('%s: nobody without its token, and nobody is told why', async (method) => {
    const test = new RegistrationServer()
    const { id, path, token } = await test.registered()
    const other = await test.registered()
    const attempts: [path: string, token: string][] = [
      [path, 'wrong'],
      [path, other.token],
      ['/register/nobody', token],
      ['/register/web', token],
      ['/register/%ff', token],
      ['/register/%00', token],
      [`${path}%20`, token],
    ]
    const answers = await Promise.all(attempts.map(([at, by]) => test.send(method, at, by, { client_id: id })))
    for (const response of answers) {
      expect(problem(response)).toEqual([401, 'invalid_token', WRONG_TOKEN])
      expect(headerOf(response, 'www-authenticate')).toBe(CHALLENGE)
    }
    const missing = await test.send(method, path, undefined, { client_id: id })
    expect(problem(missing)).toEqual([401, 'invalid_token', 'registration access token is missing'])
    expect(headerOf(missing, 'www-authenticate')).toBe('Bearer')
    expect((await test.send('GET', path, token)).status).toBe(200)
  })

  it('nobody with another method, another path, or the token in the query', async () => {
    const test = new RegistrationServer()
    const { path, token } = await test.registered()
    expect((await test.send('PATCH', path, token)).status).toBe(405)
    expect((await test.send('POST', path, token)).status).toBe(405)
    expect((await test.send('GET', `${path}/x`, token)).status).toBe(404)
    expect((await test.send('GET', `${path}?access_token=${token}`, undefined)).status).toBe(401)
  })

  it('an access token of the client is no registration access token, and the other way round', async () => {
    const test = new RegistrationServer({ registration: { grantTypes: ['client_credentials'] } })
    const { id, secret, path, token } = await test.registered({ grant_types: ['client_credentials'] })
    const { access_token = '' } = body(await test.token({ grant_type: 'client_credentials' }, basic(id, secret)))
    expect((await test.send('GET', path, access_token)).status).toBe(401)
    const context = { server: test.server, store: test.store, now: test.time / 1000 }
    expect(await findAccessToken(context, token)).toBeUndefined()
  })
})

describe('RFC 7592 §2.2 changing a registration', () => {
  it('replaces all of it, with a new token and the old secret', async () => {
    const test = new RegistrationServer({ registration: { grantTypes: ['client_credentials', 'authorization_code'] } })
    const client = await test.registered({
      ...APPLICATION,
      grant_types: ['authorization_code', 'client_credentials'],
      contacts: ['ops@app.example'],
    })
    test.wait(60)
    const response = await test.update(client, { grant_types: ['client_credentials'], client_name: 'New name' })
    expect(response.status).toBe(200)
    expect(headerOf(response, 'cache-control')).toBe('no-store')
    const { client_secret: _, contacts: __, ...before } = client.information
    const { token } = read(response)
    expect(JSON.parse(String(response.body))).toEqual({
      ...before,
      grant_types: ['client_credentials'],
      response_types: [],
      client_name: 'New name',
      registration_access_token: token,
    })
    expect(token).not.toBe(client.token)
    expect((await test.send('GET', client.path, client.token)).status).toBe(401)
    expect((await test.send('GET', client.path, token)).status).toBe(200)
    const tokens = await test.token({ grant_type: 'client_credentials' }, basic(client.id, client.secret))
    expect(tokens.status).toBe(200)
  })

  it('takes null and nothing for absent', async () => {
    const test = new RegistrationServer()
    const client = await test.registered({ ...APPLICATION, client_uri: 'https://app.example' })
    const information = body(await test.update(client, { client_name: null, client_uri: '' }))
    expect(information).not.toHaveProperty('client_name')
    expect(information).not.toHaveProperty('client_uri')
  })

  it.each([null, ''])(
    'takes client_secret %j for one that was left out, and keeps the secret',
    async (client_secret) => {
      const test = new RegistrationServer()
      const client = await test.registered()
      const { client_secrets: before } = (await test.store.findClient(client.id)) ?? {}
      const response = await test.update(client, { client_secret, client_name: 'New name' })
      expect(response.status).toBe(200)
      expect(body(response)).not.toHaveProperty('client_secret')
      expect(await test.store.findClient(client.id)).toMatchObject({ client_name: 'New name', client_secrets: before })
    },
  )

  it('RFC 7592 §2.2: what only the server says must not be there, not even as null', async () => {
    const test = new RegistrationServer()
    const client = await test.registered()
    expect(problem(await test.update(client, { client_secret_expires_at: null }))).toEqual([
      400,
      'invalid_request',
      'client_secret_expires_at must not be sent: the server decides it',
    ])
  })

  it.each<[string, JsonObject, number, string, string]>([
    ['another client', { client_id: 'web' }, 400, 'invalid_request', 'client_id must be the one of this client'],
    ['no client', { client_id: null }, 400, 'invalid_request', 'client_id must be the one of this client'],
    [
      'a token of its choice',
      { registration_access_token: 'x' },
      400,
      'invalid_request',
      'registration_access_token must not be sent: the server decides it',
    ],
    [
      'an address of its choice',
      { registration_client_uri: 'https://x.example' },
      400,
      'invalid_request',
      'registration_client_uri must not be sent: the server decides it',
    ],
    [
      'a longer life of the secret',
      { client_secret_expires_at: 0 },
      400,
      'invalid_request',
      'client_secret_expires_at must not be sent: the server decides it',
    ],
    [
      'another time of issue',
      { client_id_issued_at: 1 },
      400,
      'invalid_request',
      'client_id_issued_at must not be sent: the server decides it',
    ],
    [
      'a secret of its choice',
      { client_secret: 'a-secret-of-my-own-choice-for-later' },
      400,
      'invalid_request',
      'client_secret must be the one of this client: it cannot be chosen',
    ],
    [
      'a secret that is none',
      { client_secret: 7 },
      400,
      'invalid_request',
      'client_secret must be the one of this client: it cannot be chosen',
    ],
    [
      'metadata that is not in order',
      { redirect_uris: ['https://app.example/#'] },
      400,
      'invalid_redirect_uri',
      "each of 'redirect_uris' must not have a fragment",
    ],
    [
      'more than it may have',
      { grant_types: ['authorization_code', 'client_credentials'] },
      400,
      'invalid_client_metadata',
      "'grant_types' asks for something that this server does not do: see 'grant_types_supported' of its metadata",
    ],
  ])('refuses %s, and leaves all as it was', async (_, changes, ...expected) => {
    const test = new RegistrationServer()
    const client = await test.registered()
    const before = await test.store.findClient(client.id)
    expect(problem(await test.update(client, changes))).toEqual(expected)
    expect(await test.store.findClient(client.id)).toEqual(before)
    expect((await test.update(client, { client_secret: client.secret })).status).toBe(200)
  })

  it('gives a secret to a client that becomes confidential, and takes it from one that becomes public', async () => {
    const test = new RegistrationServer()
    const client = await test.registered()
    const open = await test.update(client, { token_endpoint_auth_method: 'none' })
    expect(body(open)).not.toHaveProperty('client_secret_expires_at')
    expect(await test.store.findClient(client.id)).not.toHaveProperty('client_secrets')
    const closed = await test.update({ ...client, token: read(open).token }, {})
    expect(body(closed)).toMatchObject({ client_secret: expect.any(String), client_secret_expires_at: 0 })
    expect(read(closed).secret).not.toBe(client.secret)
  })

  it('gives a new secret where the old one has expired', async () => {
    const test = new RegistrationServer({ registration: { secretLifetime: '1d' } })
    const client = await test.registered()
    test.wait(86_400)
    const response = await test.update(client, {})
    expect(body(response)).toMatchObject({ client_secret: expect.any(String) })
    expect(JSON.parse(String(response.body)).client_secret_expires_at).toBe(test.time / 1000 + 86_400)
  })

  it('is won by one of many at once', async () => {
    const test = new RegistrationServer({ turn: later })
    const client = await test.registered()
    const updates = Array.from({ length: 16 }, (_, index) => test.update(client, { client_name: `Name ${index}` }))
    const responses = await Promise.all(updates)
    const winners = responses.filter(({ status }) => status === 200).map(read)
    expect(winners).toHaveLength(1)
    expect(responses.filter(({ status }) => status === 401)).toHaveLength(15)
    const { token = '', information = {} } = winners[0] ?? {}
    expect(body(await test.send('GET', client.path, token))['client_name']).toBe(information['client_name'])
  })
})

describe('RFC 7592 §2.3 deleting a registration', () => {
  /** A client with tokens of a person and of its own. */
  async function withTokens(test: RegistrationServer): Promise<RegisteredClient & { readonly tokens: string[] }> {
    const client = await test.registered({
      ...APPLICATION,
      grant_types: ['authorization_code', 'client_credentials', 'refresh_token'],
    })
    const code = await test.code({ ...codeRequest(), client_id: client.id })
    const form = { grant_type: 'authorization_code', code, redirect_uri: CALLBACK, code_verifier: VERIFIER }
    const own = body(await test.token({ grant_type: 'client_credentials' }, basic(client.id, client.secret)))
    const tokens = body(await test.token(form, basic(client.id, client.secret)))
    return { ...client, tokens: [own['access_token'] ?? '', tokens['access_token'] ?? ''] }
  }

  const grantTypes = ['authorization_code', 'client_credentials', 'refresh_token']

  it('ends the client and every token that it has', async () => {
    const test = new RegistrationServer({ registration: { grantTypes } })
    const events: object[] = []
    test.server.on('client.deleted', (event) => {
      events.push(event)
    })
    const { id, secret, path, token, tokens } = await withTokens(test)
    const context = { server: test.server, store: test.store, now: test.time / 1000 }
    for (const value of tokens) expect(await findAccessToken(context, value)).toMatchObject({ client_id: id })
    const response = await test.send('DELETE', path, token)
    expect([response.status, response.body, headerOf(response, 'cache-control')]).toEqual([204, undefined, 'no-store'])
    for (const value of tokens) expect(await findAccessToken(context, value)).toBeUndefined()
    expect(problem(await test.token({ grant_type: 'client_credentials' }, basic(id, secret)))[1]).toBe('invalid_client')
    expect((await test.send('DELETE', path, token)).status).toBe(401)
    expect(events).toMatchObject([{ clientId: id, requestId: expect.any(String) }])
  })

  it('happens once, whoever asks at the same time', async () => {
    const test = new RegistrationServer({ turn: later })
    const { path, token } = await test.registered()
    const responses = await Promise.all(Array.from({ length: 16 }, () => test.send('DELETE', path, token)))
    expect(responses.filter(({ status }) => status === 204)).toHaveLength(1)
  })

  it('wins against a change at the same time', async () => {
    const test = new RegistrationServer({ turn: later })
    const client = await test.registered()
    await Promise.all([test.send('DELETE', client.path, client.token), test.update(client, {})])
    expect(await test.store.findClient(client.id)).toBeUndefined()
  })
})
