import { beforeEach, describe, expect, it, vi } from 'vitest'
import { answer, NOW, StubProvider, signingKey, withoutKid } from '../../../test/support/stub-provider.ts'
import { bodyReaders } from '../../http/body.ts'
import type { HttpRequest } from '../../http/request.ts'
import { type HttpResponse, headerOf } from '../../http/response.ts'
import { encryptCompact, generateEncryptionKey } from '../../jose/jwe/index.ts'
import { Key } from '../../jose/jwk/index.ts'
import { signCompact } from '../../jose/jws/index.ts'
import { decodeUnverifiedJwt, signJwt } from '../../jose/jwt/index.ts'
import { MemoryKeyValueStore } from '../../stores/memory.ts'
import { encodeBase64url } from '../../util/base64url.ts'
import { encodeUtf8 } from '../../util/bytes.ts'
import type { Logger } from '../../util/logger.ts'
import { BackChannelLogout, type BackChannelLogoutOptions } from './back-channel-logout.ts'
import { OpenIdClient } from './client.ts'
import type { LogoutNotice } from './logout-notice.ts'
import type { OpenIdClientOptions } from './options.ts'
import { TokenDecryption } from './token-decryption.ts'

const EVENT = 'http://schemas.openid.net/event/backchannel-logout'

let provider: StubProvider
let ended: LogoutNotice[]

beforeEach(async () => {
  provider = await StubProvider.create()
  ended = []
})

function setUp(options: Partial<OpenIdClientOptions> = {}, more: BackChannelLogoutOptions = {}): BackChannelLogout {
  const { issuer, transport, clock } = provider
  const client = new OpenIdClient({
    clientId: 'app',
    issuer,
    transport,
    clock: clock.read,
    scope: 'openid',
    ...options,
  })
  return new BackChannelLogout(client, more)
}

/** A logout token as the provider makes it, with these members above the usual ones. */
async function makeToken(claims: object = {}, typ = 'logout+jwt'): Promise<string> {
  const usual = { iss: provider.issuer, aud: 'app', iat: NOW, exp: NOW + 120, jti: 'j1', sub: 'alice', sid: 's1' }
  return signJwt({ ...usual, events: { [EVENT]: {} }, ...claims }, provider.signer, { alg: 'ES256', typ })
}

function post(body: string, type: string | undefined = 'application/x-www-form-urlencoded'): HttpRequest {
  const headers: Record<string, string | undefined> = { 'content-type': type }
  const readers = bodyReaders(type, () => encodeUtf8(body))
  return { method: 'POST', url: '/backchannel', header: (name) => headers[name], ...readers }
}

const collect = (logout: LogoutNotice): void => void ended.push(logout)

const send = (receiver: BackChannelLogout, token: string): Promise<HttpResponse> =>
  receiver.receive(post(`logout_token=${token}&extra=1`), collect)

const refused = (description: string, error = 'invalid_request'): HttpResponse => ({
  status: 400,
  headers: [
    ['content-type', 'application/json'],
    ['cache-control', 'no-store'],
    ['pragma', 'no-cache'],
  ],
  body: JSON.stringify({ error, error_description: description }),
})

describe('OIDC Back-Channel Logout §2.5 a logout token', () => {
  it('ends what it names, and is answered with 200 that nobody stores', async () => {
    expect(await send(setUp(), await makeToken())).toEqual({
      status: 200,
      headers: [
        ['cache-control', 'no-store'],
        ['pragma', 'no-cache'],
      ],
    })
    expect(ended).toEqual([{ issuer: 'https://op.example', subject: 'alice', sid: 's1' }])
  })

  it('may name the person or the session alone', async () => {
    const receiver = setUp()
    await send(receiver, await makeToken({ jti: 'a', sid: undefined }))
    await send(receiver, await makeToken({ jti: 'b', sub: undefined }))
    expect(ended).toEqual([
      { issuer: 'https://op.example', subject: 'alice' },
      { issuer: 'https://op.example', sid: 's1' },
    ])
  })

  it.each(['logout+jwt', 'Logout+JWT', 'application/logout+jwt', 'JWT'])('may call itself %s', async (typ) => {
    expect((await send(setUp(), await makeToken({}, typ))).status).toBe(200)
  })

  it('may have been encrypted, and must be where ID tokens are', async () => {
    const key = await generateEncryptionKey('ECDH-ES')
    const receiver = setUp({ idTokenDecryption: new TokenDecryption(key) })
    const token = await makeToken()
    expect((await send(receiver, await encryptCompact(token, key, { enc: 'A256GCM', cty: 'JWT' }))).status).toBe(200)
    expect(await send(receiver, token)).toEqual(
      refused("ID token is not encrypted: 'idTokenDecryption' expects it to be"),
    )
  })

  it('is verified once more with fresh keys', async () => {
    const receiver = setUp()
    await send(receiver, await makeToken({ jti: 'before' }))
    provider.signer = await withoutKid(await signingKey('k2'))
    provider.published = [provider.signer]
    provider.clock.advance(31)
    expect((await send(receiver, await makeToken({ jti: 'after' }))).status).toBe(200)
  })
})

