import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseChallenges } from '../../http/authorization.ts'
import { fromFetch } from '../../http/request.ts'
import { OAuth2Error } from '../errors.ts'
import type { AccessToken } from './access-token.ts'
import { ResourceProtector } from './protector.ts'
import type { ResourceProtectorOptions } from './protector-options.ts'
import type { Alternatives, Requirement } from './requirement.ts'
import type { TokenValidator } from './token-validator.ts'

const now = 1_800_000_000
const token: AccessToken = {
  subject: 'u1',
  clientId: 'app',
  scopes: ['read', 'write'],
  groups: ['staff', 'admins'],
  roles: ['editor'],
  entitlements: [],
  acr: 'mfa',
  authTime: now - 100,
  expiresAt: 2e9,
  claims: {},
}

/** What each token is worth, as bearer tokens and as others. */
const TOKENS: ReadonlyMap<string, AccessToken> = new Map(
  Object.entries({
    good: token,
    plain: { subject: 'u1', clientId: 'app', scopes: ['read'], claims: {} },
    bound: { ...token, cnf: { jkt: 'thumbprint' } },
    'bound-to-certificate': { ...token, cnf: { 'x5t#S256': 'thumbprint' } },
    'said-to-be-dpop': { ...token, tokenType: 'DPoP' },
    'said-to-be-bearer': { ...token, tokenType: 'bearer' },
  }),
)

const bearer: TokenValidator = {
  validate: (value) => {
    if (value === 'broken') throw new Error('database password is hunter2')
    if (value === 'away') throw new OAuth2Error('temporarily_unavailable', 'try again', { retryAfter: 5 })
    const found = TOKENS.get(value)
    if (found === undefined) throw new OAuth2Error('invalid_token', 'access token is unknown', { reason: 'unknown' })
    return found
  },
}

/** Stands for a validator that sees possession proven. */
const dpop: TokenValidator = { ...bearer, tokenType: 'DPoP', confirms: ['jkt'], challenge: { algs: 'ES256' } }

const protector = new ResourceProtector({ realm: 'api', clock: () => now * 1000 }).registerTokenValidator(bearer)

const both = (options: ResourceProtectorOptions = {}): ResourceProtector =>
  new ResourceProtector({ clock: () => now * 1000, ...options })
    .registerTokenValidator(bearer)
    .registerTokenValidator(dpop)

const send = (authorization?: string, url = 'https://api.example/me'): Request =>
  new Request(url, authorization === undefined ? {} : { headers: { authorization } })

const request = (value?: string): Request => send(value === undefined ? undefined : `Bearer ${value}`)

describe('RFC 6750 §3 what a protected resource answers', () => {
  it('lets a valid token pass', async () => {
    const { token: found, headers, response } = await protector.protect(request('good'))
    expect(found).toEqual(token)
    expect([...(headers ?? [])]).toEqual([])
    expect(response).toBeUndefined()
  })

  it('names no error where there is no token', async () => {
    const { response } = await protector.protect(request(), 'read')
    expect(response?.status).toBe(401)
    expect(response?.headers.get('www-authenticate')).toBe('Bearer realm="api", scope="read"')
    expect(await response?.text()).toBe('')
  })

  it('takes credentials of another scheme for none', async () => {
    const { response } = await protector.protect(send('Basic dTpw'))
    expect(response?.headers.get('www-authenticate')).toBe('Bearer realm="api"')
  })

  it('answers plain requests with plain responses', async () => {
    const { response } = await protector.protect(fromFetch(request()))
    expect(response).toMatchObject({ status: 401 })
    expect(response?.headers).toContainEqual(['www-authenticate', 'Bearer realm="api"'])
  })

  it('throws what is not about the request', async () => {
    await expect(protector.protect(request('broken'))).rejects.toThrow('database password is hunter2')
  })

  it.each(['Bearer', 'bearer', 'BEARER'])('RFC 9110 §11.1: reads the scheme as %s', async (scheme) => {
    await expect(protector.protect(send(`${scheme} good`))).resolves.toMatchObject({ token: { subject: 'u1' } })
  })

  it('answers what it cannot find out without a challenge: other credentials would not help', async () => {
    const { response } = await protector.protect(request('away'))
    expect(response?.status).toBe(503)
    expect(response?.headers.get('www-authenticate')).toBeNull()
    expect(response?.headers.get('retry-after')).toBe('5')
  })

  it('tells the log why, and the request less', async () => {
    const lines: string[] = []
    const write = (line: string): void => void lines.push(line)
    const logger = { debug: write, info: write, warn: write, error: write }
    const logging = new ResourceProtector({ logger }).registerTokenValidator(bearer)
    const { response } = await logging.protect(request('bad'))
    expect(lines).toHaveLength(1)
    expect(lines[0]).toContain('"reason":"unknown"')
    expect(await response?.text()).not.toContain('reason')
  })
})

