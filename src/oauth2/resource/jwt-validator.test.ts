import { describe, expect, it } from 'vitest'
import type { OutgoingRequest, Transport } from '../../http/fetch.ts'
import { FetchError } from '../../http/fetch-error.ts'
import { Key } from '../../jose/jwk/index.ts'
import { KeySet, type KeySource } from '../../jose/jwks/index.ts'
import { signCompact } from '../../jose/jws/index.ts'
import { JwtValidator, type JwtValidatorOptions } from './jwt-validator.ts'
import { ResourceProtector } from './protector.ts'

const issuer = 'https://op.example/tenant'
const audience = 'https://api.example'
const keys = await KeySet.generate(['ES256', 'EdDSA'])
const now = 1_800_000_000
const clock = () => now * 1000

const claims = {
  iss: issuer,
  aud: audience,
  sub: 'u1',
  client_id: 'app',
  iat: now,
  exp: now + 300,
  jti: 'j1',
  scope: 'read write',
}

function sign(changes: Record<string, unknown> = {}, typ = 'at+jwt'): Promise<string> {
  return signCompact(JSON.stringify({ ...claims, ...changes }), keys, { typ })
}

function validator(options: Partial<JwtValidatorOptions> = {}): JwtValidator {
  return new JwtValidator({ issuer, audience, keys, clock, ...options })
}

function jsonTransport(documents: Record<string, unknown>): { transport: Transport; asked: string[] } {
  const asked: string[] = []
  const transport = async ({ url }: OutgoingRequest) => {
    asked.push(url)
    const document = documents[url]
    const body = new TextEncoder().encode(JSON.stringify(document ?? {}))
    return {
      status: document === undefined ? 404 : 200,
      headers: [['content-type', 'application/json'] as const],
      body,
    }
  }
  return { transport, asked }
}

