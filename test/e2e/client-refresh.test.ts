import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { OpenIdClient } from '../../src/oidc/client/index.ts'
import { MemoryKeyValueStore } from '../../src/stores/memory.ts'
import { SECRET } from '../support/openid-provider.ts'
import { Application, buildProgram, kill } from './client-application.ts'
import { sharedTokens } from './client-tokens.ts'
import { refresh } from './token-endpoint.ts'

let application: Application

beforeAll(buildProgram)
beforeEach(async () => {
  application = await Application.start()
})
afterEach(() => application.remove())

const good = (calls: number): number[] => Array.from({ length: calls }, () => 200)

describe('client-peers.md §3, question 1: 50 requests with one expired rotating token', () => {
  it('are one refresh and 50 good answers in one process', async () => {
    const { issuer } = application
    const tokens = sharedTokens(new MemoryKeyValueStore())
    await tokens.saveToken(await application.logIn(), 'alice')
    const client = new OpenIdClient({ clientId: 'app', clientSecret: SECRET, issuer, scope: 'openid', ...tokens })
    const calls = Array.from({ length: 50 }, () => client.get(`${issuer}/userinfo`, { request: 'alice' }))
    const statuses = (await Promise.all(calls)).map(({ status }) => status)
    expect([statuses, application.tokenRequests]).toEqual([good(50), 1])
  })

  it('are one refresh and 50 good answers in four processes that share a SQLite file', async () => {
    await application.logIn()
    const counts = [13, 13, 12, 12]
    const workers = await Promise.all(counts.map((calls) => application.startWorker(calls)))
    for (const worker of workers) worker.go()
    const answers = await Promise.all(workers.map((worker) => worker.statuses()))
    expect(answers).toEqual(counts.map(good))
    expect(application.tokenRequests).toBe(1)
    const store = await application.openStore()
    expect((await sharedTokens(store).fetchToken('alice'))?.expires_at).toBeGreaterThan(0)
    store.close()
  }, 60_000)
})

describe('a process that is killed while it refreshes', () => {
  /** One process asks for a token, and is killed before it gets one; then others go on. */
  async function killInTheMiddle(
    meanwhile: (refreshToken: string | undefined) => Promise<unknown>,
  ): Promise<unknown[]> {
    const { refresh_token: refreshToken } = await application.logIn()
    const asked = new Promise<void>((resolve) => {
      // Answers the first request never, and all others as usual.
      application.onTokenRequest = () => {
        application.onTokenRequest = (request, response, answer) => void answer(request, response)
        resolve()
      }
    })
    const [victim, ...others] = await Promise.all([5, 5, 5].map((calls) => application.startWorker(calls, 2)))
    victim?.go()
    await asked
    await meanwhile(refreshToken)
    if (victim !== undefined) await kill(victim)
    for (const worker of others) worker.go()
    return Promise.all(others.map((worker) => worker.statuses()))
  }

  it('leaves its lock to the others, which refresh once', async () => {
    const answers = await killInTheMiddle(async () => undefined)
    expect([answers, application.tokenRequests]).toEqual([[good(5), good(5)], 2])
  }, 60_000)

  it('RFC 9700 §4.14.2: loses nothing where the server had rotated the token already, and repeats its answer', async () => {
    const answers = await killInTheMiddle((refreshToken) => refresh(application.issuer, refreshToken))
    expect([answers, application.tokenRequests]).toEqual([[good(5), good(5)], 3])
  }, 60_000)
})
