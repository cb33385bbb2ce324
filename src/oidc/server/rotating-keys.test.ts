import { describe, expect, it } from 'vitest'
import { APP, TestProvider } from '../../../test/support/openid-provider.ts'
import type { AlgorithmName } from '../../jose/jwk/index.ts'
import { KeySet, type PublicJwks, RotatingKeys } from '../../jose/jwks/index.ts'
import { decodeUnverifiedJwt } from '../../jose/jwt/index.ts'
import { AuthorizationServer } from '../../oauth2/server/index.ts'
import { MemoryStore } from '../../stores/memory.ts'

const DAY = 86_400

/** A provider whose keys rotate every 30 days, by its own clock. */
async function create(algorithms: readonly AlgorithmName[] = ['ES256']) {
  const clock = { time: 1_700_000_000_000 }
  const keys = await RotatingKeys.open({ algorithms, rotateEvery: '30d', clock: () => clock.time })
  const lifetimes = { accessToken: '2d' } as const
  const provider = new TestProvider({ keys, accessTokenFormat: 'jwt', lifetimes, openid: { idTokenLifetime: '2d' } })
  const wait = async (seconds: number): Promise<void> => {
    provider.wait(seconds)
    clock.time = provider.time
    await keys.refresh()
  }
  return { provider, keys, wait }
}

async function get(provider: TestProvider, path: string, headers: Record<string, string> = {}): Promise<Response> {
  return provider.server.fetch(new Request(`${provider.server.issuer}${path}`, { headers }))
}

async function published(provider: TestProvider): Promise<(string | undefined)[]> {
  const { keys }: PublicJwks = await (await get(provider, '/jwks')).json()
  return keys.map(({ kid }) => kid)
}

const kidOf = (jwt: string | undefined): unknown => decodeUnverifiedJwt(jwt ?? '').header.kid

describe('OIDC Core §10.1.1 a server whose keys rotate', () => {
  it('publishes the next key ahead, signs with it in time, and still knows the one before', async () => {
    const { provider, wait } = await create()
    const [first] = await published(provider)
    const before = await provider.tokens(await provider.login(provider.browser()))
    expect([kidOf(before.id_token), kidOf(before.access_token)]).toEqual([first, first])

    await wait(29 * DAY)
    const both = await published(provider)
    expect(both).toHaveLength(2)
    expect(both).toContain(first)
    const late = await provider.tokens(await provider.login(provider.browser()))
    expect(kidOf(late.id_token)).toBe(first)

    await wait(DAY)
    const second = both.find((kid) => kid !== first)
    expect(await published(provider)).toEqual(expect.arrayContaining([first, second]))
    const after = await provider.tokens(await provider.login(provider.browser()))
    expect([kidOf(after.id_token), kidOf(after.access_token)]).toEqual([second, second])

    const userinfo = await get(provider, '/userinfo', { authorization: `Bearer ${late.access_token}` })
    expect(userinfo.status).toBe(200)
    const hint = { id_token_hint: late.id_token ?? '', prompt: 'none' }
    const { away } = await provider.browser().open(provider.url(hint))
    // Nobody is signed in in this browser; what counts is that the hint was understood.
    expect(away?.searchParams.get('error')).toBe('login_required')
  })

  it('forgets a key when nothing that it has signed is good any more', async () => {
    const { provider, wait } = await create()
    const [first] = await published(provider)
    await wait(29 * DAY)
    await wait(DAY)
    await wait(8 * DAY)
    expect(await published(provider)).not.toContain(first)
  })

  it('says in its metadata what it signs with now', async () => {
    const { provider, keys, wait } = await create(['ES256', 'EdDSA'])
    const path = '/.well-known/openid-configuration'
    const first = await (await get(provider, path)).json()
    expect(first).toMatchObject({ id_token_signing_alg_values_supported: ['ES256', 'EdDSA'] })
    await keys.rotate({ alg: 'EdDSA', immediately: true })
    await wait(1)
    const second = await (await get(provider, path)).json()
    expect(second.id_token_signing_alg_values_supported).toEqual(expect.arrayContaining(['ES256', 'EdDSA']))
  })
})

describe('RFC 8414 §2 keys that come later', () => {
  it('have their place from the start', async () => {
    const keys = { current: new KeySet([]) }
    const server = new AuthorizationServer({ issuer: 'https://op.example', store: new MemoryStore(), keys })
    const jwks = async (): Promise<PublicJwks> => (await server.fetch(new Request('https://op.example/jwks'))).json()
    expect(server.metadata().jwks_uri).toBe('https://op.example/jwks')
    expect(await jwks()).toEqual({ keys: [] })
    keys.current = await KeySet.generate(['ES256'])
    expect(await jwks()).toEqual(keys.current.toPublicJwks())
  })

  it('are served from then on, and metadata follows', async () => {
    const keys = { current: await KeySet.generate(['ES256']) }
    const provider = new TestProvider({ keys, clients: [APP] })
    const path = '/.well-known/openid-configuration'
    const algorithms = async (): Promise<unknown> =>
      (await (await get(provider, path)).json())['id_token_signing_alg_values_supported']
    expect(await algorithms()).toEqual(['ES256'])
    keys.current = await KeySet.generate(['EdDSA', 'RS256'])
    expect(await algorithms()).toEqual(['EdDSA', 'RS256'])
    expect(await published(provider)).toEqual(keys.current.keys.map(({ kid }) => kid))
  })
})
