import { beforeAll, describe, expect, it } from 'vitest'
import type { OutgoingRequest, OutgoingResponse } from '../../http/fetch.ts'
import { Key } from '../jwk/key.ts'
import { signJwt } from '../jwt/sign.ts'
import { verifyJwt } from '../jwt/verify.ts'
import { KeySet } from './key-set.ts'
import type { RemoteKeyOptions, RemoteKeySet } from './remote.ts'

const uri = 'https://op.example/jwks'
let a: Key
let b: Key

beforeAll(async () => {
  a = await Key.generate('ES256', { kid: 'a' })
  b = await Key.generate('ES256', { kid: 'b' })
})

/** A server whose answers and clock the test holds in its hands. */
class Server {
  now = 1_000_000
  requests: OutgoingRequest[] = []
  answer: () => Promise<OutgoingResponse> | OutgoingResponse = () => this.json({ keys: [a.toPublicJwk()] })

  json(value: unknown, status = 200): OutgoingResponse {
    return { status, headers: [], body: new TextEncoder().encode(JSON.stringify(value)) }
  }

  transport = async (request: OutgoingRequest): Promise<OutgoingResponse> => {
    this.requests.push(request)
    return this.answer()
  }

  keys(options: RemoteKeyOptions = {}): RemoteKeySet {
    return KeySet.remote(uri, { transport: this.transport, clock: () => this.now, ...options })
  }

  pass(seconds: number): void {
    this.now += seconds * 1000
  }

  fail(): void {
    this.answer = () => Promise.reject(new Error('connection refused'))
  }
}

const kids = (keys: readonly Key[]): (string | undefined)[] => keys.map(({ kid }) => kid)

describe('OIDC Core §10.1.1 keys behind a jwks_uri', () => {
  it('are fetched when first needed, and then kept', async () => {
    const server = new Server()
    const keys = server.keys()
    expect(server.requests).toHaveLength(0)
    const jwt = await signJwt({ sub: 'u' }, a)
    for (let round = 0; round < 3; round++) await verifyJwt(jwt, keys, { algorithms: ['ES256'] })
    expect(server.requests).toEqual([{ url: uri, headers: [['accept', 'application/jwk-set+json, application/json']] }])
  })

  it('are fetched once for callers at the same time', async () => {
    const server = new Server()
    const keys = server.keys()
    const found = await Promise.all(Array.from({ length: 16 }, () => keys.select({ kid: 'a' })))
    expect(found.every((keysOfOne) => keysOfOne.length === 1)).toBe(true)
    expect(server.requests).toHaveLength(1)
  })

  it('are not waited for for ever where a fetch was abandoned, nor by a reload', async () => {
    const server = new Server()
    const keys = server.keys()
    server.answer = () => new Promise(() => undefined)
    void keys.select({ kid: 'a' })
    server.pass(60)
    server.answer = () => server.json({ keys: [a.toPublicJwk()] })
    await keys.reload()
    expect(kids(await keys.select({ kid: 'a' }))).toEqual(['a'])
    expect(server.requests).toHaveLength(2)
  })

  it('are fetched again after their time', async () => {
    const server = new Server()
    const keys = server.keys({ ttl: '5m' })
    await keys.select({ kid: 'a' })
    server.pass(299)
    await keys.select({ kid: 'a' })
    expect(server.requests).toHaveLength(1)
    server.pass(1)
    await keys.select({ kid: 'a' })
    expect(server.requests).toHaveLength(2)
  })

  it('may be for encryption, which no signature asks for', async () => {
    const server = new Server()
    const agreement = await Key.generate({ kty: 'OKP', crv: 'X25519' }, { kid: 'x', use: 'enc' })
    server.answer = () => server.json({ keys: [agreement.toPublicJwk(), a.toPublicJwk()] })
    const keys = server.keys()
    expect(kids(await keys.select({ alg: 'ES256' }))).toEqual(['a'])
    expect(kids(await keys.select({ use: 'enc' }))).toEqual(['x'])
  })

  it('follow a rotation: a new kid is looked for after the cool-down', async () => {
    const server = new Server()
    const keys = server.keys({ cooldown: '30s' })
    await keys.select({ kid: 'a' })
    server.answer = () => server.json({ keys: [b.toPublicJwk(), a.toPublicJwk()] })
    server.pass(29)
    expect(await keys.select({ kid: 'b' })).toEqual([])
    expect(server.requests).toHaveLength(1)
    server.pass(1)
    expect(kids(await keys.select({ kid: 'b' }))).toEqual(['b'])
    expect(server.requests).toHaveLength(2)
  })

  it('are fetched once for a flood of unknown kids, and not again for one that was not there', async () => {
    const server = new Server()
    const keys = server.keys({ cooldown: '30s', unknownFor: '1m' })
    await keys.select({ kid: 'a' })
    server.pass(30)
    await Promise.all(Array.from({ length: 50 }, (_, index) => keys.select({ kid: `x${index}` })))
    await Promise.all(Array.from({ length: 50 }, (_, index) => keys.select({ kid: `y${index}` })))
    expect(server.requests).toHaveLength(2)
    server.pass(31)
    await keys.select({ kid: 'x1' })
    expect(server.requests).toHaveLength(2)
    server.pass(30)
    await keys.select({ kid: 'x1' })
    expect(server.requests).toHaveLength(3)
  })

  it('can be fetched on demand', async () => {
    const server = new Server()
    const keys = server.keys()
    await keys.select({ kid: 'b' })
    server.answer = () => server.json({ keys: [b.toPublicJwk()] })
    await keys.reload()
    expect(kids(await keys.select({ kid: 'b' }))).toEqual(['b'])
  })

  it.each(['arrives', 'fails'])('does not take a fetch that began before, and %s, for its own', async (end) => {
    const server = new Server()
    const keys = server.keys()
    let release = (): void => undefined
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    const old = server.answer
    server.answer = async () => {
      await held
      if (end === 'fails') throw new Error('connection reset')
      return old()
    }
    const selected = keys.select({ kid: 'a' }).catch(() => [])
    server.answer = () => server.json({ keys: [b.toPublicJwk()] })
    const reloaded = keys.reload()
    release()
    await Promise.all([selected, reloaded])
    expect(kids(await keys.select({ kid: 'b' }))).toEqual(['b'])
    expect(server.requests).toHaveLength(2)
  })
})

