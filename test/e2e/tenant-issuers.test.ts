import { readFile } from 'node:fs/promises'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Transport } from '../../src/http/fetch.ts'
import { FetchError } from '../../src/http/fetch-error.ts'
import type { Key, PublicJwk } from '../../src/jose/jwk/index.ts'
import { signJwt } from '../../src/jose/jwt/index.ts'
import {
  issuerTemplate,
  OpenIdClient,
  type OpenIdClientOptions,
  type OpenIdTokenSet,
} from '../../src/oidc/client/index.ts'
import { answer, NOW, signingKey, TestClock } from '../support/stub-provider.ts'

interface Recorded {
  readonly url: string
  readonly document: Readonly<Record<string, unknown>> & { issuer: string; jwks_uri: string; token_endpoint: string }
}

const entra: {
  readonly metadata: Readonly<Record<'common' | 'organizations' | 'consumers' | 'b2c', Recorded>>
  readonly keyIssuers: Readonly<Record<'anyTenant' | 'consumers', string>>
  readonly tenants: Readonly<Record<'contoso' | 'fabrikam' | 'consumers', string>>
} = JSON.parse(await readFile(new URL('../fixtures/providers/entra.json', import.meta.url), 'utf8'))

const TEMPLATE = 'https://login.microsoftonline.com/{tenantid}/v2.0'
const { contoso, fabrikam, consumers } = entra.tenants
const issuerOf = (tenant: string): string => TEMPLATE.replace('{tenantid}', tenant)

const anyTenantKey = await signingKey('any', 'RS256')
const consumersKey = await signingKey('consumers', 'RS256')

/** The endpoint that was recorded, with keys whose private halves are known here. */
class Microsoft {
  readonly #recorded: Recorded
  readonly clock: TestClock = new TestClock()
  idToken = ''

  constructor(recorded: Recorded) {
    this.#recorded = recorded
  }

