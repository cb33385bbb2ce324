import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { oauthServer } from '../../src/adapters/node.ts'
import { Key } from '../../src/jose/jwk/index.ts'
import { signJwt } from '../../src/jose/jwt/index.ts'
import { JWT_CLIENT_ASSERTION } from '../../src/oauth2/client-assertion.ts'
import {
  type Client,
  PrivateKeyJwt,
  PushedAuthorization,
  RequestObjects,
  type Store,
} from '../../src/oauth2/server/index.ts'
import { MemoryStore } from '../../src/stores/memory.ts'
import { openSqlite, SqliteStore } from '../../src/stores/sqlite.ts'
import { CLIENTS, codeRequest, ISSUER, TestServer } from '../support/authorization-server.ts'
import { listen, type Running } from '../support/listen.ts'

const NOW = 1_700_000_000
const clock = (): number => NOW * 1000
const key = await Key.generate('ES256')
const client: Client = {
  ...CLIENTS.web,
  token_endpoint_auth_method: 'private_key_jwt',
  jwks: { keys: [{ ...key.toPublicJwk() }] },
}

let folder: string
let assertions = 0

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'authwright-races-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

async function openFile(): Promise<SqliteStore> {
  const store = new SqliteStore(await openSqlite(join(folder, 'store.db')), { clock })
  store.saveClient(client)
  return store
}

const stores: Record<string, () => Promise<readonly Store[]>> = {
  memory: async () => [new MemoryStore({ clock, clients: [client] })],
  'two instances on one SQLite file': async () => [await openFile(), await openFile()],
}

/** A client's statement about itself, never the same twice. */
async function credentials(): Promise<Record<string, string>> {
  assertions += 1
  const claims = { iss: 'web', sub: 'web', aud: ISSUER, iat: NOW, exp: NOW + 60, jti: `a${assertions}` }
  return { client_assertion_type: JWT_CLIENT_ASSERTION, client_assertion: await signJwt(claims, key) }
}

function post(url: string, form: Record<string, string>): Promise<Response> {
  return fetch(url, { method: 'POST', headers: { connection: 'close' }, body: new URLSearchParams(form) })
}

describe.each(Object.entries(stores))('sixteen requests at once, on %s', (_name, open) => {
  let instances: Running[]

  beforeEach(async () => {
    const servers = (await open()).map((store) => new TestServer({ store, clock }).server)
    for (const server of servers) {
      server
        .registerClientAuthMethod(PrivateKeyJwt)
        .registerExtension(PushedAuthorization)
        .registerExtension(RequestObjects, { singleUse: true })
    }
    instances = await Promise.all(servers.map((server) => listen(() => oauthServer(server))))
  })
  afterEach(() => Promise.all(instances.map((instance) => instance.close())))

  function sixteenTimes<T>(send: (origin: string) => Promise<T>): Promise<T[]> {
    return Promise.all(Array.from({ length: 16 }, (_, index) => send(origin(index))))
  }

  function origin(index = 0): string {
    return instances[index % instances.length]?.origin ?? ''
  }

  it('RFC 7523 §3: one assertion proves its client once', async () => {
    const form = { grant_type: 'client_credentials', scope: 'read', ...(await credentials()) }
    const answers = await sixteenTimes(async (at) => (await post(`${at}/token`, form)).status)
    expect(answers.filter((status) => status === 200)).toHaveLength(1)
    expect(answers.filter((status) => status === 400)).toHaveLength(15)
  })

  it('RFC 9126 §7.3: one pushed request gives one code', async () => {
    const response = await post(`${origin()}/par`, { ...codeRequest(client), ...(await credentials()) })
    const { request_uri } = await response.json()
    const query = new URLSearchParams({ client_id: 'web', request_uri })
    const answers = await sixteenTimes(async (at) => {
      const { headers } = await fetch(`${at}/authorize?${query}`, { redirect: 'manual' })
      return new URL(headers.get('location') ?? 'https://page.example').searchParams.has('code')
    })
    expect(answers.filter(Boolean)).toHaveLength(1)
  })

  it('RFC 9101 §4: one request object is taken once, where that is wanted', async () => {
    const claims = { ...codeRequest(client), iss: 'web', aud: ISSUER, iat: NOW, exp: NOW + 60, jti: 'r' }
    const request = await signJwt(claims, key, { typ: 'oauth-authz-req+jwt' })
    const forms = await Promise.all(Array.from({ length: 16 }, credentials))
    const answers = await Promise.all(
      forms.map(
        async (form, index) => (await post(`${origin(index)}/par`, { client_id: 'web', request, ...form })).status,
      ),
    )
    expect(answers.filter((status) => status === 201)).toHaveLength(1)
    expect(answers.filter((status) => status === 400)).toHaveLength(15)
  })
})
