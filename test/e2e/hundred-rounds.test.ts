import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { oauthServer } from '../../src/adapters/node.ts'
import { Key } from '../../src/jose/jwk/index.ts'
import { signJwt } from '../../src/jose/jwt/index.ts'
import { JWT_CLIENT_ASSERTION } from '../../src/oauth2/client-assertion.ts'
import { createDpopProof } from '../../src/oauth2/dpop-proof.ts'
import {
  type Client,
  Dpop,
  JwtBearerGrant,
  PrivateKeyJwt,
  PushedAuthorization,
  type Store,
} from '../../src/oauth2/server/index.ts'
import { MemoryStore } from '../../src/stores/memory.ts'
import { openSqlite, SqliteStore } from '../../src/stores/sqlite.ts'
import { basic, CALLBACK, CLIENTS, codeRequest, ISSUER, VERIFIER } from '../support/authorization-server.ts'
import { DEVICE_CODE_GRANT, DeviceTest, TV } from '../support/device-flow.ts'
import { listen, type Running } from '../support/listen.ts'

const ROUNDS = 100
const AT_ONCE = 4
const BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
const IDP = 'https://idp.example'

const key = await Key.generate('ES256')
const { web } = CLIENTS
const clients: readonly Client[] = [
  { ...web, grant_types: [...(web.grant_types ?? []), BEARER] },
  {
    client_id: 'signer',
    token_endpoint_auth_method: 'private_key_jwt',
    jwks: { keys: [{ ...key.toPublicJwk() }] },
    grant_types: ['client_credentials'],
    scope: 'read',
  },
  TV,
]

let folder: string
let instances: Running[]
let devices: DeviceTest
/** Milliseconds. */
let time: number
const clock = (): number => time
const seconds = (): number => Math.floor(time / 1000)

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'authwright-rounds-'))
  time = 1_700_000_000_000
})
afterEach(async () => {
  await Promise.all(instances.map((instance) => instance.close()))
  rmSync(folder, { recursive: true })
})

async function openFile(): Promise<SqliteStore> {
  const store = new SqliteStore(await openSqlite(join(folder, 'store.db')), { clock })
  for (const client of clients) store.saveClient(client)
  return store
}

/** What each instance of the server keeps its records in. */
const stores: Record<string, () => Promise<readonly Store[]>> = {
  memory: async () => [new MemoryStore({ clock, clients })],
  'two instances on one SQLite file': async () => [await openFile(), await openFile()],
}

async function start(all: readonly Store[]): Promise<void> {
  const tests = all.map((store) => new DeviceTest({ store, clock }))
  for (const { test } of tests) {
    test.server
      .registerGrant(JwtBearerGrant, { issuers: [{ issuer: IDP, keys: key, subject: () => 'alice' }] })
      .registerClientAuthMethod(PrivateKeyJwt)
      .registerExtension(PushedAuthorization)
      .registerExtension(Dpop)
  }
  devices = tests[0] ?? new DeviceTest()
  instances = await Promise.all(tests.map(({ test }) => listen(() => oauthServer(test.server))))
}

interface Answer {
  /** `won`, or the error. */
  readonly outcome: string
  readonly refresh_token?: string
}

/** Sends one request to one of the instances. */
type Send = (origin: string) => Promise<Answer>

/** The same request at once on connections of their own, spread over the instances. */
function atOnce(send: Send): Promise<Answer[]> {
  return Promise.all(
    Array.from({ length: AT_ONCE }, (_, index) => send(instances[index % instances.length]?.origin ?? '')),
  )
}

function ask(form: Record<string, string>, headers: Record<string, string> = basic()): Send {
  return async (origin) => {
    const response = await fetch(`${origin}/token`, { method: 'POST', headers, body: new URLSearchParams(form) })
    const { error, refresh_token } = await response.json()
    return { outcome: response.ok ? 'won' : `${response.status} ${error}`, refresh_token }
  }
}

async function codeForm(): Promise<Record<string, string>> {
  const code = await devices.test.code()
  return { grant_type: 'authorization_code', code, redirect_uri: CALLBACK, code_verifier: VERIFIER }
}