describe('RFC 9068 §4 validating JWT access tokens', () => {
  it('says what the token says', async () => {
    expect(await validator().validate(await sign())).toEqual({
      subject: 'u1',
      clientId: 'app',
      scopes: ['read', 'write'],
      expiresAt: now + 300,
      claims,
    })
  })

  it.each(['at+jwt', 'application/at+jwt', 'AT+JWT'])('accepts "typ" %s', async (typ) => {
    await expect(validator().validate(await sign({}, typ))).resolves.toMatchObject({ subject: 'u1' })
  })

  it.each([
    ['has other keys', keys],
    ['has no key', new KeySet([])],
  ])('CVE-2022-39175: believes no key that a token brings along, also where the issuer %s', async (_, of) => {
    const attacker = await Key.generate('ES256')
    const hints = { jwk: attacker.toPublicJwk(), jku: 'https://evil.example/jwks', x5u: 'https://evil.example/x5u' }
    const token = await signCompact(JSON.stringify(claims), attacker, { typ: 'at+jwt', header: hints })
    await expect(validator({ keys: of }).validate(token)).rejects.toMatchObject({ code: 'invalid_token', status: 401 })
    const { transport, asked } = jsonTransport({ 'https://op.example/jwks': of.toPublicJwks() })
    const remote = new JwtValidator({ issuer, audience, clock, transport, jwksUri: 'https://op.example/jwks' })
    await expect(remote.validate(token)).rejects.toMatchObject({ code: 'invalid_token', status: 401 })
    expect(new Set(asked)).toEqual(new Set(['https://op.example/jwks']))
  })

  it('accepts a token for several audiences, and one without a scope', async () => {
    const token = await sign({ aud: ['https://other.example', audience], scope: undefined })
    await expect(validator().validate(token)).resolves.toMatchObject({ scopes: [] })
  })

  it.each<[string, Record<string, unknown>]>([
    [`"iss" (Issuer) claim mismatch: expected '${issuer}'`, { iss: 'https://op.example' }],
    [`"aud" (Audience) claim mismatch: expected '${audience}'`, { aud: 'app' }],
    ['"exp" (Expiration Time) claim is past: the token has expired', { exp: now - 30 }],
    ['"iat" (Issued At) claim is in the future: the token is not valid yet', { iat: now + 31 }],
    ['"sub" (Subject) claim missing', { sub: undefined }],
    ['"client_id" claim missing', { client_id: undefined }],
    ['"client_id" (Client Identifier) claim invalid: expected a string', { client_id: 7 }],
    ['"exp" (Expiration Time) claim missing', { exp: undefined }],
    ['"iat" (Issued At) claim missing', { iat: undefined }],
    ['"jti" (JWT ID) claim missing', { jti: undefined }],
  ])('refuses: %s', async (description, changes) => {
    await expect(validator().validate(await sign(changes))).rejects.toMatchObject({
      code: 'invalid_token',
      status: 401,
      description: description.replaceAll('"', "'"),
    })
  })

  it('RFC 9068 §2.2.3: takes a scope that is one text only', async () => {
    await expect(validator().validate(await sign({ scope: 'a b' }))).resolves.toMatchObject({ scopes: ['a', 'b'] })
    for (const scope of [['read'], null, 7]) {
      await expect(validator().validate(await sign({ scope }))).rejects.toMatchObject({
        code: 'invalid_token',
        description: "'scope' (Scope) claim invalid: expected a string",
      })
    }
  })

  it('refuses an ID token: another "typ" is another kind of token', async () => {
    await expect(validator().validate(await sign({}, 'JWT'))).rejects.toMatchObject({
      code: 'invalid_token',
      description: "'typ' (Type) header parameter mismatch: expected 'at+jwt'",
    })
  })

  it('allows clocks to differ', async () => {
    await expect(validator().validate(await sign({ iat: now + 30, exp: now - 29 }))).resolves.toMatchObject({
      subject: 'u1',
    })
    await expect(validator({ leeway: 0 }).validate(await sign({ exp: now }))).rejects.toMatchObject({
      code: 'invalid_token',
    })
  })

  it.each(['', 'abc', 'a.b.c', 'eyJhbGciOiJub25lIn0.e30.'])('refuses "%s", which is no signed token', async (token) => {
    await expect(validator().validate(token)).rejects.toMatchObject({ code: 'invalid_token' })
  })

  it('refuses a token of somebody else', async () => {
    const stranger = await KeySet.generate(['ES256'])
    await expect(validator({ keys: stranger }).validate(await sign())).rejects.toMatchObject({ code: 'invalid_token' })
  })

  it('takes no shared secret unless it is asked to', async () => {
    const secret = await Key.import(new Uint8Array(32).fill(1), { alg: 'HS256' })
    const token = await signCompact(JSON.stringify(claims), secret, { typ: 'at+jwt' })
    await expect(validator({ keys: new KeySet([secret]) }).validate(token)).rejects.toMatchObject({
      code: 'invalid_token',
    })
    const asked = validator({ keys: new KeySet([secret]), algorithms: ['HS256'] })
    await expect(asked.validate(token)).resolves.toMatchObject({ subject: 'u1' })
  })
})

describe('why a token is refused, for the log', () => {
  it.each<[string, () => Promise<string>]>([
    ['token_jwt_malformed', async () => 'abc'],
    ['token_jwt_type', () => sign({}, 'JWT')],
    ['token_jwt_algorithm', async () => 'eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0.e30.'],
    ['token_jwt_signature', async () => `${(await sign()).slice(0, -8)}AAAAAAAA`],
    ['token_expired', () => sign({ exp: now - 31 })],
    ['token_not_yet_valid', () => sign({ nbf: now + 31 })],
    ['token_issuer', () => sign({ iss: 'https://evil.example' })],
    ['token_audience', () => sign({ aud: 'other' })],
    ['token_claim_malformed', () => sign({ jti: undefined })],
    ['token_claim_malformed', () => sign({ cnf: 'x' })],
  ])('%s', async (reason, token) => {
    await expect(validator().validate(await token())).rejects.toMatchObject({ code: 'invalid_token', reason })
  })

  it('token_jwt_key', async () => {
    const others = await KeySet.generate(['RS256'])
    await expect(validator({ keys: others }).validate(await sign())).rejects.toMatchObject({ reason: 'token_jwt_key' })
  })
})