describe('RFC 6750 §3.1 each error, with its status, its challenge and its body', () => {
  it.each<[error: string, status: number, authorization: string, requirement: Requirement, description: string]>([
    ['invalid_request', 400, 'Bearer', '', 'Bearer credentials must be one access token'],
    ['invalid_request', 400, 'Bearer realm="x"', '', 'Bearer credentials must be one access token'],
    ['invalid_token', 401, 'Bearer bad', '', 'access token is unknown'],
    ['insufficient_scope', 403, 'Bearer good', 'read admin', 'access token does not allow what this request needs'],
  ])('%s %i: "%s" for %j', async (error, status, authorization, requirement, description) => {
    const { response } = await protector.protect(send(authorization), requirement)
    expect(response?.status).toBe(status)
    const scope = requirement === '' ? '' : `, scope="${requirement}"`
    expect(response?.headers.get('www-authenticate')).toBe(
      `Bearer realm="api", error="${error}", error_description="${description}"${scope}`,
    )
    expect(response?.headers.get('cache-control')).toBe('no-store')
    expect(await response?.json()).toEqual({ error, error_description: description })
  })

  it.each(['Bearer a, Bearer b', 'Bearer a b', 'DPoP a, Bearer b'])(
    'invalid_request 400: "%s", which is not one token',
    async (authorization) => {
      const { response } = await both().protect(send(authorization))
      expect(response?.status).toBe(400)
      expect(await response?.json()).toMatchObject({ error: 'invalid_request' })
    },
  )
})

describe('RFC 6750 §2 where a token may be', () => {
  const form = (body: string, authorization?: string): Request =>
    new Request('https://api.example/me', {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...(authorization && { authorization }) },
    })

  it.each([
    ['the query', send(undefined, 'https://api.example/?access_token=good')],
    ['a form', form('access_token=good')],
  ])('not in %s unless that was asked for', async (_, sent) => {
    const { response } = await protector.protect(sent)
    expect(response?.status).toBe(401)
    expect(await response?.text()).toBe('')
  })

  it.each(['Bearer good', 'DPoP good'])('not in two places: "%s" and the query', async (authorization) => {
    const { response } = await both().protect(send(authorization, 'https://api.example/?access_token=good'))
    expect(response?.status).toBe(400)
    expect(await response?.json()).toEqual({
      error: 'invalid_request',
      error_description: 'access token must be sent once, in one place',
    })
  })

  it('RFC 6750 §2.2: in a form where that was asked for, which the handler can still read', async () => {
    const reading = new ResourceProtector({ tokenPlacement: ['body'] }).registerTokenValidator(bearer)
    const sent = form('access_token=good&a=1')
    await expect(reading.protect(sent)).resolves.toMatchObject({ token: { subject: 'u1' } })
    expect(await sent.text()).toBe('access_token=good&a=1')
    const { response } = await reading.protect(form('access_token=good', 'Bearer good'))
    expect(response?.status).toBe(400)
  })

  it('RFC 6750 §2.3: in the query where that was asked for, and then nobody keeps the answer', async () => {
    const reading = new ResourceProtector({ tokenPlacement: ['query'] }).registerTokenValidator(bearer)
    const { token: found, headers } = await reading.protect(send(undefined, 'https://api.example/?access_token=good'))
    expect(found?.subject).toBe('u1')
    expect(headers?.get('cache-control')).toBe('private, no-store')
    const { response } = await reading.protect(send(undefined, 'https://api.example/?access_token=bad'))
    expect(response?.headers.get('cache-control')).toBe('no-store')
  })

  it('takes what is in the body or the query for a bearer token, never for one that is bound', async () => {
    const onlyDpop = new ResourceProtector({ tokenPlacement: ['query'] }).registerTokenValidator(dpop)
    const { response } = await onlyDpop.protect(send(undefined, 'https://api.example/?access_token=bound'))
    expect(await response?.json()).toEqual({
      error: 'invalid_token',
      error_description: 'access token is of no issuer that is accepted here',
    })
  })
})

