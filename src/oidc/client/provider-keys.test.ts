import { beforeEach, describe, expect, it } from 'vitest'
import { answer, StubProvider, signingKey, TestClock, withoutKid } from '../../../test/support/stub-provider.ts'
import { Key } from '../../jose/jwk/index.ts'
import { encodeUtf8 } from '../../util/bytes.ts'
import { OpenIdClient } from './client.ts'
import type { OpenIdClientOptions } from './options.ts'

let provider: StubProvider
let clock: TestClock

beforeEach(async () => {
  clock = new TestClock()
  provider = await StubProvider.create('https://op.example', clock)
})

function client(options: Partial<OpenIdClientOptions> = {}): OpenIdClient {
  const { issuer, transport } = provider
  return new OpenIdClient({ clientId: 'app', issuer, transport, clock: clock.read, scope: 'openid', ...options })
}

async function parse(rp: OpenIdClient, claims: Record<string, unknown> = {}) {
  return rp.parseIdToken({ access_token: 'T', token_type: 'Bearer', id_token: await provider.signIdToken(claims) })
}

describe('OIDC Core §10.1.1 rotation of signing keys', () => {
  it('fetches the keys once for many tokens', async () => {
    const rp = client()
    await Promise.all(Array.from({ length: 10 }, () => parse(rp)))
    expect(provider.count('/jwks')).toBe(1)
    expect(provider.count('/.well-known/openid-configuration')).toBe(1)
  })

  it('looks again for a kid that it does not know', async () => {
    const rp = client()
    await parse(rp)
    clock.advance(31)
    provider.signer = await signingKey('k2')
    provider.published = [provider.signer]
    expect((await parse(rp)).report.signature).toBe('verified')
    expect(provider.count('/jwks')).toBe(2)
  })

  it('does not look again and again: whoever sends tokens chooses the kid', async () => {
    const rp = client()
    await parse(rp)
    for (const name of ['x1', 'x2', 'x3']) {
      provider.signer = await signingKey(name)
      await expect(parse(rp)).rejects.toMatchObject({ code: 'id_token_key_not_found' })
    }
    expect(provider.count('/jwks')).toBe(1)
  })

  it('authlib parse_id_token: looks once again after a bad signature, for a key that was replaced under the same kid', async () => {
    const rp = client()
    await parse(rp)
    provider.signer = await Key.generate('ES256', { kid: 'k1' })
    provider.published = [provider.signer]
    expect((await parse(rp)).report.signature).toBe('verified')
    expect(provider.count('/jwks')).toBe(2)
  })

  it('all who log in at that moment get in, by one fetch', async () => {
    const rp = client()
    await parse(rp)
    provider.signer = await Key.generate('ES256', { kid: 'k1' })
    provider.published = [provider.signer]
    const parsed = await Promise.all(Array.from({ length: 10 }, () => parse(rp)))
    expect(parsed.map(({ report }) => report.signature)).toEqual(Array.from({ length: 10 }, () => 'verified'))
    expect(provider.count('/jwks')).toBe(2)
  })

  it('and whoever comes while the keys are being fetched, or was being verified when they came', async () => {
    const rp = client()
    await parse(rp)
    provider.signer = await Key.generate('ES256', { kid: 'k1' })
    const keys = { keys: [provider.signer.toPublicJwk()] }
    let later: ReturnType<typeof parse> | undefined
    provider.handlers.set('/jwks', () => {
      later ??= parse(rp)
      return answer(200, keys)
    })
    expect((await parse(rp)).report.signature).toBe('verified')
    expect((await later)?.report.signature).toBe('verified')
    expect(provider.count('/jwks')).toBe(2)
  })

  it('next time also where the request that fetched them went away, and its fetch never ended', async () => {
    const rp = client()
    await parse(rp)
    const asked = new Promise<void>((resolve) => {
      provider.handlers.set('/jwks', () => {
        resolve()
        return new Promise(() => undefined)
      })
    })
    provider.signer = await Key.generate('ES256', { kid: 'k1' })
    provider.published = [provider.signer]
    void parse(rp)
    await asked
    provider.handlers.delete('/jwks')
    clock.advance(60)
    expect((await parse(rp)).report.signature).toBe('verified')
  })

  it('and for a key without a kid', async () => {
    provider.signer = await withoutKid(await signingKey('k1'))
    provider.published = [provider.signer]
    const rp = client()
    await parse(rp)
    provider.signer = await withoutKid(await signingKey('k2'))
    provider.published = [provider.signer]
    expect((await parse(rp)).report.signature).toBe('verified')
  })

  it('a flood of bad signatures causes one fetch in thirty seconds', async () => {
    const rp = client()
    await parse(rp)
    provider.signer = await Key.generate('ES256', { kid: 'k1' })
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      await expect(parse(rp)).rejects.toMatchObject({ code: 'id_token_signature_invalid' })
    }
    expect(provider.count('/jwks')).toBe(2)
    clock.advance(30)
    await expect(parse(rp)).rejects.toMatchObject({ code: 'id_token_signature_invalid' })
    expect(provider.count('/jwks')).toBe(3)
  })

  it('says that the keys cannot be had', async () => {
    provider.handlers.set('/jwks', () => answer(503, 'down', 'text/html'))
    await expect(parse(client())).rejects.toMatchObject({ code: 'keys_unavailable', stage: 'id_token' })
    provider.handlers.set('/jwks', () => answer(200, { keys: 'none' }))
    await expect(parse(client())).rejects.toMatchObject({ code: 'keys_unavailable' })
  })
})

