import { describe, expect, it } from 'vitest'
import type { OutgoingRequest, OutgoingResponse, Transport } from '../../http/fetch.ts'
import { FetchError } from '../../http/fetch-error.ts'
import { headerOf } from '../../http/response.ts'
import { Key } from '../../jose/jwk/index.ts'
import { KeySet } from '../../jose/jwks/index.ts'
import { verifyJwt } from '../../jose/jwt/index.ts'
import { signIntrospectionResponse } from '../introspection-jwt.ts'
import { bearerToken, clientSecretBasic, clientSecretPost, privateKeyJwt } from './introspection-auth.ts'
import type { IntrospectionValidatorOptions } from './introspection-options.ts'
import { IntrospectionValidator } from './introspection-validator.ts'

const issuer = 'https://op.example'
const introspectionEndpoint = 'https://op.example/introspect'
const audience = 'https://api.example'
const now = 1_800_000_000
const said = { active: true, iss: issuer, aud: audience, sub: 'u1', client_id: 'app', scope: 'read', exp: now + 300 }

const answer = (value: unknown, status = 200, type = 'application/json'): OutgoingResponse => ({
  status,
  headers: [['content-type', type]],
  body: new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value)),
})

/** A server that gives the same answer to every question, and what it was asked. */
function server(respond: (request: OutgoingRequest) => OutgoingResponse | Promise<OutgoingResponse>) {
  const asked: OutgoingRequest[] = []
  const transport: Transport = async (request) => {
    asked.push(request)
    return respond(request)
  }
  return { asked, transport }
}

function validator(
  respond: Parameters<typeof server>[0],
  options: Partial<IntrospectionValidatorOptions> = {},
): { subject: IntrospectionValidator; asked: OutgoingRequest[] } {
  const { asked, transport } = server(respond)
  const subject = new IntrospectionValidator({
    issuer,
    introspectionEndpoint,
    audience,
    authentication: clientSecretBasic('api', 'secret'),
    clock: () => now * 1000,
    transport,
    ...options,
  })
  return { subject, asked }
}

const validate = (value: unknown, options: Partial<IntrospectionValidatorOptions> = {}) =>
  validator(() => answer(value), options).subject.validate('t')

describe('RFC 7662 §2.1 asking about a token', () => {
  it('by POST, with the token in the body', async () => {
    const { subject, asked } = validator(() => answer(said))
    await subject.validate('a+token/with=signs')
    expect(asked).toEqual([
      {
        url: introspectionEndpoint,
        method: 'POST',
        headers: [
          ['accept', 'application/json'],
          ['content-type', 'application/x-www-form-urlencoded'],
          ['authorization', `Basic ${btoa('api:secret')}`],
        ],
        body: 'token=a%2Btoken%2Fwith%3Dsigns&token_type_hint=access_token',
      },
    ])
  })

  it('with the secret in the body', async () => {
    const { subject, asked } = validator(() => answer(said), { authentication: clientSecretPost('api', 's&cret') })
    await subject.validate('t')
    expect(asked[0]?.body).toBe('token=t&token_type_hint=access_token&client_id=api&client_secret=s%26cret')
  })

  it('with an access token of our own', async () => {
    const { subject, asked } = validator(() => answer(said), { authentication: bearerToken(() => 'own') })
    await subject.validate('t')
    expect(headerOf({ headers: asked[0]?.headers ?? [] }, 'authorization')).toBe('Bearer own')
  })

  it('RFC 7523 §2.2: with an assertion, a new one each time', async () => {
    const key = await Key.generate('ES256')
    const clock = () => now * 1000
    const { subject, asked } = validator(() => answer(said), { authentication: privateKeyJwt('api', key, { clock }) })
    await subject.validate('t')
    await subject.validate('t')
    const forms = asked.map(({ body }) => new URLSearchParams(String(body)))
    expect(forms[0]?.get('client_assertion_type')).toBe('urn:ietf:params:oauth:client-assertion-type:jwt-bearer')
    const assertions = await Promise.all(
      forms.map((form) =>
        verifyJwt(form.get('client_assertion') ?? '', key, { issuer: 'api', subject: 'api', audience: issuer, clock }),
      ),
    )
    expect(assertions[0]?.claims).toMatchObject({ iat: now, exp: now + 60 })
    expect(assertions[0]?.claims.jti).not.toBe(assertions[1]?.claims.jti)
  })

  it('RFC 8414 §2: where the metadata of the issuer say', async () => {
    const { asked, transport } = server(({ url }) =>
      answer(url.includes('well-known') ? { issuer, introspection_endpoint: introspectionEndpoint } : said),
    )
    const authentication = clientSecretBasic('api', 'secret')
    const subject = new IntrospectionValidator({ issuer, audience, authentication, transport, clock: () => now * 1000 })
    await subject.validate('t')
    await subject.validate('t')
    expect(asked.map(({ url }) => url)).toEqual([
      'https://op.example/.well-known/oauth-authorization-server',
      introspectionEndpoint,
      introspectionEndpoint,
    ])
  })

  it('not at all where the metadata name no endpoint', async () => {
    const { transport } = server(() => answer({ issuer }))
    const authentication = clientSecretBasic('api', 'secret')
    const subject = new IntrospectionValidator({ issuer, audience, authentication, transport })
    await expect(subject.validate('t')).rejects.toMatchObject({ status: 503, reason: 'introspection_unavailable' })
  })
})