describe('RFC 9449 §7 tokens of several types', () => {
  it('§7.1: tells who has no token of all of them', async () => {
    const { response } = await both({ realm: 'api' }).protect(fromFetch(request()), 'read')
    expect(response?.headers.filter(([name]) => name === 'www-authenticate')).toEqual([
      ['www-authenticate', 'Bearer realm="api", scope="read"'],
      ['www-authenticate', 'DPoP realm="api", scope="read", algs="ES256"'],
    ])
  })

  it('§7.2: says what is wrong about the type that was used', async () => {
    const { response } = await both().protect(fromFetch(send('dpop bad')))
    expect(response?.headers.filter(([name]) => name === 'www-authenticate')).toEqual([
      ['www-authenticate', 'Bearer'],
      ['www-authenticate', 'DPoP error="invalid_token", error_description="access token is unknown", algs="ES256"'],
    ])
  })

  it.each([
    ['bound', 'Bearer', 'access token is bound to a key, whose possession was not proven'],
    ['bound-to-certificate', 'Bearer', 'access token is bound to a key, whose possession was not proven'],
    ['bound-to-certificate', 'DPoP', 'access token is bound to a key, whose possession was not proven'],
    ['said-to-be-dpop', 'Bearer', 'access token is of another type than it was sent as'],
    ['said-to-be-bearer', 'DPoP', 'access token is of another type than it was sent as'],
  ])('§7.2: refuses the token %s as %s', async (value, scheme, description) => {
    const { response } = await both().protect(send(`${scheme} ${value}`))
    expect(response?.status).toBe(401)
    expect(await response?.json()).toEqual({ error: 'invalid_token', error_description: description })
  })

  it.each([
    ['bound', 'DPoP'],
    ['said-to-be-dpop', 'dpop'],
    ['said-to-be-bearer', 'Bearer'],
  ])('takes the token %s as %s', async (value, scheme) => {
    await expect(both().protect(send(`${scheme} ${value}`))).resolves.toMatchObject({ token: { subject: 'u1' } })
  })

  it('asks, of several validators of one type, the first that recognizes the token', async () => {
    const named = (name: string): TokenValidator => ({
      recognizes: (value) => value.startsWith(name),
      validate: () => ({ ...token, subject: name }),
    })
    const several = new ResourceProtector().registerTokenValidator(named('a')).registerTokenValidator(named('b'))
    await expect(several.protect(request('b1'))).resolves.toMatchObject({ token: { subject: 'b' } })
    const { response } = await several.protect(request('c1'))
    expect(await response?.json()).toMatchObject({
      error_description: 'access token is of no issuer that is accepted here',
    })
    several.registerTokenValidator(bearer)
    await expect(several.protect(request('good'))).resolves.toMatchObject({ token: { subject: 'u1' } })
  })

  it('carries the headers of the validator on every answer', async () => {
    const talking = new ResourceProtector().registerTokenValidator({
      ...bearer,
      responseHeaders: () => [['dpop-nonce', 'n1']],
    })
    expect((await talking.protect(request('good'))).headers?.get('dpop-nonce')).toBe('n1')
    expect((await talking.protect(request('bad'))).response?.headers.get('dpop-nonce')).toBe('n1')
    expect((await talking.protect(request())).response?.headers.get('dpop-nonce')).toBeNull()
  })
})

describe('RFC 6749 §3.3 what the scope of a token must be', () => {
  it.each<[Alternatives, boolean]>([
    ['', true],
    ['read', true],
    ['write read', true],
    ['read admin', false],
    [['admin', 'read'], true],
    [['admin read', 'read write'], true],
    [['admin', 'owner'], false],
    [[], false],
  ])('%j', async (scope, isEnough) => {
    for (const requirement of [scope, { scope }]) {
      const { response } = await protector.protect(request('good'), requirement)
      expect(response?.status).toBe(isEnough ? undefined : 403)
    }
  })
})

describe('RFC 9068 §2.2.3.1 groups, roles and entitlements', () => {
  it.each<[Requirement, boolean]>([
    [{ groups: 'staff' }, true],
    [{ groups: 'staff admins' }, true],
    [{ groups: ['board', 'staff'] }, true],
    [{ groups: 'staff board' }, false],
    [{ roles: ['owner', 'editor'], groups: 'staff' }, true],
    [{ roles: 'editor', groups: 'board' }, false],
    [{ entitlements: 'export' }, false],
    [{ scope: 'read', roles: 'editor' }, true],
    [{ scope: 'admin', roles: 'editor' }, false],
    [{}, true],
  ])('%j', async (requirement, isEnough) => {
    const { response } = await protector.protect(request('good'), requirement)
    expect(response?.status).toBe(isEnough ? undefined : 403)
    if (!isEnough) expect(response?.headers.get('www-authenticate')).toContain('error="insufficient_scope"')
  })

  it('a token that says nothing of groups is in none', async () => {
    const { response } = await protector.protect(request('plain'), { groups: 'staff' })
    expect(response?.status).toBe(403)
  })
})