describe('a server that is away', () => {
  it('is not asked for each unknown kid: the cool-down counts from the failure too', async () => {
    const server = new Server()
    const keys = server.keys({ cooldown: '30s' })
    await keys.select({ kid: 'a' })
    server.fail()
    for (let second = 0; second < 300; second += 5) {
      server.pass(5)
      await keys.select({ kid: `x${second}` })
    }
    expect(server.requests).toHaveLength(11)
  })

  it('leaves the last good keys, for a while', async () => {
    const server = new Server()
    const lines: string[] = []
    const write = (line: string): void => void lines.push(line)
    const logger = { debug: write, info: write, warn: write, error: write }
    const keys = server.keys({ ttl: '5m', staleFor: '1h', logger })
    await keys.select({ kid: 'a' })
    server.fail()
    server.pass(3899)
    expect(kids(await keys.select({ kid: 'a' }))).toEqual(['a'])
    expect(lines.join()).toContain('JWK Set could not be fetched')
    server.pass(1)
    await expect(keys.select({ kid: 'a' })).rejects.toMatchObject({
      code: 'jwks_unavailable',
      message: 'JWK Set could not be fetched',
    })
  })

  it('is not asked more than once in five seconds', async () => {
    const server = new Server()
    server.fail()
    const keys = server.keys()
    for (let round = 0; round < 5; round++) {
      await expect(keys.select({ kid: 'a' })).rejects.toMatchObject({ code: 'jwks_unavailable' })
    }
    expect(server.requests).toHaveLength(1)
    server.pass(5)
    server.answer = () => server.json({ keys: [a.toPublicJwk()] })
    expect(kids(await keys.select({ kid: 'a' }))).toEqual(['a'])
  })

  it('keeps the cause, for the log', async () => {
    const server = new Server()
    server.fail()
    await expect(server.keys().select({})).rejects.toMatchObject({ cause: new Error('connection refused') })
  })
})

describe('what a server may answer', () => {
  it.each([
    [
      'another status',
      (server: Server) => server.json({}, 404),
      'jwks_unavailable',
      'JWK Set could not be fetched: expected status 200, not 404',
    ],
    [
      'no JSON',
      () => ({ status: 200, headers: [], body: new TextEncoder().encode('<html>') }),
      'jwks_invalid',
      'JWK Set invalid: expected a JSON object',
    ],
    [
      'no UTF-8',
      () => ({ status: 200, headers: [], body: new Uint8Array([0xff]) }),
      'jwks_invalid',
      'JWK Set invalid: expected a JSON object',
    ],
    [
      'no set',
      (server: Server) => server.json({ keys: 'x' }),
      'jwks_invalid',
      'JWK Set invalid: expected an object whose "keys" is a list of JWKs',
    ],
    [
      'too many keys',
      (server: Server) => server.json({ keys: Array.from({ length: 101 }, () => ({ kty: 'x' })) }),
      'jwks_invalid',
      'JWK Set too large: expected at most 100 keys',
    ],
  ] as const)('is not %s', async (_, answer, code, message) => {
    const server = new Server()
    server.answer = () => answer(server)
    await expect(server.keys().select({ kid: 'a' })).rejects.toMatchObject({ name: 'JoseError', code, message })
  })

  it('RFC 7517 §5 may hold keys that cannot be used: they are passed over', async () => {
    const server = new Server()
    const weak = { kty: 'RSA', n: Buffer.alloc(128, 255).toString('base64url'), e: 'AQAB', kid: 'w' }
    server.answer = () =>
      server.json({
        keys: [null, 5, { kid: 'n' }, { kty: 'future' }, { kty: 'EC', crv: 'P-256', x: 5 }, weak, a.toPublicJwk()],
      })
    expect(kids(await server.keys().select({}))).toEqual(['a'])
  })

  it('never trusts a private key that was published', async () => {
    const server = new Server()
    server.answer = () => server.json({ keys: [a.toPrivateJwk(), b.toPublicJwk()] })
    expect(kids(await server.keys().select({}))).toEqual(['b'])
  })

  it('never makes a published secret a key (CVE-2024-37568)', async () => {
    const server = new Server()
    const secret = await Key.generate('HS256', { kid: 'a' })
    server.answer = () => server.json({ keys: [secret.toPrivateJwk()] })
    const jwt = await signJwt({ sub: 'u' }, secret)
    await expect(verifyJwt(jwt, server.keys(), { algorithms: ['HS256'] })).rejects.toMatchObject({
      code: 'key_not_found',
    })
  })
})
