import { spawn, spawnSync } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { KeySet } from 'authwright/jose/jwks'
import { oauthServer } from 'authwright/node'
import {
  AuthorizationCodeGrant,
  AuthorizationServer,
  ClientCredentialsGrant,
  defineClient,
  RefreshTokenGrant,
} from 'authwright/oauth2/server'
import { PasswordGrant } from 'authwright/oauth2/server/password'
import { Interactions, OpenIDConnect } from 'authwright/oidc/server'
import { MemoryStore } from 'authwright/stores/memory'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Browser } from '../support/browser.ts'
import { listen, type Running } from '../support/listen.ts'
import { logIn, REDIRECT_URI } from './support/provider.ts'

/** Debian's package is for Debian's Python. */
const python = ['/usr/bin/python3', 'python3'].find(
  (path) => spawnSync(path, ['-c', 'import requests_oauthlib']).status === 0,
)
if (python === undefined) {
  console.info('requests-oauthlib is not installed (apt-get install python3-requests-oauthlib): its tests are skipped')
}
const script = fileURLToPath(new URL('support/requests_oauthlib_jobs.py', import.meta.url))

interface Result {
  readonly value: Readonly<Record<string, unknown>>
  /** What the library made of an error of ours. */
  readonly error?: string
}

/** Does a job in a process of its own, while this one goes on serving. */
async function run(job: Readonly<Record<string, unknown>>): Promise<Result> {
  // The library wants https unless it is told that this is a test.
  const env = { ...process.env, OAUTHLIB_INSECURE_TRANSPORT: '1', NO_PROXY: '127.0.0.1', no_proxy: '127.0.0.1' }
  const child = spawn(python ?? '', [script], { env })
  child.stdin.end(JSON.stringify(job))
  const [output, problems] = await Promise.all([text(child.stdout), text(child.stderr)])
  if (output === '') throw new Error(problems)
  return JSON.parse(output)
}

const SECRET = 'a-secret-of-32-random-characters'
const SCOPE = ['openid', 'profile']
const PERSON = { username: 'ada', password: 'engine' }

interface Party {
  readonly client_id: string
  readonly client_secret?: string
  readonly in_body: boolean
}

const parties: readonly Party[] = [
  { client_id: 'public', in_body: true },
  { client_id: 'basic', client_secret: SECRET, in_body: false },
  { client_id: 'post', client_secret: SECRET, in_body: true },
]
const confidential = parties.filter(({ client_secret }) => client_secret !== undefined)

let server: Running
beforeAll(async () => {
  const clients = await Promise.all(
    parties.map(({ client_id, client_secret, in_body }) =>
      defineClient({
        client_id,
        redirect_uris: [REDIRECT_URI],
        grant_types: [
          'authorization_code',
          'refresh_token',
          ...(client_secret === undefined ? [] : ['password', 'client_credentials']),
        ],
        ...(client_secret === undefined
          ? { token_endpoint_auth_method: 'none' }
          : { client_secret, ...(in_body && { token_endpoint_auth_method: 'client_secret_post' }) }),
        scope: 'openid profile read',
      }),
    ),
  )
  const keys = await KeySet.generate(['RS256'])
  const authenticate = ({ username, password }: { username: string; password: string }) =>
    username === PERSON.username && password === PERSON.password ? { subject: username } : undefined
  server = await listen((issuer) =>
    oauthServer(
      new AuthorizationServer({ issuer, keys, store: new MemoryStore({ clients }), scopes: ['read'] })
        .registerGrant(AuthorizationCodeGrant)
        .registerGrant(RefreshTokenGrant)
        .registerGrant(ClientCredentialsGrant)
        .registerGrant(PasswordGrant, { authenticate })
        .registerExtension(OpenIDConnect, { claims: () => ({ name: 'Ada Lovelace' }) })
        .registerExtension(Interactions, { secret: 'a secret of the pages, long enough for the sealer', authenticate }),
    ),
  )
})
afterAll(() => server.close())

const askForToken = (job: Readonly<Record<string, unknown>>): Promise<Result> =>
  run({ url: `${server.origin}/token`, redirect_uri: REDIRECT_URI, scope: SCOPE, ...job })

describe.skipIf(python === undefined)('Python’s requests-oauthlib', () => {
  it.each(parties)('RFC 6749 §4.1, §6: by code with PKCE, and on, as "$client_id"', async (party) => {
    const url = `${server.origin}/authorize`
    const { value: attempt } = await run({ do: 'authorize', ...party, url, redirect_uri: REDIRECT_URI, scope: SCOPE })
    const browser = new Browser({
      issuer: server.origin,
      fetch: (request) => fetch(request, { redirect: 'manual' }),
    })
    const { away } = await logIn(browser, new URL(String(attempt['url'])))
    const answer = { do: 'redeem', ...party, ...attempt, url: `${server.origin}/token`, answer: away?.href }
    const { value: tokens } = await askForToken(answer)
    expect(tokens).toMatchObject({ token_type: 'Bearer', scope: SCOPE })
    expect((await askForToken({ do: 'refresh', ...party, refresh_token: 'unknown' })).error).toBe('invalid_grant')

    const { value: renewed } = await askForToken({
      do: 'refresh',
      ...party,
      refresh_token: tokens['refresh_token'],
    })
    expect(renewed['refresh_token']).not.toBe(tokens['refresh_token'])
    const api = { do: 'get', ...party, url: `${server.origin}/userinfo` }
    const { value: person } = await run({ ...api, access_token: renewed['access_token'] })
    expect(person).toEqual({ status: 200, body: { sub: 'ada', name: 'Ada Lovelace' } })

    // The code again: it is refused, and what it gave ends.
    expect((await askForToken(answer)).error).toBe('invalid_grant')
    expect((await run({ ...api, access_token: renewed['access_token'] })).value['status']).toBe(401)
  })

  it.each(confidential)('RFC 6749 §4.3: by password, as "$client_id"', async (party) => {
    const { value: tokens } = await askForToken({ do: 'password', ...party, ...PERSON, scope: ['read'] })
    expect(tokens).toMatchObject({ token_type: 'Bearer', scope: ['read'], access_token: expect.any(String) })
    const wrong = await askForToken({ do: 'password', ...party, ...PERSON, password: 'guess' })
    expect(wrong.error).toBe('invalid_grant')
  })

  it.each(confidential)('RFC 6749 §4.4: for itself, as "$client_id"', async (party) => {
    const { value: tokens } = await askForToken({ do: 'client_credentials', ...party, scope: ['read'] })
    expect(tokens).toMatchObject({ token_type: 'Bearer', scope: ['read'] })
    expect(tokens).not.toHaveProperty('refresh_token')
    const wrong = await askForToken({ do: 'client_credentials', ...party, client_secret: 'wrong', scope: ['read'] })
    expect(wrong.error).toBe('invalid_client')
    const more = await askForToken({ do: 'client_credentials', ...party, scope: ['admin'] })
    expect(more.error).toBe('invalid_scope')
  })
})
