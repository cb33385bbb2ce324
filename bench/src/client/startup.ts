import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { printTable, printTitle } from '../report.ts'
import { median } from '../statistics.ts'

/** What an app imports to log people in. */
const entries: Readonly<Record<string, string>> = {
  'authwright/oidc/client': new URL('../../../dist/oidc/client/index.js', import.meta.url).href,
  'authwright/express': new URL('../../../dist/adapters/express.js', import.meta.url).href,
  'openid-client': 'openid-client',
  oauth4webapi: 'oauth4webapi',
  '@auth/core': '@auth/core',
  'better-auth': 'better-auth',
}

export interface Startup {
  readonly milliseconds: number
  readonly mebibytes: number
  readonly modules: number
}

const rounds = 11

/** Each import in a process of its own, in turns; how many modules are loaded is counted in one more. */
export function measureStartup(): Readonly<Record<string, Startup>> {
  const runs = new Map(Object.keys(entries).map((name): [string, Startup[]] => [name, []]))
  for (let round = 0; round < rounds; round++) {
    for (const [name, entry] of Object.entries(entries)) runs.get(name)?.push(importOnce(entry))
  }
  const results = Object.fromEntries([...runs].map(([name, figures]) => [name, summarise(figures, name)]))
  printTitle('Starting: one import in a fresh process')
  printTable(
    ['', 'ms', 'MiB', 'modules'],
    Object.entries(results).map(([name, { milliseconds, mebibytes, modules }]) => [
      name,
      milliseconds.toFixed(1),
      mebibytes.toFixed(1),
      String(modules),
    ]),
  )
  return results
}

function summarise(figures: readonly Startup[], name: string): Startup {
  return {
    milliseconds: median(figures.map(({ milliseconds }) => milliseconds)),
    mebibytes: median(figures.map(({ mebibytes }) => mebibytes)),
    modules: importOnce(entries[name] ?? '', 'counting').modules,
  }
}

function importOnce(entry: string, ...mode: readonly string[]): Startup {
  const script = fileURLToPath(new URL('import-once.js', import.meta.url))
  const { stdout, stderr } = spawnSync(process.execPath, [script, entry, ...mode], { encoding: 'utf8' })
  if (stdout === '') throw new Error(`${entry} cannot be imported: ${stderr}`)
  return JSON.parse(stdout)
}