describe('OIDC Core §3.1.3.7 which algorithms are accepted', () => {
  it('those that the provider lists, but never "none" or HMAC because it lists them', async () => {
    provider.metadata = { id_token_signing_alg_values_supported: ['none', 'HS256', 'ES256'] }
    expect((await parse(client())).report.alg).toBe('ES256')
    provider.metadata = { id_token_signing_alg_values_supported: ['none', 'HS256'] }
    await expect(parse(client())).rejects.toMatchObject({
      code: 'id_token_algorithm_refused',
      message: expect.stringContaining('expected "RS256"'),
    })
  })

  it('RS256 where it lists none', async () => {
    provider.metadata = { id_token_signing_alg_values_supported: undefined }
    await expect(parse(client())).rejects.toMatchObject({ message: expect.stringContaining('expected "RS256"') })
    provider.signer = await signingKey('rsa', 'RS256')
    provider.published = [provider.signer]
    provider.alg = 'RS256'
    expect((await parse(client())).report.alg).toBe('RS256')
  })

  it('the one that the client says, whatever the provider lists', async () => {
    await expect(parse(client({ idTokenSignedResponseAlg: 'PS256' }))).rejects.toMatchObject({
      code: 'id_token_algorithm_refused',
      message: expect.stringContaining('expected "PS256"'),
    })
  })

  it('an HMAC one with the secret of the client, where the client says so', async () => {
    const clientSecret = 'a client secret that is long enough'
    const rp = client({ clientSecret, idTokenSignedResponseAlg: 'HS256' })
    provider.signer = await Key.import(encodeUtf8(clientSecret))
    provider.alg = 'HS256'
    expect((await parse(rp)).report.alg).toBe('HS256')
    provider.signer = await Key.import(encodeUtf8('another secret that is also long enough'))
    await expect(parse(rp)).rejects.toMatchObject({ code: 'id_token_signature_invalid' })
    expect(provider.count('/jwks')).toBe(0)
  })
})

describe('the keys, given beforehand', () => {
  it('are used without asking', async () => {
    const jwks = { keys: [provider.signer.toPublicJwk()] }
    expect((await parse(client({ jwks }))).report.signature).toBe('verified')
    expect(provider.count('/jwks')).toBe(0)
  })

  it('must be findable', async () => {
    provider.metadata = { jwks_uri: undefined }
    await expect(parse(client())).rejects.toMatchObject({ code: 'endpoint_missing', parameter: 'jwks_uri' })
  })
})

