import { describe, expect, it } from 'vitest'
import {
  basic,
  body,
  CALLBACK,
  CLIENTS,
  codeRequest,
  problem,
  redirected,
  TestServer,
  type TestServerOptions,
  VERIFIER,
} from '../../../test/support/authorization-server.ts'
import { KeySet } from '../../jose/jwks/index.ts'
import { decodeUnverifiedJwt } from '../../jose/jwt/index.ts'
import { AuthorizationServer } from './authorization-server.ts'
import { findAccessToken } from './tokens/find-access-token.ts'

const CALENDAR = 'https://calendar.example'
const CONTACTS = 'https://contacts.example/v1'
const FILES = 'https://files.example'
const RESOURCES = [
  { resource: CALENDAR, scopes: ['read', 'write'] },
  { resource: CONTACTS, scopes: ['write'] },
  { resource: FILES },
]
const UNKNOWN = 'resource is not one that this server issues tokens for'
const MALFORMED = 'resource must be an absolute URI without fragment'

type Pairs = [string, string][]

function serve(more: TestServerOptions = {}): TestServer {
  return new TestServer({ resources: RESOURCES, ...more })
}

function pairs(parameters: Record<string, string>, resources: readonly string[]): Pairs {
  return [...Object.entries(parameters), ...resources.map((name): [string, string] => ['resource', name])]
}

async function code(test: TestServer, resources: readonly string[], scope = 'read write'): Promise<string> {
  return String(redirected(await test.authorize(pairs({ ...codeRequest(), scope }, resources)))['code'])
}

function redeem(test: TestServer, value: string, resources: readonly string[] = []) {
  const form = { grant_type: 'authorization_code', code: value, redirect_uri: CALLBACK, code_verifier: VERIFIER }
  return test.token(pairs(form, resources), basic())
}

function refresh(
  test: TestServer,
  token: string,
  resources: readonly string[] = [],
  more: Record<string, string> = {},
) {
  return test.token(pairs({ grant_type: 'refresh_token', refresh_token: token, ...more }, resources), basic())
}

function forItself(test: TestServer, resources: readonly string[], more: Record<string, string> = {}) {
  return test.token(pairs({ grant_type: 'client_credentials', ...more }, resources), basic())
}

/** Whom a token is for, and what may be done there. */
async function target(test: TestServer, response: Awaited<ReturnType<typeof redeem>>): Promise<[unknown, unknown]> {
  const { access_token = '', scope } = body(response)
  const now = test.time / 1000
  const record = await findAccessToken({ server: test.server, store: test.store, now }, access_token)
  expect(record?.scope).toBe(scope)
  return [record?.audience, scope]
}

describe('RFC 8707 §2.1 resources in authorization requests', () => {
  it('are known to the server, and stand in the request each once', async () => {
    const query = new URLSearchParams(pairs(codeRequest(), [CALENDAR, FILES, CALENDAR]))
    const request = await serve().server.getConsentGrant(new Request(`https://op.example/authorize?${query}`))
    expect(request.resource).toEqual([CALENDAR, FILES])
  })

  it.each<[string, readonly string[], string]>([
    ['an unknown one', ['https://unknown.example'], UNKNOWN],
    ['an unknown one among known ones', [CALENDAR, 'https://unknown.example'], UNKNOWN],
    ['one with a slash too many', [`${CALENDAR}/`], UNKNOWN],
    ['one with a fragment', [`${CALENDAR}#x`], MALFORMED],
    ['one with an empty fragment', [`${CALENDAR}#`], MALFORMED],
    ['a relative reference', ['/calendar'], MALFORMED],
    ['a name without scheme', ['calendar.example'], MALFORMED],
    ['one with white space', [`${CALENDAR} `], MALFORMED],
    [
      '21 of them',
      Array.from({ length: 21 }, (_, n) => `https://a.example/${n}`),
      'resource must not name more than 20',
    ],
  ])('refuse %s, and tell the client', async (_, resources, description) => {
    const answer = redirected(await serve().authorize(pairs(codeRequest(), resources)))
    expect([answer['error'], answer['error_description']]).toEqual(['invalid_target', description])
    expect(answer['state']).toBe('xyz')
  })

  it('refuse a scope that means nothing there, before the person is asked', async () => {
    const answer = redirected(await serve().authorize(pairs({ ...codeRequest(), scope: 'read' }, [CONTACTS])))
    expect([answer['error'], answer['error_description']]).toEqual([
      'invalid_scope',
      'scope names nothing that the resource knows',
    ])
  })

  it('are refused where the server has none', async () => {
    const answer = redirected(await new TestServer().authorize(pairs(codeRequest(), [CALENDAR])))
    expect(answer['error']).toBe('invalid_target')
  })

  it('may be found by a function: for this client, and under the name that the server has for them', async () => {
    const resources: TestServerOptions['resources'] = (name, client) =>
      client.client_id === 'web' && name.startsWith(CALENDAR) ? { resource: CALENDAR } : undefined
    const test = serve({ resources })
    expect(await target(test, await redeem(test, await code(test, [`${CALENDAR}/`])))).toEqual([
      [CALENDAR],
      'read write',
    ])
    const spa = redirected(await test.authorize(pairs(codeRequest(CLIENTS.spa), [CALENDAR])))
    expect(spa['error']).toBe('invalid_target')
  })
})

