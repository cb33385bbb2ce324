import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { repository } from './package-entries.mjs'
import { temporaryTree } from './temporary-tree.ts'

const VERIFY = `export async function verify(token: string): Promise<boolean> {
  return token === 'good'
}
export interface Store {
  find(id: string): boolean | PromiseLike<boolean>
}
`

interface Diagnostic {
  readonly category: string
  readonly location: { readonly start: { readonly line: number } }
}

describe('a promise that nobody awaits', () => {
  test('is refused as a condition, where it would always hold', () => {
    const found = lint(`
export async function isAllowed(store: Store, token: string): Promise<boolean> {
  if (verify(token)) return true
  if (store.find(token)) return true
  return (await verify(token)) && (await store.find(token))
}
`)
    expect(found).toEqual(['lint/nursery/noMisusedPromises at 3', 'lint/nursery/noMisusedPromises at 4'])
  })

  test('is refused as a statement, where its failure would be lost', () => {
    const found = lint(`
export async function check(store: Store, token: string): Promise<void> {
  verify(token)
  store.find(token)
  await verify(token)
}
`)
    expect(found).toEqual(['lint/nursery/noFloatingPromises at 3', 'lint/nursery/noFloatingPromises at 4'])
  })
})

/** The findings of this repository's linter in a module that has `verify` and `Store` from another one. */
function lint(body: string): string[] {
  const { vcs: _, ...configuration } = JSON.parse(readFileSync(join(repository, 'biome.json'), 'utf8'))
  const folder = temporaryTree({
    'biome.json': JSON.stringify({ ...configuration, root: true }),
    'src/verify.ts': VERIFY,
    'src/use.ts': `import { type Store, verify } from './verify.ts'${body}`,
  })
  const biome = join(repository, 'node_modules/.bin/biome')
  const { diagnostics } = JSON.parse(runEvenIfItFails(biome, ['lint', '--reporter=json', 'src'], folder))
  return diagnostics.map(({ category, location }: Diagnostic) => `${category} at ${location.start.line}`).toSorted()
}

function runEvenIfItFails(command: string, args: string[], cwd: string): string {
  try {
    return execFileSync(command, args, { cwd, encoding: 'utf8', stdio: 'pipe' })
  } catch (error) {
    if (error instanceof Error && 'stdout' in error) return String(error.stdout)
    throw error
  }
}