describe('RFC 7662 §2.2 what is said of a token', () => {
  it('is what the token says', async () => {
    const { active, ...claims } = said
    expect(await validate({ ...said, act: { sub: 'admin' }, cnf: { jkt: 'x' }, token_type: 'DPoP' })).toEqual({
      subject: 'u1',
      clientId: 'app',
      scopes: ['read'],
      expiresAt: now + 300,
      act: { sub: 'admin' },
      cnf: { jkt: 'x' },
      tokenType: 'DPoP',
      claims: { ...claims, act: { sub: 'admin' }, cnf: { jkt: 'x' } },
    })
  })

  it('may leave out when it ends, and whose it is besides the client', async () => {
    const token = await validate({ active: true, client_id: 'app', aud: [audience, 'other'] })
    expect(token).toMatchObject({ subject: 'app', clientId: 'app', scopes: [] })
    expect(token.expiresAt).toBeUndefined()
  })

  it.each<[string, string, Record<string, unknown>]>([
    ['token_unknown', 'access token is unknown, has expired or was revoked', { active: false }],
    ['token_unknown', 'access token is unknown, has expired or was revoked', { ...said, active: false }],
    ['token_issuer', 'access token is of another issuer', { ...said, iss: 'https://evil.example' }],
    ['token_audience', 'access token is for another resource', { ...said, aud: ['https://other.example'] }],
    ['token_audience', 'access token is for another resource', { ...said, aud: undefined }],
    ['token_expired', 'access token has expired', { ...said, exp: now - 30 }],
    ['token_not_yet_valid', 'access token is not valid yet', { ...said, nbf: now + 31 }],
  ])('refuses (%s): %s', async (reason, description, response) => {
    await expect(validate(response)).rejects.toMatchObject({ code: 'invalid_token', status: 401, reason, description })
  })

  it('allows clocks to differ, and tokens for nobody in particular where that was asked for', async () => {
    await expect(validate({ ...said, exp: now - 29, nbf: now + 30 })).resolves.toMatchObject({ subject: 'u1' })
    const open = { allowMissingAudience: true }
    await expect(validate({ ...said, aud: undefined }, open)).resolves.toMatchObject({ subject: 'u1' })
    await expect(validate({ ...said, aud: 'https://other.example' }, open)).rejects.toMatchObject({
      reason: 'token_audience',
    })
  })
})

describe('RFC 7662 §2.3 answers that say nothing about the token', () => {
  const cannot = { code: 'temporarily_unavailable', status: 503, description: 'access token cannot be verified now' }

  it.each<[string, string, OutgoingResponse]>([
    ['introspection_refused', 'our credentials are wrong', answer({ error: 'invalid_client' }, 401)],
    ['introspection_unavailable', 'the server is broken', answer('', 500, 'text/html')],
    ['introspection_unavailable', 'it answers something else', answer(said, 204)],
    ['introspection_answer_invalid', 'it is no JSON', answer('active')],
    ['introspection_answer_invalid', 'it is another type', answer(said, 200, 'text/html')],
    ['introspection_answer_invalid', '"active" is a text', answer({ ...said, active: 'true' })],
    ['introspection_answer_invalid', '"active" is a number', answer({ ...said, active: 1 })],
    ['introspection_answer_invalid', '"active" is not there', answer({ ...said, active: undefined })],
    ['introspection_answer_invalid', '"active" comes twice', answer('{"active":false,"active":true}')],
    ['introspection_answer_invalid', '"exp" is a text', answer({ ...said, exp: '9999999999' })],
    ['introspection_answer_invalid', '"cnf" is a text', answer({ ...said, cnf: 'x' })],
  ])('%s: %s', async (reason, _, response) => {
    const { subject } = validator(() => response)
    await expect(subject.validate('t')).rejects.toMatchObject({ ...cannot, reason, retryAfter: 5 })
  })

  it.each(['timeout', 'network', 'redirect', 'too_large'] as const)('%s', async (code) => {
    const { subject } = validator(() => Promise.reject(new FetchError(code, { url: introspectionEndpoint })))
    await expect(subject.validate('t')).rejects.toMatchObject({ ...cannot, reason: 'introspection_unavailable' })
  })
})