describe('RFC 8707 §2.2 resources in token requests: the code', () => {
  it.each<[string, readonly string[], readonly string[], readonly string[], string]>([
    ['one that was granted', [CALENDAR], [CALENDAR], [CALENDAR], 'read write'],
    ['one of several', [CALENDAR, CONTACTS], [CONTACTS], [CONTACTS], 'write'],
    ['all where none is named', [CALENDAR, CONTACTS], [], [CALENDAR, CONTACTS], 'read write'],
    ['one that takes any scope', [CONTACTS, FILES], [FILES], [FILES], 'read write'],
  ])('gives a token for %s', async (_, granted, asked, audience, scope) => {
    const test = serve()
    expect(await target(test, await redeem(test, await code(test, granted), asked))).toEqual([audience, scope])
  })

  it.each<[string, readonly string[], readonly string[], string]>([
    [
      'GHSA-p2fr-6hmx-4528: that was not granted',
      [CALENDAR],
      [CONTACTS],
      'resource must be one of those that were granted',
    ],
    ['beside one that was', [CALENDAR], [CALENDAR, CONTACTS], 'resource must be one of those that were granted'],
    ['where none was granted', [], [CALENDAR], 'resource must be one of those that were granted'],
    ['that is unknown', [CALENDAR], ['https://unknown.example'], UNKNOWN],
    ['that is malformed', [CALENDAR], [`${CALENDAR}#x`], MALFORMED],
  ])('is refused for a resource %s, and not burnt by that', async (_, granted, asked, description) => {
    const test = serve()
    const value = await code(test, granted)
    expect(problem(await redeem(test, value, asked))).toEqual([400, 'invalid_target', description])
    expect((await redeem(test, value, granted)).status).toBe(200)
  })

  it('is still burnt by a proof that fails, whatever the resource', async () => {
    const test = serve()
    const value = await code(test, [CALENDAR])
    const form = {
      grant_type: 'authorization_code',
      code: value,
      redirect_uri: CALLBACK,
      code_verifier: VERIFIER.replace('d', 'e'),
    }
    expect(problem(await test.token(pairs(form, [CONTACTS]), basic()))[1]).toBe('invalid_grant')
    expect(problem(await redeem(test, value))[1]).toBe('invalid_grant')
  })

  it('gives no token for a resource that the server no longer knows', async () => {
    let known = RESOURCES
    const test = serve({ resources: (name) => known.find(({ resource }) => resource === name) })
    const value = await code(test, [CALENDAR])
    known = []
    expect(problem(await redeem(test, value))).toEqual([400, 'invalid_target', UNKNOWN])
  })

  it('has the default audience where no resource was named', async () => {
    const test = serve({ audience: 'https://default.example' })
    expect(await target(test, await redeem(test, await code(test, [])))).toEqual([
      ['https://default.example'],
      'read write',
    ])
  })
})

