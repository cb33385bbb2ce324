import { describe, expect, it, vi } from 'vitest'
import { basic, body, post, TestServer, type TestServerOptions } from '../../../test/support/authorization-server.ts'
import { KeySet } from '../../jose/jwks/index.ts'
import { decodeUnverifiedJwt } from '../../jose/jwt/index.ts'
import { StoreValidator, type StoreValidatorOptions } from './store-validator.ts'

const audience = 'https://api.example'
const keys = await KeySet.generate(['ES256'])

function arrange(serverOptions: TestServerOptions = {}, options: Partial<StoreValidatorOptions> = {}) {
  const server = new TestServer({ audience: [audience], keys, ...serverOptions })
  const { issuer } = server.server
  const clock = (): number => server.time
  const validator = new StoreValidator({ store: server.store, audience, issuer, keys, clock, ...options })
  return { server, validator }
}

const unknown = {
  code: 'invalid_token',
  status: 401,
  reason: 'token_unknown',
  description: 'access token is unknown, has expired or was revoked',
}

describe.each(['opaque', 'jwt'] as const)('tokens of a server in the same process: %s', (accessTokenFormat) => {
  it('say who they are for, and how that person was authenticated', async () => {
    const { server, validator } = arrange({ accessTokenFormat })
    const { access_token = '' } = await server.tokens()
    expect(await validator.validate(access_token)).toMatchObject({
      subject: 'alice',
      clientId: 'web',
      scopes: ['read'],
      authTime: 1_699_999_000,
      expiresAt: server.time / 1000 + 3600,
    })
  })

  it('are the client’s own where nobody else takes part', async () => {
    const { server, validator } = arrange({ accessTokenFormat })
    const { access_token = '' } = body(
      await server.server.handle(post('/token', { grant_type: 'client_credentials', scope: 'read' }, basic())),
    )
    expect(await validator.validate(access_token)).toMatchObject({ subject: 'web', clientId: 'web' })
  })

  it('are refused once they have expired', async () => {
    const { server, validator } = arrange({ accessTokenFormat })
    const { access_token = '' } = await server.tokens()
    server.wait(3600 + 31)
    await expect(validator.validate(access_token)).rejects.toMatchObject({ code: 'invalid_token', status: 401 })
  })

  it('are refused once they, or their family, were revoked', async () => {
    const { server, validator } = arrange({ accessTokenFormat })
    const { access_token = '', refresh_token = '' } = await server.tokens()
    await validator.validate(access_token)
    await server.revoke({ token: access_token }, basic())
    await expect(validator.validate(access_token)).rejects.toMatchObject(unknown)
    const renewed = body(await server.refresh(refresh_token))['access_token'] ?? ''
    await validator.validate(renewed)
    await server.revoke({ token: body(await server.refresh(refresh_token))['refresh_token'] ?? '' }, basic())
    await expect(validator.validate(renewed)).rejects.toMatchObject(unknown)
  })

  it('are refused where they are for another resource', async () => {
    const { server, validator } = arrange({ accessTokenFormat, audience: ['https://other.example'] })
    const { access_token = '' } = await server.tokens()
    await expect(validator.validate(access_token)).rejects.toMatchObject({
      code: 'invalid_token',
      reason: 'token_audience',
    })
  })

  it('are no refresh tokens', async () => {
    const { server, validator } = arrange({ accessTokenFormat })
    const { refresh_token = '' } = await server.tokens()
    await expect(validator.validate(refresh_token)).rejects.toMatchObject(unknown)
  })
})

describe('opaque tokens of a server in the same process', () => {
  it('that are for nobody in particular are refused, unless that was asked for', async () => {
    const server = new TestServer()
    const { access_token = '' } = await server.tokens()
    const options = { store: server.store, audience, clock: () => server.time }
    await expect(new StoreValidator(options).validate(access_token)).rejects.toMatchObject({ reason: 'token_audience' })
    const open = new StoreValidator({ ...options, allowMissingAudience: true })
    expect(await open.validate(access_token)).toMatchObject({ subject: 'alice' })
  })

  it.each(['', 'x', 'a'.repeat(10_000), '\0', '__proto__'])('are not %j', async (value) => {
    await expect(arrange().validator.validate(value)).rejects.toMatchObject(unknown)
  })

  it('RFC 6749 §10.10: of the form of the server, but with another checksum or kind, never reach the store', async () => {
    const { server } = arrange()
    const { access_token: token = '', refresh_token: refresh = '' } = await server.tokens()
    const findAccessToken = vi.spyOn(server.store, 'findAccessToken')
    const validator = new StoreValidator({ store: server.store, audience, clock: () => server.time })
    const mangled = `${token.slice(0, -1)}${token.endsWith('A') ? 'Q' : 'A'}`
    for (const value of [mangled, token.replace('_at_', '_rt_'), refresh])
      await expect(validator.validate(value)).rejects.toMatchObject(unknown)
    expect(findAccessToken).not.toHaveBeenCalled()
    expect(await validator.validate(token)).toMatchObject({ subject: 'alice' })
  })

  it('of another form are looked up: they may come from whoever kept tokens here before', async () => {
    const { server } = arrange()
    const findAccessToken = vi.spyOn(server.store, 'findAccessToken')
    const validator = new StoreValidator({ store: server.store, audience, clock: () => server.time })
    const foreign = ['0f1e2d3c4b5a', `gho_${'A'.repeat(36)}`, `aw_at_${'A'.repeat(40)}`]
    for (const value of foreign) await expect(validator.validate(value)).rejects.toMatchObject(unknown)
    expect(findAccessToken).toHaveBeenCalledTimes(foreign.length)
  })

  it('RFC 7519 §4.1.7: cannot be made of the name of a JWT, which is no secret', async () => {
    const { server } = arrange({ accessTokenFormat: 'jwt' })
    const { access_token = '' } = await server.tokens()
    const { jti } = decodeUnverifiedJwt(access_token).claims
    const withoutKeys = new StoreValidator({ store: server.store, audience, clock: () => server.time })
    for (const value of [`jti.${jti}`, access_token]) {
      await expect(withoutKeys.validate(value)).rejects.toMatchObject({ reason: 'token_unrecognized' })
    }
  })

  it('RFC 9449 §6: keep what they are bound to', async () => {
    const { server, validator } = arrange()
    const store = {
      findAccessToken: async (id: string) => ({
        id,
        client_id: 'app',
        scope: '',
        audience: [audience],
        cnf: { jkt: 'x' },
        act: { sub: 'admin' },
        claims: { sub: 'mallory', roles: ['editor'] },
        created_at: 0,
        expires_at: 2e9,
      }),
    }
    const bound = new StoreValidator({ store, audience, clock: () => server.time })
    expect(await bound.validate('t')).toMatchObject({
      subject: 'app',
      cnf: { jkt: 'x' },
      act: { sub: 'admin' },
      roles: ['editor'],
    })
    expect(validator.metadata).toEqual({ authorization_servers: [server.server.issuer] })
  })
})

describe('StoreValidator set-up', () => {
  it.each<[string, Partial<StoreValidatorOptions>]>([
    ['"audience" is missing: expected the name of this API in its tokens', { audience: '' }],
    ['"keys" are given without "issuer": expected the name of the server too', { keys }],
  ])('refuses: %s', (problem, options) => {
    const { store } = new TestServer()
    expect(() => new StoreValidator({ store, audience, ...options })).toThrow(`StoreValidator: ${problem}`)
  })
})
