import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { nodeTransport } from 'authwright/http'
import { Key } from 'authwright/jose/jwk'
import {
  OAuth2Client,
  type OAuth2ClientOptions,
  SelfSignedTlsClientAuth,
  TlsClientAuth,
} from 'authwright/oauth2/client'
import Provider from 'oidc-provider'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const read = (name: string): string => readFileSync(new URL(`../fixtures/tls/${name}`, import.meta.url), 'utf8')
const ca = read('ca.pem')
const clientCertificate = { cert: read('client.pem'), key: read('client.key') }
const certificate = new X509Certificate(clientCertificate.cert)

const service = { redirect_uris: [], response_types: [], grant_types: ['client_credentials'] }
const bound = { tls_client_certificate_bound_access_tokens: true }
const clients = [
  {
    ...service,
    ...bound,
    client_id: 'trusted',
    token_endpoint_auth_method: 'tls_client_auth',
    tls_client_auth_subject_dn: 'CN=client',
  },
  {
    ...service,
    client_id: 'self-signed',
    token_endpoint_auth_method: 'self_signed_tls_client_auth',
    jwks: {
      keys: [{ ...certificate.publicKey.export({ format: 'jwk' }), x5c: [certificate.raw.toString('base64')] }],
    },
  },
]

interface TlsContext {
  readonly socket: TLSSocket
}

/** What the connection showed, where it showed any. */
function shown({ socket }: TlsContext): X509Certificate | undefined {
  const { raw } = socket.getPeerCertificate()
  return raw === undefined ? undefined : new X509Certificate(raw)
}

/** oidc-provider as it is without proxies in front: it asks for certificates itself. */
async function configure(issuer: string): Promise<Readonly<Record<string, unknown>>> {
  return {
    clients,
    jwks: { keys: [(await Key.generate('RS256')).toPrivateJwk()] },
    discovery: { mtls_endpoint_aliases: { token_endpoint: `${issuer}/token?alias` } },
    clientAuthMethods: ['none', 'tls_client_auth', 'self_signed_tls_client_auth'],
    ttl: { ClientCredentials: 60 },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      introspection: { enabled: true, allowedPolicy: () => true },
      mTLS: {
        enabled: true,
        certificateBoundAccessTokens: true,
        tlsClientAuth: true,
        selfSignedTlsClientAuth: true,
        getCertificate: shown,
        certificateAuthorized: ({ socket }: TlsContext) => socket.authorized,
        certificateSubjectMatches: (context: TlsContext, _property: string, expected: string) =>
          shown(context)?.subject === expected,
      },
    },
  }
}

let server: Server
let issuer: string
const asked: string[] = []
beforeAll(async () => {
  const identity = { key: read('server.key'), cert: read('server.pem') }
  server = createServer({ ...identity, ca, requestCert: true, rejectUnauthorized: false })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  issuer = `https://localhost:${(server.address() as AddressInfo).port}`
  server.on('request', new Provider(issuer, await configure(issuer)).callback())
  server.on('request', ({ method, url }) => asked.push(`${method} ${url}`))
})
afterAll(() => {
  server.close()
  server.closeAllConnections()
})

const client = (clientId: string, options: Partial<OAuth2ClientOptions>): OAuth2Client =>
  new OAuth2Client({ issuer, clientId, transport: nodeTransport({ ca, clientCertificate }), ...options })

describe('RFC 8705 §2: our client shows its certificate to oidc-provider', () => {
  it('tls_client_auth: of an authority, and its token is bound to it', async () => {
    const app = client('trusted', { tokenEndpointAuthMethod: new TlsClientAuth() })
    const { access_token } = await app.clientCredentials()
    const call = { stage: 'introspection', moment: 'introspectToken' } as const
    const { value } = await app.callEndpoint('introspection_endpoint', { token: access_token }, call)
    const thumbprint = Buffer.from(certificate.fingerprint256.replaceAll(':', ''), 'hex').toString('base64url')
    expect(value).toMatchObject({ active: true, cnf: { 'x5t#S256': thumbprint } })
  })

  it('self_signed_tls_client_auth: one that is registered', async () => {
    const app = client('self-signed', { tokenEndpointAuthMethod: new SelfSignedTlsClientAuth() })
    expect(await app.clientCredentials()).toMatchObject({ token_type: 'Bearer' })
  })

  it('§5: at the endpoint that the server has for it', async () => {
    asked.length = 0
    await client('self-signed', { tokenEndpointAuthMethod: new SelfSignedTlsClientAuth() }).clientCredentials()
    expect(asked.at(-1)).toBe('POST /token?alias')
  })

  it.each([
    ['trusted', new TlsClientAuth()],
    ['self-signed', new SelfSignedTlsClientAuth()],
  ])('and "%s" is nobody without it', async (clientId, tokenEndpointAuthMethod) => {
    const app = client(clientId, { tokenEndpointAuthMethod, transport: nodeTransport({ ca }) })
    await expect(app.clientCredentials()).rejects.toMatchObject({
      code: 'token_refused',
      refusal: { error: 'invalid_client' },
    })
  })
})