function assert(iss: string): Promise<string> {
  const claims = { iss, sub: iss, aud: ISSUER, iat: seconds(), exp: seconds() + 60, jti: crypto.randomUUID() }
  return signJwt(claims, key)
}

interface Race {
  readonly title: string
  /** Makes what only one request can use. */
  readonly prepare: () => Promise<Send>
  readonly loser: string
}

const races: readonly Race[] = [
  {
    title: 'RFC 6749 §4.1.2: one code gives tokens once',
    prepare: async () => ask(await codeForm()),
    loser: '400 invalid_grant',
  },
  {
    title: 'RFC 8628 §3.5: one device code gives tokens once',
    prepare: async () => {
      const { device_code, user_code } = await devices.begin()
      await devices.approve(user_code)
      return ask({ grant_type: DEVICE_CODE_GRANT, client_id: 'tv', device_code }, {})
    },
    loser: '400 slow_down',
  },
  {
    title: 'RFC 9126 §7.3: one pushed request gives one code',
    prepare: async () => {
      const url = `${instances[0]?.origin}/par`
      const init = { method: 'POST', headers: basic(), body: new URLSearchParams(codeRequest()) }
      const { request_uri } = await (await fetch(url, init)).json()
      const query = new URLSearchParams({ client_id: 'web', request_uri })
      return async (origin) => {
        const response = await fetch(`${origin}/authorize?${query}`, { redirect: 'manual' })
        await response.arrayBuffer()
        const answer = new URL(response.headers.get('location') ?? 'https://page.example').searchParams
        return { outcome: answer.has('code') ? 'won' : `${response.status} page` }
      }
    },
    loser: '400 page',
  },
  {
    title: 'RFC 7523 §3: one assertion proves its client once',
    prepare: async () => {
      const proof = { client_assertion_type: JWT_CLIENT_ASSERTION, client_assertion: await assert('signer') }
      return ask({ grant_type: 'client_credentials', ...proof }, {})
    },
    loser: '400 invalid_client',
  },
  {
    title: 'RFC 7523 §3: one assertion gives a token once',
    prepare: async () => ask({ grant_type: BEARER, assertion: await assert(IDP), scope: 'read' }),
    loser: '400 invalid_grant',
  },
  {
    title: 'RFC 9449 §11.1: one proof is taken once',
    prepare: async () => {
      const dpop = await createDpopProof(key, { method: 'POST', url: `${ISSUER}/token`, clock })
      return ask({ grant_type: 'client_credentials', scope: 'read' }, { ...basic(), dpop })
    },
    loser: '400 invalid_dpop_proof',
  },
]

describe.each(Object.entries(stores))(
  'CVE-2026-22751: once is once, a hundred times in a row, on %s',
  (_name, open) => {
    it.each(races)('$title', { timeout: 60_000 }, async ({ prepare, loser }) => {
      await start(await open())
      const expected = [...Array<string>(AT_ONCE - 1).fill(loser), 'won']
      for (let round = 0; round < ROUNDS; round += 1) {
        const answers = await atOnce(await prepare())
        expect(answers.map(({ outcome }) => outcome).sort()).toEqual(expected)
        time += 600_000 // what a person may try in ten minutes is limited
      }
    })

    it('RFC 9700 §4.14.2: one refresh token gives one successor, the same to all', { timeout: 60_000 }, async () => {
      await start(await open())
      const redeem = ask(await codeForm())
      let { refresh_token: token = '' } = await redeem(instances[0]?.origin ?? '')
      for (let round = 0; round < ROUNDS; round += 1) {
        const answers = await atOnce(ask({ grant_type: 'refresh_token', refresh_token: token }))
        expect(new Set(answers.map(({ outcome }) => outcome))).toEqual(new Set(['won']))
        const successors = new Set(answers.map(({ refresh_token }) => refresh_token))
        expect(successors.size).toBe(1)
        expect(successors).not.toContain(token)
        token = answers[0]?.refresh_token ?? ''
        time += 600_000
      }
    })
  },
)
