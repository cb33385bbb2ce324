import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { answer, StubProvider } from '../../../test/support/stub-provider.ts'
import { encryptCompact } from '../../jose/jwe/index.ts'
import { Key } from '../../jose/jwk/index.ts'
import { KeySet } from '../../jose/jwks/index.ts'
import { OpenIdClient, type OpenIdTokenSet } from './client.ts'
import type { OpenIdClientOptions } from './options.ts'
import { TokenDecryption } from './token-decryption.ts'

const encryption = { alg: 'ECDH-ES', enc: 'A256GCM' } as const

let own: Key
let former: Key
let provider: StubProvider

const makeKey = (kid: string): Promise<Key> => Key.generate({ kty: 'EC', crv: 'P-256' }, { use: 'enc', kid })

beforeAll(async () => {
  own = await makeKey('enc-2')
  former = await makeKey('enc-1')
})

beforeEach(async () => {
  provider = await StubProvider.create()
})

function setUp(options: Partial<OpenIdClientOptions> = {}): OpenIdClient {
  const { issuer, transport, clock } = provider
  const idTokenDecryption = new TokenDecryption(new KeySet([own, former]), encryption)
  return new OpenIdClient({
    clientId: 'app',
    issuer,
    transport,
    clock: clock.read,
    redirectUri: 'https://app.example/cb',
    scope: 'openid',
    idTokenDecryption,
    ...options,
  })
}

/** The provider encrypts what it signs. */
function encrypt(text: string, key = own, content: 'JWT' | 'claims' = 'JWT'): Promise<string> {
  return encryptCompact(text, key, { ...encryption, ...(content === 'JWT' && { cty: 'JWT' }) })
}

/** A refresh, which brings whatever `token` of the provider says. */
async function refresh(client: OpenIdClient, idToken: string): Promise<OpenIdTokenSet> {
  provider.token = { id_token: idToken }
  return client.refreshToken({
    access_token: 'T',
    token_type: 'Bearer',
    refresh_token: 'R',
    userinfo: { iss: provider.issuer, sub: 'alice', aud: 'app', exp: 1, iat: 0 },
  })
}

describe('OIDC Core §3.1.3.7 an encrypted ID token', () => {
  it('is decrypted and validated at the login, and the signed one within is kept', async () => {
    const client = setUp()
    const { url, state, codeVerifier, nonce } = await client.createAuthorizationUrl()
    const signed = await provider.signIdToken({ nonce })
    provider.token = { id_token: await encrypt(signed) }
    const callback = await client.validateCallback(provider.authorize(url), { state })
    const token = await client.fetchToken(callback, { codeVerifier, nonce })
    expect(token).toMatchObject({ id_token: signed, userinfo: { sub: 'alice', nonce } })
    expect((await client.parseIdToken(token, { nonce })).report).toMatchObject({ signature: 'verified', nonce: 'ok' })
    const { userinfo: _, ...stored } = token
    expect((await client.userinfo(stored)).sub).toBe('alice')
  })

  it('is decrypted when it is renewed, also for the key before', async () => {
    const signed = await provider.signIdToken({})
    const renewed = await refresh(setUp(), await encrypt(signed, former))
    expect(renewed).toMatchObject({ id_token: signed, userinfo: { sub: 'alice' } })
  })

  it('is decrypted by parseIdToken, which takes an opened one too', async () => {
    const signed = await provider.signIdToken({})
    const token = { access_token: 'T', token_type: 'Bearer' }
    for (const id_token of [signed, await encrypt(signed)]) {
      expect((await setUp().parseIdToken({ ...token, id_token })).claims.sub).toBe('alice')
    }
  })

  it('whose signature within does not fit is refused', async () => {
    const [header, payload] = (await provider.signIdToken({})).split('.')
    await expect(refresh(setUp(), await encrypt(`${header}.${payload}.AAAA`))).rejects.toMatchObject({
      code: 'id_token_signature_invalid',
    })
  })

  it('that is encrypted twice is refused', async () => {
    const twice = await encrypt(await encrypt(await provider.signIdToken({})))
    await expect(refresh(setUp(), twice)).rejects.toMatchObject({ code: 'id_token_malformed' })
  })

  it('that is not encrypted is refused where the client is registered for encrypted ones', async () => {
    await expect(refresh(setUp(), await provider.signIdToken({}))).rejects.toMatchObject({
      code: 'id_token_not_encrypted',
      message: 'ID token is not encrypted: "idTokenDecryption" expects it to be',
    })
  })

  it('needs the key to open it', async () => {
    const { issuer, transport, clock } = provider
    const client = new OpenIdClient({ clientId: 'app', issuer, transport, clock: clock.read, scope: 'openid' })
    await expect(refresh(client, await encrypt(await provider.signIdToken({})))).rejects.toMatchObject({
      code: 'id_token_encrypted',
      message: 'ID token is encrypted: "idTokenDecryption" must hold the key for it',
    })
  })

  it.each<[string, (signed: string) => Promise<string>, string]>([
    [
      'for another key',
      async (signed) => encrypt(signed, await makeKey('enc-3')),
      'it does not open with the keys and algorithms of "idTokenDecryption"',
    ],
    [
      'by another algorithm',
      (signed) => encryptCompact(signed, own, { alg: 'ECDH-ES+A128KW', enc: 'A256GCM', cty: 'JWT' }),
      'it does not open with the keys and algorithms of "idTokenDecryption"',
    ],
    [
      'by another encryption',
      (signed) => encryptCompact(signed, own, { alg: 'ECDH-ES', enc: 'A128GCM', cty: 'JWT' }),
      'it does not open with the keys and algorithms of "idTokenDecryption"',
    ],
    [
      'over claims that nobody signed',
      () => encrypt(JSON.stringify({ iss: 'https://op.example', sub: 'root', aud: 'app' }), own, 'claims'),
      'expected a signed JWT in it ("cty" JWT)',
    ],
  ])('%s is refused', async (_, make, message) => {
    const refusal = refresh(setUp(), await make(await provider.signIdToken({})))
    await expect(refusal).rejects.toMatchObject({
      code: 'id_token_decryption_failed',
      message: expect.stringContaining(message),
    })
  })

  it('RFC 7519 §5.3: whose header says another issuer than its claims is refused', async () => {
    const signed = await provider.signIdToken({})
    const header = { iss: 'https://other.example' }
    const forged = await encryptCompact(signed, own, { ...encryption, cty: 'JWT', header })
    await expect(refresh(setUp(), forged)).rejects.toMatchObject({ code: 'id_token_decryption_failed' })
  })
})

