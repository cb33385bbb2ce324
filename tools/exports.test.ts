import { describe, expect, test } from 'vitest'
import { exportProblems } from './exports.mjs'
import { packageEntries } from './package-entries.mjs'

const jws = { types: './dist/jose/jws/index.d.ts', default: './dist/jose/jws/index.js' }
const web = { types: './dist/adapters/web.d.ts', default: './dist/adapters/web.js' }
const sources = ['src/jose/jws/index.ts', 'src/jose/jws/sign.ts', 'src/adapters/web.ts', 'src/adapters/web.test.ts']

function problems(exports: Record<string, string | Record<string, string>>, files: string[] = sources): string[] {
  return exportProblems({ name: 'authwright', version: '1.0.0', exports }, files)
}

describe('the exports map', () => {
  test('is sound where each door has its file and each public file its door', () => {
    expect(problems({ './jose/jws': jws, './web': web, './package.json': './package.json' })).toEqual([])
  })

  test('may not lead to a file that does not exist', () => {
    expect(problems({ './jose/jws': jws, './web': web }, ['src/adapters/web.ts'])).toEqual([
      'authwright/jose/jws leads to src/jose/jws/index.ts, which does not exist',
    ])
  })

  test('may not leave out an index or an adapter', () => {
    expect(problems({ './web': web })).toEqual([
      'src/jose/jws/index.ts is public by its place and has no entry in the exports map',
    ])
    expect(problems({ './jose/jws': jws })).toEqual([
      'src/adapters/web.ts is public by its place and has no entry in the exports map',
    ])
  })

  test('may not put another condition before the types, nor the types of another file', () => {
    expect(problems({ './jose/jws': { default: jws.default, types: jws.types }, './web': web })).toEqual([
      'authwright/jose/jws has other conditions than "types", "default"',
    ])
    expect(problems({ './jose/jws': { ...jws, types: web.types }, './web': web })).toEqual([
      'authwright/jose/jws has types of another file',
    ])
  })

  test('names each entry for its users and for its reports', () => {
    const manifest = { name: 'authwright', version: '1.0.0', exports: { '.': web, './jose/jws': jws } }
    expect(packageEntries(manifest).map(({ name, slug, source }) => [name, slug, source])).toEqual([
      ['authwright', 'index', 'src/adapters/web.ts'],
      ['authwright/jose/jws', 'jose-jws', 'src/jose/jws/index.ts'],
    ])
  })
})
