import { describe, expect, it } from 'vitest'
import { answer } from '../../../../test/support/stub-provider.ts'
import type { OutgoingRequest, OutgoingResponse } from '../../../http/fetch.ts'
import { Key } from '../../../jose/jwk/index.ts'
import { PrivateKeyJwt } from '../auth/private-key-jwt.ts'
import { OAuth2Client } from '../client.ts'
import { toClientOptions } from './client-options.ts'
import type { ClientRegistration } from './information.ts'
import { deleteRegistration, readRegistration, updateRegistration } from './manage.ts'
import { type RegistrationServer, registerClient } from './register.ts'

const ENDPOINT = 'https://op.example/register'
const MANAGED = 'https://op.example/register/s6BhdRkqt3'
const registered: ClientRegistration = {
  client_id: 's6BhdRkqt3',
  client_secret: 'the-secret',
  client_secret_expires_at: 0,
  client_id_issued_at: 1_800_000_000,
  registration_client_uri: MANAGED,
  registration_access_token: 'the-access-token',
  client_name: 'Photo print',
  redirect_uris: ['https://app.example/cb'],
  token_endpoint_auth_method: 'client_secret_basic',
}
const { client_secret: _secret, registration_access_token: _token, registration_client_uri: _uri, ...said } = registered

function setUp(response: OutgoingResponse = answer(201, registered)) {
  const requests: OutgoingRequest[] = []
  const transport = async (request: OutgoingRequest): Promise<OutgoingResponse> => {
    requests.push(request)
    return request.url.includes('/.well-known/')
      ? answer(200, { issuer: 'https://op.example', registration_endpoint: ENDPOINT })
      : response
  }
  const sent = () => {
    const { method, url, headers = [], body } = requests.at(-1) ?? { url: '' }
    return { method, url, headers: Object.fromEntries(headers), body: body && JSON.parse(String(body)) }
  }
  return { transport, requests, sent }
}

const metadata = { client_name: 'Photo print', redirect_uris: ['https://app.example/cb'] }