describe('RFC 9470 §3 asking for another authentication', () => {
  const challengeOf = async (value: string, requirement: Requirement) => {
    const { response } = await protector.protect(request(value), requirement)
    return [response?.status, response?.headers.get('www-authenticate')]
  }
  const start = 'Bearer realm="api", error="insufficient_user_authentication", error_description='

  it('names the levels that would do', async () => {
    expect(await challengeOf('good', { acrValues: ['hardware', 'phishing-resistant'], scope: 'read' })).toEqual([
      401,
      `${start}"a different authentication level is required", scope="read", acr_values="hardware phishing-resistant"`,
    ])
  })

  it('says how long ago it may be', async () => {
    expect(await challengeOf('good', { maxAge: 99 })).toEqual([
      401,
      `${start}"a more recent authentication is required", max_age="99"`,
    ])
  })

  it.each<[Requirement]>([[{ acrValues: ['mfa'] }], [{ acrValues: ['pin', 'mfa'], maxAge: '2m' }], [{ maxAge: 100 }]])(
    'lets pass what is enough: %j',
    async (requirement) => {
      expect(await challengeOf('good', requirement)).toEqual([undefined, undefined])
    },
  )

  it.each<[Requirement]>([[{ acrValues: ['mfa'] }], [{ maxAge: '10h' }], [{ acrValues: [] }]])(
    'refuses a token that does not say how: %j',
    async (requirement) => {
      expect((await challengeOf('plain', requirement))[0]).toBe(401)
    },
  )

  it('comes before the scope, whose name it carries: one login mends both', async () => {
    const [status, challenge] = await challengeOf('good', { maxAge: 1, scope: 'admin' })
    expect(status).toBe(401)
    expect(challenge).toContain('scope="admin", max_age="1"')
  })
})

describe('protection that is optional', () => {
  const optional = { scope: 'read', optional: true } as const

  it('lets a request without a token pass', async () => {
    const { token: found, response } = await protector.protect(request(), optional)
    expect([found, response]).toEqual([undefined, undefined])
  })

  it('finds the token where there is one', async () => {
    await expect(protector.protect(request('good'), optional)).resolves.toMatchObject({ token: { subject: 'u1' } })
  })

  it.each([
    ['bad', 401],
    ['bound', 401],
  ])('refuses the token "%s" all the same', async (value, status) => {
    expect((await protector.protect(request(value), optional)).response?.status).toBe(status)
  })

  it('refuses a token that allows too little', async () => {
    const { response } = await protector.protect(request('good'), { scope: 'admin', optional: true })
    expect(response?.status).toBe(403)
  })
})

describe('RFC 9728 §3 what a protected resource says about itself', () => {
  const resource = 'https://api.example/v1'
  const describing = new ResourceProtector({
    resource,
    tokenPlacement: ['body'],
    metadata: { scopes_supported: ['read'], resource_name: 'Orders', 'resource_name#de': 'Bestellungen' },
  })
    .registerTokenValidator({ ...bearer, metadata: { authorization_servers: ['https://op.example'] } })
    .registerTokenValidator({
      ...dpop,
      metadata: { authorization_servers: ['https://op.example'], dpop_signing_alg_values_supported: ['ES256'] },
    })

  it('RFC 9728 §2: the sum of what is registered', () => {
    expect(describing.metadata()).toEqual({
      resource,
      authorization_servers: ['https://op.example'],
      bearer_methods_supported: ['header', 'body'],
      dpop_signing_alg_values_supported: ['ES256'],
      dpop_bound_access_tokens_required: false,
      scopes_supported: ['read'],
      resource_name: 'Orders',
      'resource_name#de': 'Bestellungen',
    })
    const bound = new ResourceProtector({ resource }).registerTokenValidator(dpop)
    expect(bound.metadata()).toEqual({ resource, dpop_bound_access_tokens_required: true })
  })

  it.each([
    ['https://api.example', 'https://api.example/.well-known/oauth-protected-resource'],
    ['https://api.example/', 'https://api.example/.well-known/oauth-protected-resource'],
    ['https://api.example/v1', 'https://api.example/.well-known/oauth-protected-resource/v1'],
    ['https://api.example/v1/', 'https://api.example/.well-known/oauth-protected-resource/v1/'],
  ])('RFC 9728 §3.1, §5.1: %s is described at %s, and challenges say so', async (name, url) => {
    const subject = new ResourceProtector({ resource: name }).registerTokenValidator(bearer)
    const response = await subject.handleMetadata(new Request(url))
    expect(response?.status).toBe(200)
    expect(await response?.json()).toMatchObject({ resource: name })
    const { response: refusal } = await subject.protect(request())
    expect(refusal?.headers.get('www-authenticate')).toBe(`Bearer resource_metadata="${url}"`)
  })

  it('RFC 9728 §3.2: as JSON that scripts of any origin may read', async () => {
    const url = 'https://api.example/.well-known/oauth-protected-resource/v1'
    const response = await describing.handleMetadata(new Request(url))
    expect(response?.headers.get('content-type')).toBe('application/json')
    expect(response?.headers.get('access-control-allow-origin')).toBe('*')
    expect((await describing.handleMetadata(new Request(url, { method: 'POST' })))?.status).toBe(405)
  })

  it.each([
    'https://api.example/v1',
    'https://api.example/.well-known/oauth-protected-resource',
    'https://api.example/v1/.well-known/oauth-protected-resource',
  ])('leaves %s alone', async (url) => {
    expect(await describing.handleMetadata(new Request(url))).toBeUndefined()
    expect(await describing.handleMetadata(fromFetch(new Request(url)))).toBeUndefined()
  })

  it('needs a name', async () => {
    expect(() => protector.metadata()).toThrow('ResourceProtector: "resource" is missing: expected the URL of this API')
    const url = 'https://api.example/.well-known/oauth-protected-resource'
    expect(await protector.handleMetadata(new Request(url))).toBeUndefined()
  })
})

