import { describe, expect, it } from 'vitest'
import { answer } from '../../../test/support/stub-provider.ts'
import type { OutgoingRequest, OutgoingResponse } from '../../http/fetch.ts'
import { headerOf } from '../../http/response.ts'
import { OAuth2Client } from './client.ts'
import type { ComplianceHooks, WireMoment } from './compliance.ts'

const token = { access_token: 'a', token_type: 'Bearer', refresh_token: 'r' }

function setUp(compliance: ComplianceHooks | ComplianceHooks[], response: OutgoingResponse = answer(200, token)) {
  const requests: OutgoingRequest[] = []
  const client = new OAuth2Client({
    clientId: 'app',
    accessTokenUrl: 'https://op.example/token',
    authorizeUrl: 'https://op.example/authorize',
    serverMetadata: {
      revocation_endpoint: 'https://op.example/revoke',
      introspection_endpoint: 'https://op.example/introspect',
      pushed_authorization_request_endpoint: 'https://op.example/par',
    },
    redirectUri: 'https://app.example/cb',
    apiBaseUrl: 'https://api.example/',
    userAgent: 'test',
    compliance,
    transport: async (request) => {
      requests.push(request)
      return response
    },
  })
  return { client, requests }
}

/** A hook that comes later than it was called, and leaves a mark. */
const mark =
  (name: string) =>
  async (request: Request): Promise<Request> => {
    await new Promise(setImmediate)
    const headers = new Headers(request.headers)
    headers.append('x-mark', name)
    return new Request(request, { headers })
  }

const pushed = answer(201, { request_uri: 'urn:x', expires_in: 60 })

type Call = (client: OAuth2Client) => Promise<unknown>

const MOMENTS: [WireMoment, Call, OutgoingResponse?][] = [
  ['accessToken', (client) => client.clientCredentials()],
  ['refreshToken', (client) => client.refreshToken(token)],
  ['revokeToken', (client) => client.revokeToken('x')],
  ['protected', (client) => client.post('files', { token, json: {} })],
  ['protected', (client) => client.get('files', { withholdToken: true })],
  [
    'pushedAuthorization',
    (client) =>
      client.callEndpoint(
        'pushed_authorization_request_endpoint',
        {},
        { stage: 'authorization', moment: 'pushedAuthorization' },
      ),
    pushed,
  ],
  [
    'introspectToken',
    (client) =>
      client.callEndpoint('introspection_endpoint', {}, { stage: 'introspection', moment: 'introspectToken' }),
  ],
]

describe('S24 hooks at every moment on the wire', () => {
  it.each(MOMENTS)('%s: see what is sent and what came, one after the other', async (moment, call, response) => {
    const seen: string[] = []
    const look = (name: string) => async (received: Response) => {
      seen.push(`${name} ${received.status} ${(await received.clone().text()).length > 0}`)
      return received
    }
    const { client, requests } = setUp(
      [
        { [`${moment}Request`]: mark('first'), [`${moment}Response`]: look('first') },
        { [`${moment}Request`]: mark('second'), [`${moment}Response`]: look('second') },
      ],
      response,
    )
    await call(client)
    const status = response?.status ?? 200
    expect(headerOf({ headers: requests[0]?.headers ?? [] }, 'x-mark')).toBe('first, second')
    expect(seen).toEqual([`first ${status} true`, `second ${status} true`])
  })

  it('are for their moment only', async () => {
    const { client, requests } = setUp({ refreshTokenRequest: mark('refresh'), protectedRequest: mark('api') })
    await client.clientCredentials()
    await client.revokeToken('x')
    for (const { headers = [] } of requests) expect(headerOf({ headers }, 'x-mark')).toBeUndefined()
  })

  it('may change address, method, headers and body of a request', async () => {
    const accessTokenRequest = async (request: Request): Promise<Request> => {
      const form = new URLSearchParams(await request.text())
      form.set('client_key', form.get('client_id') ?? '')
      return new Request('https://op.example/v2/token', { method: 'PUT', body: form.toString() })
    }
    const { client, requests } = setUp({ accessTokenRequest })
    await client.clientCredentials()
    expect(requests[0]).toMatchObject({ url: 'https://op.example/v2/token', method: 'PUT' })
    expect(new TextDecoder().decode(requests[0]?.body as Uint8Array)).toBe(
      'grant_type=client_credentials&client_id=app&client_key=app',
    )
  })

  it('read a token answer that is a form, which nothing else does', async () => {
    const form = answer(200, 'access_token=a&token_type=bearer', 'application/x-www-form-urlencoded')
    await expect(setUp({}, form).client.clientCredentials()).rejects.toMatchObject({ code: 'token_response_invalid' })
    const accessTokenResponse = async (response: Response): Promise<Response> =>
      Response.json(Object.fromEntries(new URLSearchParams(await response.text())))
    expect(await setUp({ accessTokenResponse }, form).client.clientCredentials()).toEqual({
      access_token: 'a',
      token_type: 'bearer',
    })
  })

  it('fail as they are', async () => {
    const fault = new RangeError('a fault of the hook')
    const failing = { protectedResponse: () => Promise.reject(fault), authorizationUrl: () => Promise.reject(fault) }
    await expect(setUp(failing).client.get('files', { token })).rejects.toBe(fault)
    await expect(setUp(failing).client.createAuthorizationUrl()).rejects.toBe(fault)
  })

  it('authorizationUrl: several change the URL that the browser is sent to, in their order', async () => {
    const add = (name: string) => async (url: URL) => new URL(`${url.href}&${name}`)
    const { client } = setUp([{ authorizationUrl: add('one') }, {}, { authorizationUrl: add('two') }])
    expect((await client.createAuthorizationUrl()).url).toMatch(/&one&two$/)
  })
})