describe('RFC 7591 §3 registering a client', () => {
  it('sends what the client says of itself, and returns what it is', async () => {
    const { transport, sent } = setUp()
    const options = { transport, initialAccessToken: 'invited', userAgent: 'photos/1' }
    expect(await registerClient({ registrationEndpoint: ENDPOINT }, metadata, options)).toEqual(registered)
    expect(sent()).toEqual({
      method: 'POST',
      url: ENDPOINT,
      headers: {
        accept: 'application/json',
        'content-type': 'application/json',
        authorization: 'Bearer invited',
        'user-agent': 'photos/1',
      },
      body: metadata,
    })
  })

  it.each<[RegistrationServer, string]>([
    [{ issuer: 'https://op.example' }, 'https://op.example/.well-known/oauth-authorization-server'],
    [
      { serverMetadataUrl: 'https://op.example/.well-known/openid-configuration' },
      'https://op.example/.well-known/openid-configuration',
    ],
  ])('finds the endpoint of %j', async (server, url) => {
    const { transport, requests } = setUp()
    await registerClient(server, metadata, { transport })
    expect(requests.map((request) => request.url)).toEqual([url, ENDPOINT])
    expect(Object.fromEntries(requests[1]?.headers ?? [])).not.toHaveProperty('authorization')
  })

  it('does not send an access token that is empty', async () => {
    const { transport, requests } = setUp()
    const made = registerClient({ registrationEndpoint: ENDPOINT }, metadata, { transport, initialAccessToken: '' })
    await expect(made).rejects.toThrow(
      'registerClient: "initialAccessToken" is there but empty: expected the token, or nothing at all',
    )
    expect(requests).toEqual([])
  })

  it('is repaired like every call', async () => {
    const { transport, sent } = setUp()
    const compliance = {
      registrationResponse: async (response: Response) =>
        Response.json({ ...(await response.json()), client_name: 'repaired' }),
    }
    const made = await registerClient({ registrationEndpoint: ENDPOINT }, metadata, { transport, compliance })
    expect(made.client_name).toBe('repaired')
    expect(sent().body).toEqual(metadata)
  })

  it('leaves out what the server has nothing to say about', async () => {
    const { transport } = setUp(answer(200, { client_id: 'x', client_secret: null, logo_uri: null }))
    expect(await registerClient({ registrationEndpoint: ENDPOINT }, metadata, { transport })).toEqual({
      client_id: 'x',
    })
  })

  it.each([
    'invalid_redirect_uri',
    'invalid_client_metadata',
    'invalid_software_statement',
    'unapproved_software_statement',
  ])('§3.2.2: says that it was refused: %s', async (error) => {
    const { transport } = setUp(answer(400, { error, error_description: 'because' }))
    await expect(registerClient({ registrationEndpoint: ENDPOINT }, metadata, { transport })).rejects.toMatchObject({
      code: 'registration_refused',
      stage: 'registration',
      status: 400,
      refusal: { error, error_description: 'because' },
      message: `registration endpoint answered with status 400 (${error})`,
    })
  })

  it.each([
    [answer(401, {}), 'registration_refused', 'registration endpoint answered with status 401'],
    [answer(503, {}), 'request_failed', 'registration endpoint answered with status 503'],
    [answer(200, 'ok', 'text/html'), 'registration_response_invalid', 'something other than application/json'],
    [
      answer(201, {}),
      'registration_response_invalid',
      '"client_id" in the registration response is missing or invalid',
    ],
    [answer(201, { client_id: 'x', client_secret: 5 }), 'registration_response_invalid', 'invalid: expected a text'],
    [
      answer(201, { client_id: 'x', client_secret_expires_at: 'never' }),
      'registration_response_invalid',
      '"client_secret_expires_at" in the registration response is missing or invalid: expected a number of seconds',
    ],
    [
      answer(201, { client_id: 'x', registration_client_uri: 'http://op.example/x' }),
      'registration_response_invalid',
      '"registration_client_uri" in the registration response is missing or invalid: expected an absolute URL with https',
    ],
    [
      answer(201, { client_id: 'x', redirect_uris: 'https://app.example/cb' }),
      'registration_response_invalid',
      '"redirect_uris" in the registration response is missing or invalid: expected a list of URLs',
    ],
    [answer(201, { client_id: 'x', scope: ['a'] }), 'registration_response_invalid', '"scope" in the registration'],
    [
      answer(201, { client_id: 'x', id_token_signed_response_alg: 5 }),
      'registration_response_invalid',
      '"id_token_signed_response_alg" in the registration response is missing or invalid: expected a text',
    ],
  ])('case %#: says what is wrong with an answer', async (response, code, message) => {
    const { transport } = setUp(response)
    await expect(registerClient({ registrationEndpoint: ENDPOINT }, metadata, { transport })).rejects.toMatchObject({
      code,
      stage: 'registration',
      message: expect.stringContaining(message),
    })
  })

  it.each<[RegistrationServer, string]>([
    [{}, 'the server is not named: expected "serverMetadataUrl", "issuer" or "registrationEndpoint"'],
    [
      { registrationEndpoint: 'http://op.example/register' },
      '"registrationEndpoint" must be an absolute URL with https, or http on a loopback host',
    ],
    [{ serverMetadataUrl: 'https://op.example/metadata' }, '"issuer" is missing'],
  ])('refuses %j', async (server, problem) => {
    const { transport, requests } = setUp()
    await expect(registerClient(server, metadata, { transport, initialAccessToken: 't' })).rejects.toThrow(problem)
    expect(requests).toEqual([])
  })
})