describe('several issuers at one resource', () => {
  it('each recognizes what says that it is its own', async () => {
    const subject = validator()
    expect(subject.recognizes(await sign())).toBe(true)
    expect(subject.recognizes(await sign({ iss: 'https://evil.example' }))).toBe(false)
    expect(subject.recognizes('opaque')).toBe(false)
  })

  it('does not take the token of one for the token of the other', async () => {
    const others = await KeySet.generate(['ES256'])
    const protector = new ResourceProtector()
      .registerTokenValidator(validator())
      .registerTokenValidator(validator({ issuer: 'https://other.example', keys: others }))
    const guard = (token: string) =>
      protector.protect(new Request(audience, { headers: { authorization: `Bearer ${token}` } }))
    expect((await guard(await sign())).token?.subject).toBe('u1')
    // It says that it is of the other issuer, but is signed by the first.
    expect((await guard(await sign({ iss: 'https://other.example' }))).response?.status).toBe(401)
  })
})

describe('remembering tokens that were verified', () => {
  /** Counts how often keys were asked to verify; the set can be changed. */
  function remembering(options: Partial<JwtValidatorOptions> = {}) {
    const state = { time: now, keys, verified: 0 }
    const source: KeySource = {
      registry: keys.registry,
      select: (criteria) => {
        // A look whether a key is still there names no use.
        if (criteria.operation !== undefined || criteria.use !== undefined) state.verified += 1
        return state.keys.select(criteria)
      },
    }
    const subject = validator({ keys: source, clock: () => state.time * 1000, cache: {}, ...options })
    return { state, subject }
  }

  it('spares the next request the signature', async () => {
    const { state, subject } = remembering()
    const token = await sign()
    const first = await subject.validate(token)
    const { verified } = state
    expect(verified).toBeGreaterThan(0)
    expect(await subject.validate(token)).toBe(first)
    expect(state.verified).toBe(verified)
  })

  it('ends with the token, and after its own time', async () => {
    const { state, subject } = remembering({ leeway: 0 })
    const short = await sign({ exp: now + 10 })
    await subject.validate(short)
    state.time += 10
    await expect(subject.validate(short)).rejects.toMatchObject({ reason: 'token_expired' })
    const { verified } = state
    const long = await sign()
    await subject.validate(long)
    state.time += 60
    await subject.validate(long)
    expect(state.verified).toBeGreaterThan(verified + 1)
  })

  it('ends when the issuer takes the key away', async () => {
    const { state, subject } = remembering()
    const token = await sign()
    await subject.validate(token)
    state.keys = await KeySet.generate(['ES256', 'EdDSA'])
    await expect(subject.validate(token)).rejects.toMatchObject({ code: 'invalid_token' })
  })

  it('ends when it is told to, for one token or for all', async () => {
    const { subject } = remembering()
    const [a, b] = [await sign({ jti: 'a' }), await sign({ jti: 'b' })]
    const [firstA, firstB] = [await subject.validate(a), await subject.validate(b)]
    await subject.forget(a)
    expect(await subject.validate(b)).toBe(firstB)
    expect(await subject.validate(a)).not.toBe(firstA)
    await subject.forget()
    expect(await subject.validate(b)).not.toBe(firstB)
  })

  it('remembers no token that was refused, nor one for another', async () => {
    const { subject } = remembering()
    await subject.validate(await sign())
    await expect(subject.validate(`${(await sign()).slice(0, -8)}AAAAAAAA`)).rejects.toMatchObject({
      reason: 'token_jwt_signature',
    })
  })
})

