import { generateEncryptionKey } from 'authwright/jose/jwe'
import { Key, type PrivateJwk } from 'authwright/jose/jwk'
import { OpenIdClient } from 'authwright/oidc/client'
import { TokenDecryption } from 'authwright/oidc/client/token-decryption'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SECRET } from './support/provider.ts'
import { Stranger } from './support/stranger.ts'

const redirectUri = 'https://app.example/callback'

/** How tokens and answers are encrypted for a client. */
const ENCRYPTIONS = [
  { alg: 'RSA-OAEP-256', enc: 'A256GCM' },
  { alg: 'ECDH-ES', enc: 'A128CBC-HS256' },
] as const

const keys = await Promise.all(ENCRYPTIONS.map(({ alg }) => generateEncryptionKey(alg)))

/** A client whose tokens are encrypted with the key at this place, and whose userinfo answers are signed. */
const register = (client_id: string, at: 0 | 1): object => ({
  client_id,
  client_secret: SECRET,
  redirect_uris: [redirectUri],
  grant_types: ['authorization_code', 'refresh_token'],
  jwks: { keys: [keys[at]?.toPublicJwk()] },
  id_token_encrypted_response_alg: ENCRYPTIONS[at].alg,
  id_token_encrypted_response_enc: ENCRYPTIONS[at].enc,
  userinfo_signed_response_alg: 'RS256',
})

const alsoUserinfo = ({ alg, enc }: (typeof ENCRYPTIONS)[number]): object => ({
  userinfo_encrypted_response_alg: alg,
  userinfo_encrypted_response_enc: enc,
})

let stranger: Stranger

beforeAll(async () => {
  const { alg: _, ...jwk } = (await Key.generate('RS256')).toPrivateJwk()
  stranger = await Stranger.start({
    clients: [
      { ...register(ENCRYPTIONS[0].alg, 0), ...alsoUserinfo(ENCRYPTIONS[0]) },
      { ...register(ENCRYPTIONS[1].alg, 1), ...alsoUserinfo(ENCRYPTIONS[1]) },
      register('signed', 0),
    ],
    keys: [{ ...jwk, use: 'sig' } as PrivateJwk],
    features: { encryption: { enabled: true }, jwtUserinfo: { enabled: true } },
  })
})
afterAll(() => stranger.close())

const logIn = async (client: OpenIdClient) => {
  const { url, state, codeVerifier, nonce } = await client.createAuthorizationUrl({ prompt: 'consent' })
  const { away } = await stranger.browser().open(url)
  const callback = await client.validateCallback(away ?? '', { state })
  return client.fetchToken(callback, { codeVerifier, nonce })
}

const shared = { clientSecret: SECRET, redirectUri, scope: 'openid email offline_access' }

describe.each(ENCRYPTIONS)('OIDC Core §10.2 oidc-provider encrypts with $alg and $enc', ({ alg, enc }) => {
  it('our client logs in, renews, and asks about the person', async () => {
    const key = keys[ENCRYPTIONS.findIndex((it) => it.alg === alg)]
    if (key === undefined) throw new Error('no key')
    const decryption = new TokenDecryption(key, { alg, enc })
    const client = new OpenIdClient({
      ...shared,
      clientId: alg,
      issuer: stranger.issuer,
      idTokenDecryption: decryption,
      userinfoDecryption: decryption,
      userinfoSignedResponseAlg: 'RS256',
    })
    const token = await logIn(client)
    expect(token.userinfo).toMatchObject({ iss: stranger.issuer, sub: 'grace', aud: alg })
    const renewed = await client.refreshToken(token)
    expect(renewed.id_token?.split('.')).toHaveLength(3)
    expect(await client.userinfo(renewed)).toMatchObject({ sub: 'grace', email: 'grace@example.com' })
  })
})

describe('OIDC Core §5.3.2 oidc-provider signs userinfo', () => {
  const key = keys[0]
  const options = () => ({ ...shared, clientId: 'signed', issuer: stranger.issuer })
  const idTokenDecryption = key && new TokenDecryption(key, ENCRYPTIONS[0])

  it('our client verifies it, and takes nothing else', async () => {
    const client = new OpenIdClient({
      ...options(),
      ...(idTokenDecryption && { idTokenDecryption }),
      userinfoSignedResponseAlg: 'RS256',
    })
    const token = await logIn(client)
    expect(await client.userinfo(token)).toMatchObject({ sub: 'grace', aud: 'signed', iss: stranger.issuer })
    const careless = new OpenIdClient({ ...options(), ...(idTokenDecryption && { idTokenDecryption }) })
    await expect(careless.userinfo(token)).rejects.toMatchObject({ code: 'userinfo_invalid' })
  })

  it('a client without the key is told what it needs', async () => {
    await expect(logIn(new OpenIdClient(options()))).rejects.toMatchObject({ code: 'id_token_encrypted' })
  })
})