describe('RFC 7592 §2 managing a registration', () => {
  it('reads it, and keeps the credentials that the answer leaves out', async () => {
    const { transport, sent } = setUp(answer(200, { ...said, client_name: 'New name' }))
    expect(await readRegistration(registered, { transport })).toEqual({ ...registered, client_name: 'New name' })
    expect(sent()).toEqual({
      method: 'GET',
      url: MANAGED,
      headers: {
        accept: 'application/json',
        authorization: 'Bearer the-access-token',
        'user-agent': expect.stringContaining('authwright/'),
      },
      body: undefined,
    })
  })

  it('§2.2: sends all of it back with the changes, but for what is the server’s', async () => {
    const { transport, sent } = setUp(answer(200, registered))
    await updateRegistration(registered, { client_name: undefined, scope: 'read' }, { transport })
    expect(sent()).toMatchObject({ method: 'PUT', url: MANAGED })
    expect(sent().body).toEqual({
      client_id: 's6BhdRkqt3',
      client_secret: 'the-secret',
      redirect_uris: ['https://app.example/cb'],
      token_endpoint_auth_method: 'client_secret_basic',
      scope: 'read',
    })
  })

  it('§2.2: goes on with the access token and the secret that are new', async () => {
    const renewed = { registration_access_token: 'another', client_secret: 'new', registration_client_uri: ENDPOINT }
    const { transport, sent } = setUp(answer(200, { ...said, ...renewed }))
    const after = await updateRegistration(registered, {}, { transport })
    expect(after).toMatchObject(renewed)
    await readRegistration(after, { transport })
    expect(sent()).toMatchObject({ url: ENDPOINT, headers: { authorization: 'Bearer another' } })
  })

  it('forgets the secret of a client that has none any more', async () => {
    const { client_secret_expires_at: _, ...publicClient } = { ...said, token_endpoint_auth_method: 'none' }
    const { transport } = setUp(answer(200, publicClient))
    const after = await updateRegistration(registered, { token_endpoint_auth_method: 'none' }, { transport })
    expect(after).toEqual({
      ...publicClient,
      registration_access_token: 'the-access-token',
      registration_client_uri: MANAGED,
    })
  })

  it('§2.3: ends it', async () => {
    const { transport, sent } = setUp(answer(204, ''))
    expect(await deleteRegistration(registered, { transport })).toBeUndefined()
    expect(sent()).toMatchObject({
      method: 'DELETE',
      url: MANAGED,
      headers: { authorization: 'Bearer the-access-token' },
    })
  })

  it('says that it was refused', async () => {
    const { transport } = setUp(answer(401, { error: 'invalid_token' }))
    const expected = { code: 'registration_refused', status: 401, refusal: { error: 'invalid_token' } }
    await expect(readRegistration(registered, { transport })).rejects.toMatchObject(expected)
    await expect(updateRegistration(registered, {}, { transport })).rejects.toMatchObject(expected)
    await expect(deleteRegistration(registered, { transport })).rejects.toMatchObject(expected)
  })

  it('does not take the answer about another client', async () => {
    const { transport } = setUp(answer(200, { ...said, client_id: 'another' }))
    await expect(readRegistration(registered, { transport })).rejects.toMatchObject({
      code: 'registration_response_invalid',
      message: '"client_id" in the registration response mismatch: expected the one of the registration',
    })
  })

  it.each(['registration_client_uri', 'registration_access_token'] as const)('needs "%s"', async (name) => {
    const { [name]: _, ...unmanaged } = registered
    const { transport, requests } = setUp()
    await expect(deleteRegistration(unmanaged, { transport })).rejects.toMatchObject({
      code: 'endpoint_missing',
      stage: 'registration',
      message: `"${name}" is missing: the server does not let the client manage its registration`,
    })
    expect(requests).toEqual([])
  })
})

describe('the client that was registered', () => {
  const issuer = 'https://op.example'

  it('has its identifier, its secret and how it shows them', async () => {
    expect(toClientOptions({ ...registered, scope: 'read', id_token_signed_response_alg: 'ES256' })).toEqual({
      clientId: 's6BhdRkqt3',
      clientSecret: 'the-secret',
      tokenEndpointAuthMethod: 'client_secret_basic',
      redirectUri: 'https://app.example/cb',
      scope: 'read',
      idTokenSignedResponseAlg: 'ES256',
    })
    expect(new OAuth2Client({ issuer, ...toClientOptions(registered) }).clientId).toBe('s6BhdRkqt3')
  })

  it('is public where it is registered so, and does not choose among redirect URIs', () => {
    const redirect_uris = ['https://app.example/a', 'https://app.example/b']
    expect(toClientOptions({ ...registered, redirect_uris, token_endpoint_auth_method: 'none' })).toEqual({
      clientId: 's6BhdRkqt3',
      tokenEndpointAuthMethod: 'none',
    })
  })

  it('RFC 7591 §2: uses client_secret_basic where nothing is said', () => {
    const { token_endpoint_auth_method: _, ...silent } = registered
    expect(toClientOptions(silent).tokenEndpointAuthMethod).toBe('client_secret_basic')
  })

  it('brings its key where it has one', async () => {
    const registration = { client_id: 'x', token_endpoint_auth_method: 'private_key_jwt' }
    expect(() => toClientOptions(registration)).toThrow(
      'toClientOptions: "authentication" is missing: the client is registered for a method that takes more than a name',
    )
    const method = new PrivateKeyJwt(await Key.generate('ES256'))
    expect(toClientOptions(registration, method)).toEqual({ clientId: 'x', tokenEndpointAuthMethod: method })
  })
})
