import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { oauthServer } from '../../src/adapters/node.ts'
import type { TokenSet } from '../../src/oauth2/client/index.ts'
import { openSqlite, SqliteKeyValueStore } from '../../src/stores/sqlite.ts'
import { listen, type Running } from '../support/listen.ts'
import { APP, TestProvider } from '../support/openid-provider.ts'
import { sharedTokens } from './client-tokens.ts'
import { redeem } from './token-endpoint.ts'

const program = fileURLToPath(new URL('../../.build/test/client-process.mjs', import.meta.url))

/** Makes the program that the processes run: Node runs no TypeScript before version 22. */
export async function buildProgram(): Promise<void> {
  await build({
    entryPoints: [fileURLToPath(new URL('./client-process.ts', import.meta.url))],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
  })
}

/** What is done with a request to the token endpoint; the listener answers it as the provider would. */
export type TokenRequestHandler = (request: IncomingMessage, response: ServerResponse, answer: RequestListener) => void

/** One of the processes. It has started and waits to be told to go. */
export interface Worker {
  readonly child: ChildProcess
  go(): void
  statuses(): Promise<unknown>
}

/** An application of several processes, the file in which they share their tokens, and a provider in this process. */
export class Application {
  /** How often the token endpoint was asked since alice logged in. */
  tokenRequests = 0
  onTokenRequest: TokenRequestHandler = (request, response, answer) => answer(request, response)
  readonly #folder = mkdtempSync(join(tmpdir(), 'authwright-clients-'))
  readonly #provider: TestProvider
  readonly #running: Running

  private constructor(provider: TestProvider, running: Running, listener: { use: RequestListener }) {
    this.#provider = provider
    this.#running = running
    const answer = oauthServer(provider.server)
    listener.use = (request, response) => {
      if (request.url !== '/token') return void answer(request, response)
      this.tokenRequests += 1
      this.onTokenRequest(request, response, answer)
    }
  }

  static async start(): Promise<Application> {
    const listener: { use: RequestListener } = { use: () => undefined }
    const running = await listen(() => (request, response) => listener.use(request, response))
    const provider = new TestProvider({ issuer: running.origin, clock: Date.now, clients: [APP] })
    return new Application(provider, running, listener)
  }

  get issuer(): string {
    return this.#running.origin
  }

  get path(): string {
    return join(this.#folder, 'app.db')
  }

  /** Alice logs in, and what was granted has expired by now. The refresh token has not. */
  async logIn(): Promise<TokenSet> {
    const parameters = { scope: 'openid offline_access', prompt: 'consent' }
    const back = await this.#provider.login(this.#provider.browser(), parameters)
    const { status: _, error: __, ...granted } = await redeem(this.issuer, back.searchParams.get('code') ?? '')
    const token: TokenSet = { access_token: '', ...granted, token_type: 'Bearer', expires_at: 0 }
    const store = await this.openStore()
    await sharedTokens(store).saveToken(token, 'alice')
    store.close()
    this.tokenRequests = 0
    return token
  }

  async openStore(): Promise<SqliteKeyValueStore> {
    return new SqliteKeyValueStore(await openSqlite(this.path))
  }

  /** @param lifetime of the lock in seconds. */
  async startWorker(calls: number, lifetime = 30): Promise<Worker> {
    const parameters = [program, this.path, this.issuer, String(calls), String(lifetime)]
    const child = spawn(process.execPath, parameters, { stdio: ['pipe', 'pipe', 'inherit'] })
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    const { value } = await lines.next()
    if (value !== 'ready') throw new Error(`the process did not start: ${value}`)
    return {
      child,
      go: () => void child.stdin.write('go\n'),
      statuses: async () => JSON.parse((await lines.next()).value ?? '"no answer"'),
    }
  }

  async remove(): Promise<void> {
    await this.#running.close()
    rmSync(this.#folder, { recursive: true })
  }
}

/** No goodbye. */
export async function kill({ child }: Worker): Promise<void> {
  child.kill('SIGKILL')
  await once(child, 'exit')
}
