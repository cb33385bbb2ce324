import ts from 'typescript'
import { describe, expect, test } from 'vitest'
import { apiReports } from './api-report.mjs'
import { hostOver } from './declarations.mjs'
import { packageEntries, repository } from './package-entries.mjs'

const entry = (path: string) => ({ types: `./dist/${path}.d.ts`, default: `./dist/${path}.js` })
const entries = packageEntries({
  name: 'authwright',
  version: '1.0.0',
  exports: { './jose': entry('jose/index'), './jose/jwk': entry('jose/jwk/index'), './web': entry('adapters/web') },
})

describe('an API report', () => {
  const { reports, problems } = reportsOf({
    'jose/index.d.ts': "export { Key } from './jwk/index.ts'\nexport { sign } from './sign.ts'",
    'jose/jwk/index.d.ts': "export * from './key.ts'",
    'jose/jwk/key.d.ts': '/** A key. */\nexport declare class Key {\n  #private;\n  /** Its name. */\n  kid: string\n}',
    'jose/sign.d.ts': [
      "import type { Key } from './jwk/key.ts'",
      "import type { Options } from './options.ts'",
      'export declare function sign(key: Key): string;',
      'export declare function sign(key: Key, options: Options): string;',
    ].join('\n'),
    'jose/options.d.ts': 'export interface Options {\n  limits?: Limits\n}\ninterface Limits {\n  size: number\n}',
  })

  test('has the declarations without their comments, with all overloads', () => {
    expect(reports.get('jose-jwk')).toBe(
      'authwright/jose/jwk exports 1 names\n\nexport declare class Key {\n    #private;\n    kid: string;\n}\n',
    )
    expect(reports.get('jose')).toContain(
      'export declare function sign(key: Key): string;\nexport declare function sign(key: Key, options: Options): string;',
    )
  })

  test('describes a name once, where it is at home', () => {
    expect(reports.get('jose')).toContain('--- passed on\n\nKey from authwright/jose/jwk')
    expect(reports.get('jose')).not.toContain('class Key')
  })

  test('has what the declarations mention and nobody exports, through any number of steps', () => {
    expect(reports.get('jose')).toContain(
      [
        '--- seen through these, exported by no entry',
        'Limits (src/jose/options.ts)\ninterface Limits {\n    size: number;\n}',
        'Options (src/jose/options.ts)\nexport interface Options {\n    limits?: Limits;\n}',
      ].join('\n\n'),
    )
  })

  test('does not pass over an entry without declarations', () => {
    expect(problems).toEqual(['authwright/web has no declarations: src/adapters/web.ts does not exist'])
  })
})

function reportsOf(files: Record<string, string>): ReturnType<typeof apiReports> {
  const options = { module: ts.ModuleKind.NodeNext, target: ts.ScriptTarget.ES2022, types: [] }
  const texts = new Map(Object.entries(files).map(([path, text]) => [`${repository}dist/${path}`, text]))
  return apiReports(ts.createProgram([...texts.keys()], options, hostOver(texts, options)), entries)
}
