import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { KeySet } from '../../src/jose/jwks/index.ts'
import { Browser } from '../support/browser.ts'
import { listen } from '../support/listen.ts'

const program = fileURLToPath(new URL('../../.build/test/provider-process.mjs', import.meta.url))

/** Makes the program that the processes run: Node runs no TypeScript before version 22. */
export async function buildProgram(): Promise<void> {
  const entry = fileURLToPath(new URL('./provider-process.ts', import.meta.url))
  await build({
    entryPoints: [entry],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
  })
}

/** A provider in a process that is killed and started anew, always at one address and with one file. */
export class MortalProvider {
  readonly issuer: string
  readonly #folder: string
  readonly #port: string
  #child: ChildProcess | undefined

  private constructor(folder: string, issuer: string) {
    this.issuer = issuer
    this.#folder = folder
    this.#port = new URL(issuer).port
  }

  static async start(): Promise<MortalProvider> {
    const folder = mkdtempSync(join(tmpdir(), 'authwright-crash-'))
    const keys = await KeySet.generate(['ES256'])
    writeFileSync(join(folder, 'keys.json'), JSON.stringify(keys.toPrivateJwks()))
    const { origin, close } = await listen(() => () => undefined)
    await close()
    const provider = new MortalProvider(folder, origin)
    await provider.revive()
    return provider
  }

  async revive(): Promise<void> {
    const child = spawn(process.execPath, [program, this.#folder, this.#port], { stdio: ['ignore', 'pipe', 'inherit'] })
    this.#child = child
    const { value } = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next()
    if (value !== 'ready') throw new Error(`the provider did not start: ${value}`)
  }

  /** No goodbye: what is not on the disk is gone. */
  async kill(): Promise<void> {
    const child = this.#child
    if (child === undefined || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  }

  async crash(): Promise<void> {
    await this.kill()
    await this.revive()
  }

  browser(): Browser {
    return new Browser({ issuer: this.issuer, fetch: (request) => fetch(request, { redirect: 'manual' }) })
  }

  async remove(): Promise<void> {
    await this.kill()
    rmSync(this.#folder, { recursive: true })
  }
}