  readonly transport: Transport = async ({ url }) => {
    const { url: address, document } = this.#recorded
    if (url === address) return answer(200, document)
    if (url === document.jwks_uri) return answer(200, { keys: this.#keys() })
    if (url === document.token_endpoint)
      return answer(200, { access_token: 'T', token_type: 'Bearer', id_token: this.idToken })
    throw new FetchError('network', { url })
  }

  #keys(): (PublicJwk & { issuer: string })[] {
    return [
      { ...anyTenantKey.toPublicJwk(), issuer: entra.keyIssuers.anyTenant },
      { ...consumersKey.toPublicJwk(), issuer: entra.keyIssuers.consumers },
    ]
  }

  client(options: Partial<OpenIdClientOptions>): OpenIdClient {
    return new OpenIdClient({
      clientId: 'app',
      clientSecret: 'hush-hush',
      serverMetadataUrl: this.#recorded.url,
      redirectUri: 'https://app.example/cb',
      scope: 'openid profile',
      transport: this.transport,
      clock: this.clock.read,
      ...options,
    })
  }

  /** A login that ends with a token of these claims, signed with this key. */
  async logIn(
    options: Partial<OpenIdClientOptions>,
    claims: Readonly<Record<string, unknown>>,
    { key = anyTenantKey, iss }: { key?: Key; iss?: string } = {},
  ): Promise<OpenIdTokenSet> {
    const client = this.client(options)
    const { state, codeVerifier, nonce } = await client.createAuthorizationUrl()
    const usual = { sub: 'AAAA', aud: 'app', iat: NOW, exp: NOW + 3600, ver: '2.0', nonce }
    this.idToken = await signJwt({ ...usual, ...claims }, key, { alg: 'RS256' })
    const query = new URLSearchParams({ code: 'C', state, ...(iss !== undefined && { iss }) })
    const callback = await client.validateCallback(`https://app.example/cb?${query}`, { state })
    return client.fetchToken(callback, { codeVerifier, nonce })
  }
}

const refusedIssuer = { code: 'id_token_issuer_mismatch', stage: 'id_token' }

describe.each(['common', 'organizations'] as const)('authlib#605, next-auth#13440: Microsoft Entra, %s', (name) => {
  let microsoft: Microsoft
  const acceptIssuer = issuerTemplate(TEMPLATE)

  beforeEach(() => {
    microsoft = new Microsoft(entra.metadata[name])
  })

  it('is refused as long as nobody says that its issuer is a template', async () => {
    await expect(microsoft.client({}).metadata()).rejects.toMatchObject({ code: 'issuer_mismatch', stage: 'discovery' })
    const { url } = entra.metadata[name]
    const strict = microsoft.client({ serverMetadataUrl: url, issuer: issuerOf(contoso) })
    await expect(strict.metadata()).rejects.toMatchObject({ code: 'issuer_mismatch' })
  })

  it('logs in people of any tenant, each under the issuer of theirs', async () => {
    for (const tid of [contoso, fabrikam]) {
      const { userinfo } = await microsoft.logIn({ acceptIssuer }, { iss: issuerOf(tid), tid })
      expect(userinfo).toMatchObject({ iss: issuerOf(tid), tid, sub: 'AAAA' })
    }
  })

  it.each([
    ['of another tenant than it says', { iss: issuerOf(contoso), tid: fabrikam }],
    ['that says no tenant', { iss: issuerOf(contoso) }],
    ['from the template itself', { iss: TEMPLATE, tid: '{tenantid}' }],
    ['from a tenant that is no GUID', { iss: issuerOf('contoso.com'), tid: 'contoso.com' }],
    ['from another host', { iss: `https://sts.windows.net/${contoso}/`, tid: contoso }],
  ])('takes no token %s', async (_, claims) => {
    await expect(microsoft.logIn({ acceptIssuer }, claims)).rejects.toMatchObject(refusedIssuer)
  })

  it('takes no token of a tenant that was not named', async () => {
    const some = issuerTemplate(TEMPLATE, { tenants: [contoso] })
    expect(
      (await microsoft.logIn({ acceptIssuer: some }, { iss: issuerOf(contoso), tid: contoso })).userinfo,
    ).toBeDefined()
    const refused = microsoft.logIn({ acceptIssuer: some }, { iss: issuerOf(fabrikam), tid: fabrikam })
    await expect(refused).rejects.toMatchObject(refusedIssuer)
  })

  it('keeps the keys of one tenant to its tokens', async () => {
    const own = { iss: issuerOf(consumers), tid: consumers }
    expect((await microsoft.logIn({ acceptIssuer }, own, { key: consumersKey })).userinfo).toMatchObject(own)
    const foreign = microsoft.logIn({ acceptIssuer }, { iss: issuerOf(contoso), tid: contoso }, { key: consumersKey })
    await expect(foreign).rejects.toMatchObject({
      ...refusedIssuer,
      message: 'ID token refused: "iss" (Issuer) claim mismatch: the key is of another issuer',
    })
  })

  it('RFC 9207 §2.4: a response that names a tenant must end with a token of it', async () => {
    const claims = { iss: issuerOf(contoso), tid: contoso }
    expect((await microsoft.logIn({ acceptIssuer }, claims, { iss: issuerOf(contoso) })).userinfo).toMatchObject(claims)
    await expect(microsoft.logIn({ acceptIssuer }, claims, { iss: issuerOf(fabrikam) })).rejects.toMatchObject({
      ...refusedIssuer,
      message: '"iss" (Issuer) claim mismatch: expected the one of the response',
    })
    for (const iss of [TEMPLATE, 'https://evil.example']) {
      await expect(microsoft.logIn({ acceptIssuer }, claims, { iss })).rejects.toMatchObject({
        code: 'issuer_mismatch',
        stage: 'callback',
      })
    }
  })

  it('OIDC Core §12.2: a renewed token is of the tenant of the login', async () => {
    const client = microsoft.client({ acceptIssuer })
    const token = { access_token: 'T', token_type: 'Bearer', refresh_token: 'R' }
    const userinfo = { iss: issuerOf(contoso), tid: contoso, sub: 'AAAA', aud: 'app', exp: 1, iat: 0 }
    const claims = { iss: issuerOf(fabrikam), tid: fabrikam, sub: 'AAAA', aud: 'app', iat: NOW, exp: NOW + 60 }
    microsoft.idToken = await signJwt(claims, anyTenantKey, { alg: 'RS256' })
    await expect(client.refreshToken({ ...token, userinfo })).rejects.toMatchObject(refusedIssuer)
  })
})

describe('Microsoft Entra, consumers and B2C: one issuer, at another address', () => {
  it.each(['consumers', 'b2c'] as const)('%s needs to be told its issuer, and no template', async (name) => {
    const recorded = entra.metadata[name]
    const microsoft = new Microsoft(recorded)
    await expect(microsoft.client({}).metadata()).rejects.toMatchObject({ code: 'issuer_mismatch' })
    const { issuer } = recorded.document
    const { userinfo } = await microsoft.logIn({ issuer }, { iss: issuer })
    expect(userinfo?.iss).toBe(issuer)
    const refused = microsoft.logIn({ issuer }, { iss: issuerOf(contoso), tid: contoso })
    await expect(refused).rejects.toMatchObject(refusedIssuer)
  })
})

describe('a matcher of your own', () => {
  it('is asked about the metadata, the response and the token', async () => {
    const asked: string[] = []
    const microsoft = new Microsoft(entra.metadata.common)
    const acceptIssuer: OpenIdClientOptions['acceptIssuer'] = (issuer, { where, claims }) => {
      asked.push(`${where} ${issuer} ${claims?.['sub']}`)
      return true
    }
    await microsoft.logIn({ acceptIssuer }, { iss: issuerOf(contoso) }, { iss: issuerOf(contoso) })
    expect(asked).toEqual([
      `metadata ${TEMPLATE} undefined`,
      `response ${issuerOf(contoso)} undefined`,
      `token ${issuerOf(contoso)} AAAA`,
    ])
  })
})