describe('OIDC Core §5.3.2 an encrypted userinfo answer', () => {
  const token = { access_token: 'T', token_type: 'Bearer' }
  const serve = (text: string): void => {
    provider.handlers.set('/userinfo', () => answer(200, text, 'application/jwt'))
  }
  const userinfoDecryption = () => new TokenDecryption(own, encryption)
  const claims = JSON.stringify({ sub: 'alice', email: 'alice@example.com' })

  it('holds claims', async () => {
    serve(await encrypt(claims, own, 'claims'))
    expect(await setUp({ userinfoDecryption: userinfoDecryption() }).userinfo(token)).toEqual(JSON.parse(claims))
  })

  it('holds a signed JWT where that was agreed', async () => {
    serve(await encrypt(await provider.signIdToken({ email: 'alice@example.com' })))
    const client = setUp({ userinfoDecryption: userinfoDecryption(), userinfoSignedResponseAlg: 'ES256' })
    expect(await client.userinfo(token)).toMatchObject({ sub: 'alice', email: 'alice@example.com' })
  })

  it.each<[string, () => Promise<string>, Partial<OpenIdClientOptions>, string]>([
    [
      'a signed JWT where none was agreed',
      async () => encrypt(await provider.signIdToken({})),
      {},
      'expected claims, not a signed JWT: "userinfoSignedResponseAlg" is missing',
    ],
    [
      'claims where they must be signed',
      () => encrypt(claims, own, 'claims'),
      { userinfoSignedResponseAlg: 'ES256' },
      'expected a signed JWT',
    ],
    ['no JSON', () => encrypt('hello', own, 'claims'), {}, 'userinfo response must hold a JSON object'],
    ['nothing that opens', () => encrypt(claims, former, 'claims'), {}, 'userinfo response refused: '],
    ['what is not encrypted', () => provider.signIdToken({}), {}, 'userinfo response refused: '],
  ])('that holds %s is refused', async (_, make, options, message) => {
    serve(await make())
    const client = setUp({ userinfoDecryption: userinfoDecryption(), ...options })
    await expect(client.userinfo(token)).rejects.toMatchObject({
      code: 'userinfo_invalid',
      stage: 'userinfo',
      message: expect.stringContaining(message),
    })
  })
})