describe('RFC 8414 §3 finding the keys of the issuer', () => {
  const oauth = 'https://op.example/.well-known/oauth-authorization-server/tenant'
  const openid = 'https://op.example/tenant/.well-known/openid-configuration'
  const jwksUri = 'https://op.example/jwks'
  const metadata = { issuer, jwks_uri: jwksUri }

  it.each([
    ['OAuth', { [oauth]: metadata }, [oauth, jwksUri]],
    ['OpenID', { [openid]: metadata }, [oauth, openid, jwksUri]],
  ])('reads the %s metadata once', async (_, documents, expected) => {
    const { transport, asked } = jsonTransport({ ...documents, [jwksUri]: keys.toPublicJwks() })
    const subject = new JwtValidator({ issuer, audience, clock, transport })
    await Promise.all([subject.validate(await sign()), subject.validate(await sign())])
    await subject.validate(await sign())
    expect(asked).toEqual(expected)
  })

  it('goes straight to "jwksUri"', async () => {
    const { transport, asked } = jsonTransport({ [jwksUri]: keys.toPublicJwks() })
    await new JwtValidator({ issuer, audience, clock, transport, jwksUri }).validate(await sign())
    expect(asked).toEqual([jwksUri])
  })

  it('finds keys that moved, and serves on while the issuer is away', async () => {
    let time = now * 1000
    const documents: Record<string, unknown> = {
      [oauth]: metadata,
      [jwksUri]: (await KeySet.generate(['ES256'])).toPublicJwks(),
    }
    const { transport } = jsonTransport(documents)
    const subject = new JwtValidator({ issuer, audience, clock: () => time, transport })
    const validate = async () => subject.validate(await sign({ exp: now + 1e6 }))
    await expect(validate()).rejects.toMatchObject({ code: 'invalid_token' })
    documents[oauth] = { issuer, jwks_uri: 'https://op.example/moved' }
    documents['https://op.example/moved'] = keys.toPublicJwks()
    time += 3_600_000
    await expect(validate()).resolves.toMatchObject({ subject: 'u1' })
    delete documents[oauth]
    time += 3_600_000
    await expect(validate()).resolves.toMatchObject({ subject: 'u1' })
  })

  it.each<[string, Record<string, unknown>]>([
    ['there are none', {}],
    ['they are of another issuer', { [oauth]: { ...metadata, issuer: 'https://op.example' } }],
    ['they name no keys', { [oauth]: { issuer } }],
    ['their keys would come over plain http', { [oauth]: { issuer, jwks_uri: 'http://op.example/jwks' } }],
    ['their keys cannot be fetched', { [oauth]: metadata }],
  ])('answers 503 where %s, and asks again after a while', async (_, documents) => {
    let time = now * 1000
    const { transport, asked } = jsonTransport(documents)
    const subject = new JwtValidator({ issuer, audience, clock: () => time, transport })
    const refusal = { code: 'temporarily_unavailable', status: 503, description: 'access token cannot be verified now' }
    await expect(subject.validate(await sign())).rejects.toMatchObject(refusal)
    const count = asked.length
    await expect(subject.validate(await sign())).rejects.toMatchObject(refusal)
    expect(asked).toHaveLength(count)
    Object.assign(documents, { [oauth]: metadata, [jwksUri]: keys.toPublicJwks() })
    time += 6000
    await expect(subject.validate(await sign())).resolves.toMatchObject({ subject: 'u1' })
  })
})

describe('an issuer that does not answer', () => {
  it('is no reason to look for its metadata elsewhere, nor to refuse a token', async () => {
    const asked: string[] = []
    const transport: Transport = async (request) => {
      asked.push(request.url)
      throw new FetchError('timeout', request)
    }
    const subject = new JwtValidator({ issuer, audience, clock, transport })
    await expect(subject.validate(await sign())).rejects.toMatchObject({
      status: 503,
      reason: 'token_keys_unavailable',
      retryAfter: 5,
    })
    expect(asked).toEqual(['https://op.example/.well-known/oauth-authorization-server/tenant'])
  })
})

describe('JwtValidator set-up', () => {
  it('names every problem at once', () => {
    const options = { issuer: 'http://op.example', audience: '', keys, jwksUri: 'https://op.example/jwks' }
    expect(() => new JwtValidator(options)).toThrow(
      'JwtValidator: "issuer" must be https, or http on a loopback address; ' +
        '"audience" is missing: expected the name of this API in its tokens; ' +
        '"jwksUri" and "keys" are both given: expected one of them',
    )
  })

  it.each<[string, Partial<JwtValidatorOptions>]>([
    ['"leeway" must be a whole number of seconds or a text such as "30s"', { leeway: -1 }],
    ['"algorithms" must name at least one signature algorithm, such as "ES256"', { algorithms: [] }],
    ['"algorithms" must name at least one signature algorithm, such as "ES256"', { algorithms: ['ES256', 'none'] }],
  ])('refuses %s', (problem, options) => {
    expect(() => validator(options)).toThrow(`JwtValidator: ${problem}`)
  })

  it.each(['http://op.example/jwks', 'op.example/jwks'])('refuses keys at %s', (jwksUri) => {
    expect(() => new JwtValidator({ issuer, audience, jwksUri })).toThrow(
      'JwtValidator: "jwksUri" must be https, or http on a loopback address',
    )
  })
})