describe('RFC 8707 §2.2 resources in token requests: the refresh token', () => {
  it('gives tokens for each of the resources in turn, and goes on standing for all', async () => {
    const test = serve()
    const first = body(await redeem(test, await code(test, [CALENDAR, CONTACTS]), [CALENDAR]))
    const second = await refresh(test, first['refresh_token'] ?? '', [CONTACTS])
    expect(await target(test, second)).toEqual([[CONTACTS], 'write'])
    const third = await refresh(test, body(second)['refresh_token'] ?? '', [CALENDAR])
    expect(await target(test, third)).toEqual([[CALENDAR], 'read write'])
    expect(await target(test, await refresh(test, body(third)['refresh_token'] ?? ''))).toEqual([
      [CALENDAR, CONTACTS],
      'read write',
    ])
  })

  it('is refused for others, and not used up by that', async () => {
    const test = serve()
    const { refresh_token = '' } = body(await redeem(test, await code(test, [CALENDAR])))
    expect(problem(await refresh(test, refresh_token, [CONTACTS]))).toEqual([
      400,
      'invalid_target',
      'resource must be one of those that were granted',
    ])
    expect((await refresh(test, refresh_token, [CALENDAR])).status).toBe(200)
  })

  it('limits the scope that is asked for to what the resource knows', async () => {
    const test = serve()
    const { refresh_token = '' } = body(await redeem(test, await code(test, [CALENDAR, CONTACTS])))
    expect(problem(await refresh(test, refresh_token, [CONTACTS], { scope: 'read' }))).toEqual([
      400,
      'invalid_scope',
      'scope names nothing that the resource knows',
    ])
    expect(await target(test, await refresh(test, refresh_token, [CALENDAR], { scope: 'read' }))).toEqual([
      [CALENDAR],
      'read',
    ])
  })

  it('answers again only for the same resources, in whatever order', async () => {
    const test = serve()
    const { refresh_token = '' } = body(await redeem(test, await code(test, [CALENDAR, CONTACTS])))
    const first = body(await refresh(test, refresh_token, [CALENDAR, CONTACTS]))
    expect(body(await refresh(test, refresh_token, [CONTACTS, CALENDAR]))).toEqual(first)
    for (const others of [[CALENDAR], []]) {
      expect(problem(await refresh(test, refresh_token, others))).toEqual([
        400,
        'invalid_grant',
        'refresh_token was exchanged before, for another scope, resource or key',
      ])
    }
  })
})

describe('RFC 8707 §2 resources in token requests: client credentials', () => {
  it.each<[readonly string[], Record<string, string>, readonly string[] | undefined, string]>([
    [[CALENDAR], { scope: 'read' }, [CALENDAR], 'read'],
    [[CONTACTS], { scope: 'read write' }, [CONTACTS], 'write'],
    [[CALENDAR, CONTACTS], { scope: 'read write' }, [CALENDAR, CONTACTS], 'read write'],
    [[CONTACTS], {}, [CONTACTS], 'write'],
    [[], { scope: 'read' }, undefined, 'read'],
  ])('%j with %j', async (resources, more, audience, scope) => {
    const test = serve()
    expect(await target(test, await forItself(test, resources, more))).toEqual([audience, scope])
  })

  it('are refused as everywhere', async () => {
    const test = serve()
    expect(problem(await forItself(test, ['https://unknown.example']))).toEqual([400, 'invalid_target', UNKNOWN])
    expect(problem(await forItself(test, ['x']))).toEqual([400, 'invalid_target', MALFORMED])
    expect(problem(await forItself(test, [CONTACTS], { scope: 'read' }))[1]).toBe('invalid_scope')
  })
})

it('RFC 9068 §2.2: the audience of a JWT is the resource', async () => {
  const test = serve({ accessTokenFormat: 'jwt', keys: await KeySet.generate(['ES256']) })
  const aud = async (resources: readonly string[]): Promise<unknown> => {
    const { access_token = '' } = body(await redeem(test, await code(test, [CALENDAR, CONTACTS]), resources))
    return decodeUnverifiedJwt(access_token).claims.aud
  }
  expect(await aud([CALENDAR])).toBe(CALENDAR)
  expect(await aud([])).toEqual([CALENDAR, CONTACTS])
})

it('RFC 8707 §2: the names in the options are checked', () => {
  const resources = [{ resource: 'calendar' }]
  const { store } = new TestServer()
  expect(() => new AuthorizationServer({ issuer: 'https://op.example', store, resources })).toThrow(
    'AuthorizationServer: each "resource" of "resources" must be an absolute URI without fragment',
  )
})