describe('OIDC Back-Channel Logout §2.6 a logout token is refused', () => {
  const events = `'events' claim mismatch: expected an object with the member '${EVENT}'`

  it.each<[object, string]>([
    [{ iss: 'https://evil.example' }, "'iss' (Issuer) claim mismatch: expected 'https://op.example'"],
    [{ iss: undefined }, "'iss' (Issuer) claim missing"],
    [{ aud: 'other' }, "'aud' (Audience) claim mismatch: expected 'app'"],
    [{ aud: undefined }, "'aud' (Audience) claim missing"],
    [{ iat: undefined }, "'iat' (Issued At) claim missing"],
    [{ iat: NOW + 31 }, "'iat' (Issued At) claim is in the future: the token is not valid yet"],
    [{ exp: NOW - 30 }, "'exp' (Expiration Time) claim is past: the token has expired"],
    [{ exp: undefined }, "'exp' (Expiration Time) claim missing"],
    [{ jti: undefined }, "'jti' (JWT ID) claim missing"],
    [{ jti: '' }, "'jti' (JWT ID) claim missing"],
    [{ events: undefined }, events],
    [{ events: {} }, events],
    [{ events: [EVENT] }, events],
    [{ events: { [EVENT]: true } }, events],
    [{ events: { [EVENT]: [] } }, events],
    [{ nonce: 'N' }, "'nonce' claim unexpected: logout tokens have none"],
    [{ nonce: null }, "'nonce' claim unexpected: logout tokens have none"],
    [
      { sub: undefined, sid: undefined },
      "'sub' (Subject) and 'sid' (Session ID) claims missing: expected at least one",
    ],
    [{ sub: '' }, "'sub' (Subject) claim invalid: expected a text"],
    [{ sid: '' }, "'sid' (Session ID) claim invalid: expected a text"],
    [{ sid: 7 }, "'sid' (Session ID) claim invalid: expected a text"],
  ])('with %j', async (claims, message) => {
    const token = 'iat' in claims && claims.iat === undefined ? await withoutIat() : await makeToken(claims)
    expect(await send(setUp(), token)).toEqual(refused(`logout token refused: ${message}`))
    expect(ended).toEqual([])
  })

  /** Signed as it is: `signJwt` would add one. */
  async function withoutIat(): Promise<string> {
    const { iat: _, ...claims } = decodeUnverifiedJwt(await makeToken()).claims
    return signCompact(JSON.stringify(claims), provider.signer, { alg: 'ES256', typ: 'logout+jwt' })
  }

  it.each(['at+jwt', 'dpop+jwt', 'token-introspection+jwt'])('that calls itself %s', async (typ) => {
    const message = "logout token refused: 'typ' (Type) header parameter mismatch: expected 'logout+jwt'"
    expect(await send(setUp(), await makeToken({}, typ))).toEqual(refused(message))
  })

  it('cross-JWT confusion: an ID token is none', async () => {
    const { status } = await send(setUp(), await provider.signIdToken({ jti: 'j1', nonce: 'N' }))
    expect(status).toBe(400)
    expect(ended).toEqual([])
  })

  it('without a signature, by the public key as a secret, by another key', async () => {
    const [, payload] = (await makeToken()).split('.')
    const unsigned = `${encodeBase64url(JSON.stringify({ alg: 'none', typ: 'logout+jwt' }))}.${payload}.`
    expect(await send(setUp(), unsigned)).toMatchObject({ status: 400 })
    const secret = await Key.import(encodeUtf8(JSON.stringify({ public: 'key of the provider as a secret' })))
    const claims = { iss: provider.issuer, aud: 'app', exp: NOW + 120, jti: 'j', sub: 'a', events: { [EVENT]: {} } }
    const confused = await signJwt(claims, secret, { alg: 'HS256', typ: 'logout+jwt' })
    expect(await send(setUp(), confused)).toMatchObject({ status: 400 })
    const own = await withoutKid(await signingKey('mallory'))
    const forged = await signJwt({ ...claims, iat: NOW }, own, { alg: 'ES256', typ: 'logout+jwt' })
    expect(await send(setUp(), forged)).toEqual(
      refused('logout token refused: signature invalid: it was not made over this token with an accepted key'),
    )
    expect(ended).toEqual([])
  })

  it.each(['', 'a.b.c', 'x'.repeat(40_000)])('case %#: that is no JWT', async (token) => {
    expect(await send(setUp(), token)).toMatchObject({ status: 400 })
  })
})

