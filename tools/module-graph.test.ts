import { describe, expect, test } from 'vitest'
import { loadedFiles } from './bundle.mjs'
import { brokenPromises } from './module-graph.mjs'
import { moduleGraph, parseImports } from './source-imports.mjs'

describe('what a module loads', () => {
  test.each([
    ["import { a } from './a.ts'", ['./a.ts']],
    ["import './a.ts'", ['./a.ts']],
    ["export * from './a.ts'", ['./a.ts']],
    ["export { a } from './a.ts'", ['./a.ts']],
    ["import type { A } from './a.ts'", []],
    ["export type { A } from './a.ts'", []],
    // The compiler keeps the empty import that is left of these two.
    ["import { type A } from './a.ts'", ['./a.ts']],
    ["export { type A } from './a.ts'", ['./a.ts']],
    ['export const a = 1', []],
    ["// import './a.ts'\nconst a = \"import './a.ts'\"", []],
  ])('%s', (source, eager) => {
    expect(parseImports(source)).toEqual({ eager, lazy: [] })
  })

  test('at once and later are told apart, also deep inside a function', () => {
    expect(parseImports("import './a.ts'\nexport const open = async () => (await import('libsql')).default")).toEqual({
      eager: ['./a.ts'],
      lazy: ['libsql'],
    })
  })
})

describe('a module graph', () => {
  const files: Record<string, string> = {
    'src/a/index.ts': "export * from './one.ts'\nimport type { T } from '../types.ts'",
    'src/a/one.ts': "import { two } from '../b/two.ts'\nimport 'express'",
    'src/b/two.ts': "import './two.ts'\nexport const two = () => import('../later.ts')",
  }
  const read = (path: string): string | undefined => files[path]

  test('follows every import that is not only of types, cycles included', () => {
    expect(moduleGraph('src/a/index.ts', read)).toEqual({
      modules: ['src/a/index.ts', 'src/a/one.ts', 'src/b/two.ts'],
      packages: ['express'],
      lazy: ['src/later.ts'],
    })
  })

  test('does not pass over a file that is missing', () => {
    expect(() => moduleGraph('src/gone.ts', read)).toThrow('src/gone.ts does not exist')
  })
})

describe('the promises about reach and size', () => {
  test.each([
    ['authwright/jose', 'src/oauth2/errors.ts'],
    ['authwright/jose/jwt', 'src/oidc/claims.ts'],
    ['authwright/jose/jws', 'src/jose/jwe/encrypt.ts'],
    ['authwright/oauth2/client', 'src/oauth2/server/store.ts'],
    ['authwright/oidc/client', 'src/oidc/server/session.ts'],
    ['authwright/oauth2/server', 'src/oauth2/client/client.ts'],
    ['authwright/oauth2/resource', 'src/oauth2/server/store.ts'],
    ['authwright/stores/memory', 'src/oauth2/server/grant.ts'],
  ])('%s never reaches %s', (name, stranger) => {
    expect(brokenPromises(name, ['src/util/bytes.ts', stranger], 2)).toEqual([`${name} reaches ${stranger}`])
  })

  test('small entries stay small', () => {
    expect(brokenPromises('authwright/jose/jwt', [], 8)).toEqual([])
    expect(brokenPromises('authwright/jose/jwt', [], 9)).toEqual([
      'authwright/jose/jwt loads 9 files, at most 8 are allowed',
    ])
    expect(brokenPromises('authwright/express', [], 25)).toEqual([
      'authwright/express loads 25 files, at most 24 are allowed',
    ])
    expect(brokenPromises('authwright/oauth2/server', [], 200)).toEqual([])
  })
})

describe('the files that an entry loads', () => {
  test('are those it imports and those they import, without packages', () => {
    const files = new Map([
      ['dist/a.js', ['dist/shared/1.js']],
      ['dist/shared/1.js', ['dist/shared/2.js', 'dist/express']],
      ['dist/shared/2.js', ['dist/shared/1.js']],
      ['dist/later.js', []],
    ])
    expect([...loadedFiles(files, './dist/a.js')]).toEqual(['dist/a.js', 'dist/shared/1.js', 'dist/shared/2.js'])
  })
})
