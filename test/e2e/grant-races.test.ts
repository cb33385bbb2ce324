import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { oauthServer } from '../../src/adapters/node.ts'
import { Key } from '../../src/jose/jwk/index.ts'
import { signJwt } from '../../src/jose/jwt/index.ts'
import { JwtBearerGrant, type Store } from '../../src/oauth2/server/index.ts'
import { MemoryStore } from '../../src/stores/memory.ts'
import { openSqlite, SqliteStore } from '../../src/stores/sqlite.ts'
import { ISSUER } from '../support/authorization-server.ts'
import { DEVICE_CODE_GRANT, DeviceTest, TV } from '../support/device-flow.ts'
import { listen, type Running } from '../support/listen.ts'

const NOW = 1_700_000_000
const BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
const clock = (): number => NOW * 1000
const key = await Key.generate('ES256')
const client = { ...TV, grant_types: [...(TV.grant_types ?? []), BEARER] }

let folder: string
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
  sqlite: async () => [await openFile()],
  'two instances on one SQLite file': async () => [await openFile(), await openFile()],
}

interface Answer {
  readonly status: number
  readonly error?: string
  readonly refresh_token?: string
}

async function ask(origin: string, form: Record<string, string>): Promise<Answer> {
  const body = new URLSearchParams({ client_id: 'tv', ...form })
  const response = await fetch(`${origin}/token`, { method: 'POST', headers: { connection: 'close' }, body })
  return { status: response.status, ...(await response.json()) }
}

describe.each(Object.entries(stores))('sixteen requests at once, on %s', (_name, open) => {
  let devices: DeviceTest
  let instances: Running[]

  beforeEach(async () => {
    const tests = (await open()).map((store) => new DeviceTest({ store, clock }))
    const [first] = tests
    if (first === undefined) throw new Error('there is no instance')
    devices = first
    const issuers = [{ issuer: 'https://idp.example', keys: key, subject: () => 'alice' }]
    for (const { test } of tests) test.server.registerGrant(JwtBearerGrant, { issuers })
    instances = await Promise.all(tests.map(({ test }) => listen(() => oauthServer(test.server))))
  })
  afterEach(() => Promise.all(instances.map((instance) => instance.close())))

  function sixteenTimes(form: Record<string, string>): Promise<Answer[]> {
    return Promise.all(
      Array.from({ length: 16 }, (_, index) => ask(instances[index % instances.length]?.origin ?? '', form)),
    )
  }

  it('RFC 8628 §3.5: one device code gives tokens once, the other polls come too soon, and the tokens live', async () => {
    const { device_code, user_code } = await devices.begin()
    await devices.approve(user_code)
    const answers = await sixteenTimes({ grant_type: DEVICE_CODE_GRANT, device_code })
    const winners = answers.filter(({ status }) => status === 200)
    expect(winners).toHaveLength(1)
    expect(answers.filter(({ status, error }) => status === 400 && error === 'slow_down')).toHaveLength(15)
    const form = { grant_type: 'refresh_token', refresh_token: winners[0]?.refresh_token ?? '' }
    expect((await ask(instances[0]?.origin ?? '', form)).status).toBe(200)
  })

  it('RFC 8628 §3.3: one person decides about a device', async () => {
    const { user_code } = await devices.begin()
    const seen = await Promise.all(
      Array.from({ length: 16 }, async (_, index) => {
        const viewer = { session: `session ${index}`, subject: `person ${index}` }
        return { viewer, ticket: (await devices.find(user_code, viewer)).ticket }
      }),
    )
    const outcomes = await Promise.all(
      seen.map(({ viewer, ticket }, index) =>
        index % 2 === 0
          ? devices.devices.approve(devices.context, ticket, viewer, { subject: viewer.subject })
          : devices.devices.deny(devices.context, ticket, viewer),
      ),
    )
    expect(outcomes.filter((outcome) => outcome === 'done')).toHaveLength(1)
    expect(outcomes.filter((outcome) => outcome === 'replayed')).toHaveLength(15)
  })

  it('RFC 7523 §3: one assertion gives a token once', async () => {
    const claims = { iss: 'https://idp.example', sub: 'a', aud: ISSUER, iat: NOW, exp: NOW + 60, jti: 'one' }
    const answers = await sixteenTimes({ grant_type: BEARER, assertion: await signJwt(claims, key), scope: 'read' })
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(answers.filter(({ status, error }) => status === 400 && error === 'invalid_grant')).toHaveLength(15)
  })
})