describe('OIDC Back-Channel Logout §2.6 a logout token works once', () => {
  const replayed = refused("'jti' (JWT ID) of the logout token was used before")

  it('in one process', async () => {
    const receiver = setUp()
    const token = await makeToken()
    expect((await send(receiver, token)).status).toBe(200)
    expect(await send(receiver, token)).toEqual(replayed)
    expect(await send(receiver, await makeToken({ sid: 's2' }))).toEqual(replayed)
    expect(ended).toHaveLength(1)
  })

  it('of sixteen at once, in two processes that share a store', async () => {
    const replayStore = new MemoryKeyValueStore({ clock: provider.clock.read })
    const receivers = [setUp({}, { replayStore }), setUp({}, { replayStore })]
    const token = await makeToken()
    const answers = await Promise.all(Array.from({ length: 16 }, (_, at) => send(receivers[at % 2] ?? setUp(), token)))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(ended).toHaveLength(1)
  })

  it('until it has expired, clocks that differ included', async () => {
    const receiver = setUp({ clockTolerance: 300 })
    const token = await makeToken()
    await send(receiver, token)
    provider.clock.advance(419)
    expect(await send(receiver, token)).toEqual(replayed)
    provider.clock.advance(1)
    expect(await send(receiver, token)).toEqual(
      refused("logout token refused: 'exp' (Expiration Time) claim is past: the token has expired"),
    )
  })

  it('however far apart clocks may be', async () => {
    const receiver = setUp({ clockTolerance: 3600 })
    const token = await makeToken()
    await send(receiver, token)
    provider.clock.advance(120 + 3599)
    expect(await send(receiver, token)).toEqual(replayed)
  })

  it('and may come again where ending the sessions failed', async () => {
    const receiver = setUp()
    const token = await makeToken()
    const failing = vi.fn().mockRejectedValueOnce(new Error('store is away'))
    const body = `logout_token=${token}`
    expect(await receiver.receive(post(body), failing)).toEqual(
      refused('logout could not be carried out', 'server_error'),
    )
    expect((await receiver.receive(post(body), failing)).status).toBe(200)
  })

  it('two providers may use one name', async () => {
    const replayStore = new MemoryKeyValueStore({ clock: provider.clock.read })
    const first = await send(setUp({}, { replayStore }), await makeToken())
    provider = await StubProvider.create('https://other.example')
    const second = await send(setUp({}, { replayStore }), await makeToken())
    expect([first.status, second.status]).toEqual([200, 200])
  })
})

it('OIDC Back-Channel Logout §2.4: one token may be for two clients that share a store', async () => {
  const replayStore = new MemoryKeyValueStore({ clock: provider.clock.read })
  const token = await makeToken({ aud: ['app', 'admin'] })
  const first = await send(setUp({}, { replayStore }), token)
  const second = await send(setUp({ clientId: 'admin' }, { replayStore }), token)
  expect([first.status, second.status]).toEqual([200, 200])
})

describe('OIDC Back-Channel Logout §2.8 what is no logout request', () => {
  it('is refused by its method', async () => {
    const request = { ...post(''), method: 'GET' }
    const response = await setUp().receive(request, collect)
    expect(response.status).toBe(405)
    expect(headerOf(response, 'allow')).toBe('POST')
  })

  it.each<[string, string | undefined, string]>([
    ['', undefined, "'logout_token' is missing or there more than once in the request"],
    [
      'logout_token=a&logout_token=b',
      'application/x-www-form-urlencoded',
      "'logout_token' is missing or there more than once in the request",
    ],
    [
      '{"logout_token":"a"}',
      'application/json',
      'logout request refused: request body must be application/x-www-form-urlencoded',
    ],
    [
      `logout_token=${'a'.repeat(70_000)}`,
      'application/x-www-form-urlencoded',
      'logout request refused: request body must not be longer than 64 KiB',
    ],
  ])('case %#', async (body, type, message) => {
    expect(await setUp().receive(post(body, type), collect)).toEqual(refused(message))
  })

  it.each(['/jwks', '/.well-known/openid-configuration'])(
    'the provider is told no more of our troubles with its %s than that there are some',
    async (path) => {
      const lines: string[] = []
      const write = (line: string): void => void lines.push(line)
      const logger: Logger = { debug: write, info: write, warn: write, error: write }
      provider.handlers.set(path, () => answer(503, 'later', 'text/html'))
      const receiver = setUp({}, { logger })
      expect(await send(receiver, await makeToken())).toEqual(
        refused('logout could not be carried out', 'server_error'),
      )
      expect(lines).toEqual([expect.stringMatching(/^logout failed /)])
    },
  )
})
