import { describe, expect, it } from 'vitest'
import { answer } from '../../../../test/support/stub-provider.ts'
import type { OutgoingRequest } from '../../../http/fetch.ts'
import { OAuth2Client } from '../client.ts'
import type { OAuth2ClientOptions } from '../options.ts'
import { SelfSignedTlsClientAuth, TlsClientAuth } from './mutual-tls.ts'

const metadata = {
  issuer: 'https://op.example',
  authorization_endpoint: 'https://op.example/authorize',
  token_endpoint: 'https://op.example/token',
  revocation_endpoint: 'https://op.example/revoke',
  introspection_endpoint: 'https://op.example/introspect',
}
const aliases = {
  token_endpoint: 'https://mtls.op.example/token',
  introspection_endpoint: 'https://mtls.op.example/introspect',
}

function setUp(
  method: OAuth2ClientOptions['tokenEndpointAuthMethod'],
  members: object,
  options: Partial<OAuth2ClientOptions> = {},
) {
  const requests: OutgoingRequest[] = []
  const client = new OAuth2Client({
    clientId: 'app',
    issuer: 'https://op.example',
    redirectUri: 'https://app.example/cb',
    ...(method !== undefined && { tokenEndpointAuthMethod: method }),
    ...options,
    transport: async (request) => {
      if (request.url.includes('.well-known')) return answer(200, { ...metadata, ...members })
      requests.push(request)
      return answer(200, { access_token: 'a', token_type: 'Bearer' })
    },
  })
  const call = () =>
    client.callEndpoint('introspection_endpoint', {}, { stage: 'introspection', moment: 'introspectToken' })
  return { client, requests, call, asked: () => requests.map(({ url, body }) => [url, body]) }
}

describe.each([
  ['tls_client_auth', new TlsClientAuth()],
  ['self_signed_tls_client_auth', new SelfSignedTlsClientAuth()],
])('RFC 8705 §2, §2.1 and §2.2: %s', (name, method) => {
  it('says who it is in the body, and at which endpoints the certificate is asked for', async () => {
    expect(method.method).toBe(name)
    const { client, call, asked } = setUp(method, { mtls_endpoint_aliases: aliases })
    await client.clientCredentials()
    await call()
    await client.revokeToken('t')
    expect(asked()).toEqual([
      ['https://mtls.op.example/token', 'grant_type=client_credentials&client_id=app'],
      ['https://mtls.op.example/introspect', 'client_id=app'],
      // §5: one that has no alias is called where it is.
      ['https://op.example/revoke', 'token=t&client_id=app'],
    ])
  })

  it('sends browsers where they always go', async () => {
    const { client } = setUp(method, { mtls_endpoint_aliases: aliases })
    expect((await client.createAuthorizationUrl()).url).toMatch(/^https:\/\/op\.example\/authorize\?/)
  })

  it('goes to the usual endpoints of a server that has no others', async () => {
    const { client, asked } = setUp(method, {})
    await client.clientCredentials()
    expect(asked()).toEqual([['https://op.example/token', 'grant_type=client_credentials&client_id=app']])
  })
})

describe('RFC 8705 §5 mtls_endpoint_aliases', () => {
  it('are not for clients that show no certificate', async () => {
    const { client, asked } = setUp(undefined, { mtls_endpoint_aliases: aliases })
    await client.clientCredentials()
    expect(asked()[0]?.[0]).toBe('https://op.example/token')
  })

  it('that are discovered stand below what the options say, those of the options above', async () => {
    const members = { mtls_endpoint_aliases: aliases }
    const given = {
      serverMetadataUrl: 'https://op.example/.well-known/openid-configuration',
      accessTokenUrl: 'https://gateway.example/token',
    }
    const { client, call, asked } = setUp(new TlsClientAuth(), members, given)
    await client.clientCredentials()
    await call()
    const own = { ...given, serverMetadata: { mtls_endpoint_aliases: { token_endpoint: 'https://own.example/token' } } }
    const other = setUp(new TlsClientAuth(), members, own)
    await other.client.clientCredentials()
    expect([...asked(), ...other.asked()].map(([url]) => url)).toEqual([
      'https://gateway.example/token',
      'https://mtls.op.example/introspect',
      'https://own.example/token',
    ])
  })

  it('cannot say who the server is', async () => {
    const { client } = setUp(new TlsClientAuth(), { mtls_endpoint_aliases: { issuer: 'https://evil.example' } })
    expect((await client.metadata()).issuer).toBe('https://op.example')
  })

  it.each([{ token_endpoint: 'http://op.example/token' }, { token_endpoint: 5 }, 'https://op.example'])(
    'must be endpoints: not %j',
    async (members) => {
      const { client } = setUp(new TlsClientAuth(), { mtls_endpoint_aliases: members })
      await expect(client.clientCredentials()).rejects.toMatchObject({
        code: 'metadata_invalid',
        message:
          '"mtls_endpoint_aliases" in the server metadata is missing or invalid: expected an object of absolute URLs with https',
      })
    },
  )
})

describe('a way of authentication of one’s own', () => {
  it('is a function of who asks whom', async () => {
    const { client, requests } = setUp(
      ({ clientId, endpoint, issuer }) => ({
        headers: { 'x-signature': `${clientId} ${endpoint} ${issuer}` },
        parameters: { extra: 'yes' },
      }),
      {},
    )
    await client.clientCredentials()
    expect(requests[0]?.headers).toContainEqual(['x-signature', 'app https://op.example/token https://op.example'])
    expect(requests[0]?.body).toBe('grant_type=client_credentials&extra=yes')
  })

  it('or an object with a name', async () => {
    const { client, requests } = setUp(
      { method: 'api_key', authenticate: () => ({ headers: { 'x-api-key': 'k' } }) },
      {},
    )
    await client.clientCredentials()
    expect(requests[0]?.headers).toContainEqual(['x-api-key', 'k'])
  })
})