describe('RFC 9701 answers that the server signed', () => {
  const keys = KeySet.generate(['ES256'])

  async function signed(changes: { issuer?: string; audience?: string } = {}): Promise<OutgoingResponse> {
    const options = { issuer, audience: 'api', alg: 'ES256', clock: () => now * 1000, ...changes }
    const jwt = await signIntrospectionResponse(said, await keys, options)
    return answer(jwt, 200, 'application/token-introspection+jwt')
  }

  it('are asked for, verified and read', async () => {
    const { subject, asked } = validator(() => signed(), { signedAnswers: { clientId: 'api', keys: await keys } })
    await expect(subject.validate('t')).resolves.toMatchObject({ subject: 'u1' })
    expect(headerOf({ headers: asked[0]?.headers ?? [] }, 'accept')).toBe('application/token-introspection+jwt')
  })

  it('are verified with the keys that the metadata of the issuer name', async () => {
    const jwks = (await keys).toPublicJwks()
    const respond = ({ url }: OutgoingRequest) => {
      if (url.endsWith('/jwks')) return answer(jwks)
      return url.includes('well-known') ? answer({ issuer, jwks_uri: 'https://op.example/jwks' }) : signed()
    }
    const { subject } = validator(respond, { signedAnswers: { clientId: 'api' } })
    await expect(subject.validate('t')).resolves.toMatchObject({ subject: 'u1' })
  })

  it('§5: are decrypted where they are to be encrypted, and then not taken otherwise', async () => {
    const own = await Key.generate({ kty: 'EC', crv: 'P-256' }, { use: 'enc' })
    const encryption = { keys: own, alg: 'ECDH-ES', enc: 'A128CBC-HS256' } as const
    const options = { issuer, audience: 'api', alg: 'ES256', clock: () => now * 1000, encryption } as const
    const jwt = await signIntrospectionResponse(said, await keys, options)
    const decryption = { keys: own, algorithms: ['ECDH-ES'], encryptions: ['A128CBC-HS256'] }
    const signedAnswers = { clientId: 'api', keys: await keys, decryption }
    const encrypted = validator(() => answer(jwt, 200, 'application/token-introspection+jwt'), { signedAnswers })
    await expect(encrypted.subject.validate('t')).resolves.toMatchObject({ subject: 'u1' })
    const plain = validator(() => signed(), { signedAnswers })
    await expect(plain.subject.validate('t')).rejects.toMatchObject({ reason: 'introspection_answer_invalid' })
  })

  it.each<[string, () => Promise<OutgoingResponse>]>([
    ['that are not signed', async () => answer(said)],
    ['of another issuer', () => signed({ issuer: 'https://evil.example' })],
    ['for somebody else', () => signed({ audience: 'other' })],
    [
      'with another signature',
      async () => {
        const jwt = await signIntrospectionResponse(said, await KeySet.generate(['ES256']), {
          issuer,
          audience: 'api',
          alg: 'ES256',
        })
        return answer(jwt, 200, 'application/token-introspection+jwt')
      },
    ],
  ])('are not taken: answers %s', async (_, respond) => {
    const { subject } = validator(respond, { signedAnswers: { clientId: 'api', keys: await keys } })
    await expect(subject.validate('t')).rejects.toMatchObject({ status: 503, reason: 'introspection_answer_invalid' })
  })
})