describe('Authlib 5: faults that are not inherited', () => {
  it('a request without a header is no error of its own ("missing_authorization")', async () => {
    const { response } = await protector.protect(request())
    expect(response?.headers.get('www-authenticate')).toBe('Bearer realm="api"')
  })

  it('a refusal for a short scope has a challenge too', async () => {
    const { response } = await protector.protect(request('good'), 'admin')
    expect([response?.status, response?.headers.has('www-authenticate')]).toEqual([403, true])
  })

  it('a missing group is not a bad token', async () => {
    const { response } = await protector.protect(request('good'), { groups: 'board' })
    expect([response?.status, await response?.json()]).toMatchObject([403, { error: 'insufficient_scope' }])
  })
})

describe('whatever is sent', () => {
  const header = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc
      .tuple(fc.constantFrom('Bearer', 'bearer', 'DPoP', 'Basic', ''), fc.constantFrom(' ', '  ', ',', ''), fc.string())
      .map((parts) => parts.join('')),
  )

  it('is answered, by a challenge that can be read and repeats nothing', async () => {
    const subject = both({ realm: 'api', tokenPlacement: ['query'], resource: 'https://api.example' })
    await fc.assert(
      fc.asyncProperty(header, fc.string(), async (authorization, query) => {
        const { response } = await subject.protect(
          {
            method: 'GET',
            url: `/me?${query}`,
            header: (name) => (name === 'authorization' ? authorization : undefined),
            form: () => Promise.reject(new Error('not a form')),
            json: () => Promise.reject(new Error('not JSON')),
          },
          'read',
        )
        expect([400, 401]).toContain(response?.status)
        const challenges = response?.headers.filter(([name]) => name === 'www-authenticate') ?? []
        const schemes = challenges.flatMap(([, value]) => parseChallenges(value).map(({ scheme }) => scheme))
        expect(schemes).toEqual(['bearer', 'dpop'])
      }),
      { numRuns: 300 },
    )
  })
})

describe('RFC 9728 §1.2 ResourceProtector set-up', () => {
  it('takes one validator that takes every token of a type', () => {
    expect(() => protector.registerTokenValidator({ tokenType: 'bearer', validate: () => token })).toThrow(
      'ResourceProtector: a validator of Bearer tokens that takes all of them is registered already: register it last',
    )
  })

  it('does not guard without one', async () => {
    await expect(new ResourceProtector().protect(request('good'))).rejects.toThrow(
      'ResourceProtector: no token validator is registered',
    )
  })

  it.each<[string, ResourceProtectorOptions]>([
    ['"resource" must be https, or http on a loopback address', { resource: 'http://api.example' }],
    ['"resource" must not have a query or fragment', { resource: 'https://api.example/?a=b' }],
    ['"metadata" is given without "resource": expected the URL that they are about', { metadata: {} }],
  ])('refuses: %s', (problem, options) => {
    expect(() => new ResourceProtector(options)).toThrow(`ResourceProtector: ${problem}`)
  })
})