describe('OIDC Core §3.1.2.1 the options of a client that logs people in', () => {
  const endpoints = { authorizeUrl: 'https://op.example/a', accessTokenUrl: 'https://op.example/t' }
  it.each<[Partial<OpenIdClientOptions>, string]>([
    [{ clockTolerance: Number.NaN }, '"clockTolerance" must be a whole number of seconds'],
    [{ clockTolerance: Number.POSITIVE_INFINITY }, '"clockTolerance" must be a whole number of seconds'],
    [{ idTokenSignedResponseAlg: 'none' }, '"idTokenSignedResponseAlg" must not be none'],
    [
      { idTokenSignedResponseAlg: 'HS512', clientSecret: 'short' },
      '"clientSecret" is too short for "idTokenSignedResponseAlg" HS512: expected at least 64 bytes',
    ],
    [{ idTokenSignedResponseAlg: 'HS256' }, '"clientSecret" is too short for "idTokenSignedResponseAlg" HS256'],
    [{ jwksUri: 'http://op.example/jwks' }, '"jwksUri" must be an absolute URL with https'],
    [{ userinfoEndpoint: '/userinfo' }, '"userinfoEndpoint" must be an absolute URL with https'],
    [endpoints, '"jwksUri" is missing: "scope" has openid'],
  ])('%j: %s', (options, problem) => {
    expect(() => client(options)).toThrow(problem)
  })

  it('authlib parse_id_token: without an issuer there is no login', () => {
    expect(
      () => new OpenIdClient({ clientId: 'app', scope: 'openid', jwksUri: 'https://op.example/jwks', ...endpoints }),
    ).toThrow('OpenIdClient: "issuer" is missing: "scope" has openid, and an ID token is only accepted from its issuer')
  })
})

describe('RFC 5861 §3, RFC 9111 §5.2.2.1 how long the keys of a provider are kept', () => {
  const serve = (cacheControl: string): void => {
    provider.handlers.set('/jwks', () => {
      const { headers, ...response } = answer(200, { keys: provider.published.map((key) => key.toPublicJwk()) })
      return { ...response, headers: [...headers, ['cache-control', cacheControl]] }
    })
  }

  it.each([
    ['max-age=1800', 1800],
    ['no-store', 60],
    ['max-age=86400', 3600],
    ['private', 600],
  ])('%s: %i seconds', async (cacheControl, seconds) => {
    serve(cacheControl)
    const rp = client()
    await parse(rp)
    clock.advance(seconds - 1)
    await parse(rp)
    expect(provider.count('/jwks')).toBe(1)
    clock.advance(1)
    await parse(rp)
    expect(provider.count('/jwks')).toBe(2)
  })

  it('just past their time nobody waits for the next ones', async () => {
    const rp = client()
    await parse(rp)
    clock.advance(600)
    provider.handlers.set('/jwks', () => new Promise(() => undefined))
    expect((await parse(rp)).report.signature).toBe('verified')
    expect((await parse(rp)).report.signature).toBe('verified')
    expect(provider.count('/jwks')).toBe(2)
  })

  it('a key that was withdrawn verifies no more when that time is over', async () => {
    const rp = client()
    await parse(rp)
    provider.published = [await signingKey('k2')]
    clock.advance(1200)
    await expect(parse(rp)).rejects.toMatchObject({ code: 'id_token_key_not_found' })
  })

  it('authlib compliance hooks: the moment "jwks" repairs what it publishes', async () => {
    const rp = client({
      compliance: { jwksResponse: async (response) => Response.json({ keys: (await response.json()).data }) },
    })
    provider.handlers.set('/jwks', () => answer(200, { data: provider.published.map((key) => key.toPublicJwk()) }))
    expect((await parse(rp)).report.signature).toBe('verified')
  })
})