describe('RFC 7662 §4 remembering what was said', () => {
  /** A server that says what `response` holds at the time, and a clock to turn. */
  function remembering(cache: IntrospectionValidatorOptions['cache']) {
    const state = { time: now, response: said as Record<string, unknown> }
    const { subject, asked } = validator(() => answer(state.response), {
      clock: () => state.time * 1000,
      ...(cache && { cache }),
    })
    return { state, subject, asked }
  }

  it('does not, unless it was asked for', async () => {
    const { subject, asked } = remembering(undefined)
    await subject.validate('t')
    await subject.validate('t')
    expect(asked).toHaveLength(2)
  })

  it('for as long as was said, and asks once where many ask at the same time', async () => {
    const { state, subject, asked } = remembering({ lifetime: '30s' })
    await Promise.all(Array.from({ length: 16 }, () => subject.validate('t')))
    expect(asked).toHaveLength(1)
    state.response = { active: false }
    state.time += 29
    await expect(subject.validate('t')).resolves.toMatchObject({ subject: 'u1' })
    state.time += 1
    await expect(subject.validate('t')).rejects.toMatchObject({ reason: 'token_unknown' })
  })

  it('not beyond the end of the token, and not where nobody knows when that is', async () => {
    const { state, subject, asked } = remembering({ lifetime: '1h' })
    await subject.validate('t')
    state.time += 300
    await subject.validate('t')
    expect(asked).toHaveLength(2)
    state.response = { ...said, exp: undefined }
    await subject.validate('u')
    await subject.validate('u')
    expect(asked).toHaveLength(4)
  })

  it('nothing of tokens that were refused', async () => {
    const { state, subject } = remembering({})
    state.response = { active: false }
    await expect(subject.validate('t')).rejects.toMatchObject({ reason: 'token_unknown' })
    state.response = said
    await expect(subject.validate('t')).resolves.toMatchObject({ subject: 'u1' })
  })

  it('no more than was said', async () => {
    const { subject, asked } = remembering({ max: 2 })
    for (const token of ['a', 'b', 'c', 'a']) await subject.validate(token)
    expect(asked).toHaveLength(4)
  })

  it('forgets one token, or all, when it is told to', async () => {
    const { subject, asked } = remembering({})
    await subject.validate('a')
    await subject.validate('b')
    await subject.forget('a')
    await subject.validate('b')
    expect(asked).toHaveLength(2)
    await subject.validate('a')
    await subject.forget()
    await subject.validate('b')
    expect(asked).toHaveLength(4)
  })

  it('does not remember what it was told before it was to forget', async () => {
    const release: (() => void)[] = []
    const { subject, asked } = validator(() => new Promise((resolve) => release.push(() => resolve(answer(said)))), {
      cache: {},
    })
    const before = subject.validate('t')
    while (asked.length === 0) await new Promise(setImmediate)
    await subject.forget('t')
    release[0]?.()
    await before
    const after = subject.validate('t')
    while (asked.length === 1) await new Promise(setImmediate)
    release[1]?.()
    await after
    expect(asked).toHaveLength(2)
  })
})

describe('IntrospectionValidator set-up', () => {
  const authentication = clientSecretBasic('api', 'secret')

  it('misses what untyped code leaves out', () => {
    const options = JSON.parse(JSON.stringify({ issuer, audience }))
    expect(() => new IntrospectionValidator(options)).toThrow(
      'IntrospectionValidator: "authentication" is missing: expected a function such as clientSecretBasic(id, secret)',
    )
  })

  it.each<[string, Partial<IntrospectionValidatorOptions>]>([
    ['"issuer" and "introspectionEndpoint" are both missing: expected one of them', {}],
    ['"issuer" must be https', { issuer: 'http://op.example' }],
    ['"introspectionEndpoint" must be https', { introspectionEndpoint: 'http://op.example/introspect' }],
    ['"audience" is missing', { issuer, audience: [] }],
    ['"signedAnswers" are asked for without "issuer"', { introspectionEndpoint, signedAnswers: { clientId: 'api' } }],
    ['"jwksUri" must be https', { issuer, signedAnswers: { clientId: 'api', jwksUri: 'http://op.example' } }],
    ['"leeway" must be a whole number of seconds', { issuer, leeway: -1 }],
    ['"cache.max" must be a whole number above 0', { issuer, cache: { max: 0 } }],
    ['"cache.lifetime" must be a whole number of seconds', { issuer, cache: { lifetime: -1 } }],
  ])('refuses: %s', (problem, options) => {
    expect(() => new IntrospectionValidator({ audience, authentication, ...options })).toThrow(
      `IntrospectionValidator: ${problem}`,
    )
  })
})
