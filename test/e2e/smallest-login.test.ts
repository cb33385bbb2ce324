import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { es256, rs256 } from '../../src/jose/algorithms/signatures.ts'
import type { ClientSecretBasic } from '../../src/oauth2/client/index.ts'
import type { LoginClient, LoginProvider } from '../../src/oidc/client/login-client.ts'
import { frameworks } from '../support/login-apps.ts'
import { CLIENT_SECRET, LoginWorld } from '../support/login-world.ts'

/** What an application at the edge needs that logs people in with one provider. */
const login = `
  export { ClientSecretBasic } from './src/oauth2/client/index.ts'
  export { LoginClient } from './src/oidc/client/index.ts'
  export { es256, rs256 } from './src/jose/algorithms/signatures.ts'
`
/** The same with all that a client can do. */
const everything = "export { OpenIdClient } from './src/oidc/client/index.ts'"

async function bundle(contents: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: fileURLToPath(new URL('../..', import.meta.url)) },
    ...{ bundle: true, minify: true, format: 'esm', platform: 'neutral', write: false },
  })
  return outputFiles[0]?.text ?? ''
}

const kilobytes = (code: string): number => gzipSync(code, { level: 9 }).length / 1000

interface Door {
  readonly LoginClient: typeof LoginClient
  readonly ClientSecretBasic: typeof ClientSecretBasic
  readonly es256: typeof es256
  readonly rs256: typeof rs256
}

/** Kilobytes, gzip: 16.6 when this was written. What a login does not need has to stay out. */
const CEILING = 17

let code: string
let door: Door
const world = new LoginWorld(frameworks[0] ?? expect.fail('no framework'))

beforeAll(async () => {
  code = await bundle(login)
  door = await import(`data:text/javascript,${encodeURIComponent(code)}`)
  await world.open()
})

afterAll(() => world.close())

async function client(clientId = 'basic', clientSecret?: string): Promise<LoginClient> {
  const metadata = await fetch(`${world.issuer}/.well-known/openid-configuration`)
  const provider = (await metadata.json()) as LoginProvider
  return new door.LoginClient({
    ...{ provider, clientId, redirectUri: `${world.origin}/callback`, algorithms: [door.rs256, door.es256] },
    ...(clientSecret !== undefined && { tokenEndpointAuthMethod: new door.ClientSecretBasic(clientSecret) }),
  })
}

async function logIn(rp: LoginClient): Promise<unknown> {
  const { url, ...kept } = await rp.createAuthorizationUrl()
  const { away } = await world.person().signIn(new URL(url))
  const { userinfo } = await rp.fetchToken(rp.validateCallback(`${away}`, kept), kept)
  return userinfo
}

describe('the smallest login: a code, PKCE, state, nonce, and an ID token that was verified', () => {
  it('has a size that is held: what it does not use is not in it', async () => {
    expect(kilobytes(code)).toBeLessThan(CEILING)
    expect(kilobytes(code)).toBeLessThan(kilobytes(await bundle(everything)) / 1.8)
    expect(code).not.toMatch(/PBES2|ECDH|aes-|createPrivateKey|BEGIN|refresh_token=|revocation_endpoint|RSA-OAEP/)
  })

  it('logs in at our provider, with a secret and without, on node:crypto and on WebCrypto', async () => {
    expect(await logIn(await client('basic', CLIENT_SECRET))).toMatchObject({ sub: 'ada', aud: 'basic' })
    const rp = await client('public')
    vi.stubGlobal('process', undefined)
    const claims = await logIn(rp).finally(() => vi.unstubAllGlobals())
    expect(claims).toMatchObject({ sub: 'ada', aud: 'public' })
  })

  it('refuses the answer to another login', async () => {
    const rp = await client('public')
    const { url, ...kept } = await rp.createAuthorizationUrl()
    const { away } = await world.person().signIn(new URL(url))
    const other = await rp.createAuthorizationUrl()
    expect(() => rp.validateCallback(`${away}`, other)).toThrow(expect.objectContaining({ code: 'state_mismatch' }))
    const callback = rp.validateCallback(`${away}`, kept)
    await expect(rp.fetchToken(callback, { ...kept, nonce: other.nonce })).rejects.toMatchObject({
      code: 'id_token_nonce_mismatch',
    })
  })
})
