import { createRequire } from 'node:module'
import { cruise, type IConfiguration, type ICruiseResult } from 'dependency-cruiser'
import { describe, expect, test } from 'vitest'
import { temporaryTree } from './temporary-tree.ts'

const require = createRequire(import.meta.url)
const configuration: IConfiguration = require('../.dependency-cruiser.cjs')
const { MAY_IMPORT }: { MAY_IMPORT: Record<string, string[]> } = require('./layers.cjs')

/** One file of each room, and of each window into a room. */
const FILE_OF: Record<string, string> = {
  util: 'src/util/a.ts',
  crypto: 'src/crypto/a.ts',
  http: 'src/http/a.ts',
  jose: 'src/jose/jws/a.ts',
  oauth1: 'src/oauth1/server/a.ts',
  'oauth2 wire': 'src/oauth2/a.ts',
  'oauth2/client': 'src/oauth2/client/a.ts',
  'oauth2/server': 'src/oauth2/server/a.ts',
  'oauth2/resource': 'src/oauth2/resource/a.ts',
  'oidc wire': 'src/oidc/a.ts',
  'oidc/client': 'src/oidc/client/a.ts',
  'oidc/server': 'src/oidc/server/a.ts',
  session: 'src/session/a.ts',
  stores: 'src/stores/a.ts',
  providers: 'src/providers/a.ts',
  'oauth2/server index': 'src/oauth2/server/index.ts',
  'server ports': 'src/oauth2/server/store.ts',
  'oauth1 ports': 'src/oauth1/server/store.ts',
}
const ROOMS = Object.keys(MAY_IMPORT)

/** Every edge between two rooms that the table leaves out. */
const forbiddenEdges = ROOMS.flatMap((room) =>
  ROOMS.filter((other) => other !== room && !MAY_IMPORT[room]?.includes(other)).map((other) => [room, other] as const),
)
const allowedEdges = ROOMS.flatMap((room) => (MAY_IMPORT[room] ?? []).map((target) => [room, target] as const))

/** The rules that are not rows of the room table: what a file says, and which rule it breaks. */
const OFFENDERS: [rule: string, files: Record<string, string>][] = [
  [
    'jose never reaches a protocol',
    { 'src/jose/jws/a.ts': "import '../../util/a.ts'", 'src/util/a.ts': "import '../oidc/a.ts'", 'src/oidc/a.ts': '' },
  ],
  [
    'jws never reaches jwe',
    { 'src/jose/jws/a.ts': "import '../b.ts'", 'src/jose/b.ts': "import './jwe/c.ts'", 'src/jose/jwe/c.ts': '' },
  ],
  [
    'client never reaches server',
    {
      'src/oidc/client/a.ts': "import '../../oauth2/b.ts'",
      'src/oauth2/b.ts': "import type { C } from './server/c.ts'",
      'src/oauth2/server/c.ts': 'export type C = 1',
    },
  ],
  [
    'server never reaches client',
    {
      'src/oauth2/server/a.ts': "import '../b.ts'",
      'src/oauth2/b.ts': "import './client/c.ts'",
      'src/oauth2/client/c.ts': '',
    },
  ],
  [
    'nothing but adapters reaches adapters',
    { 'src/stores/a.ts': "import '../adapters/web.ts'", 'src/adapters/web.ts': '' },
  ],
  [
    'adapters import public entries only',
    { 'src/adapters/web.ts': "import '../oauth2/server/grant.ts'", 'src/oauth2/server/grant.ts': '' },
  ],
  [
    'stores import the server for its types only',
    { 'src/stores/a.ts': "import '../oauth2/server/records.ts'", 'src/oauth2/server/records.ts': '' },
  ],
  ['the root entry runs nothing', { 'src/index.ts': "import './util/a.ts'", 'src/util/a.ts': '' }],
  ['nothing imports a test', { 'src/util/a.ts': "import './b.test.ts'", 'src/util/b.test.ts': '' }],
  ['no package but the optional peers', { 'src/util/a.ts': "import 'jose'" }],
  ['express for its types, in its adapter', { 'src/adapters/express.ts': "import express from 'express'\nexpress()" }],
  ['express in its adapter only', { 'src/adapters/web.ts': "import type { E } from 'express'\nexport type F = E" }],
  ['libsql lazily, where SQLite is opened', { 'src/stores/a.ts': "import 'libsql'" }],
  ['libsql in the SQLite store only', { 'src/adapters/node.ts': "export const open = () => import('libsql')" }],
  ['no runtime of its own below the adapters', { 'src/crypto/a.ts': "import 'node:crypto'" }],
  ['every import leads somewhere', { 'src/util/a.ts': "import './gone.ts'" }],
  [
    'no cycles',
    {
      'src/util/a.ts': "import type { B } from './b.ts'\nexport type A = B",
      'src/util/b.ts': "import { type A } from './a.ts'\nexport type B = A | 1",
    },
  ],
]

describe('the layers', () => {
  test('fire on every edge that the plan does not draw, type-only imports included', async () => {
    const found = await violations(edgeTree(forbiddenEdges))
    for (const [room, other] of forbiddenEdges) {
      expect(found).toContain(`${room} imports only what is below it: ${FILE_OF[room]} → ${FILE_OF[other]}`)
    }
  })

  test('let every drawn edge pass', async () => {
    const found = await violations(edgeTree(allowedEdges))
    expect(found).toEqual([])
  })

  test.each(OFFENDERS)('notice a broken rule: %s', async (rule, files) => {
    const found = await violations({ ...PACKAGES, ...files })
    expect(found.map((line) => line.split(':')[0])).toContain(rule)
  })

  test('have no rule without an offender here', () => {
    const tabled = ROOMS.map((room) => `${room} imports only what is below it`)
    const names = configuration.forbidden?.map((rule) => rule.name)
    expect(names?.toSorted()).toEqual([...tabled, ...OFFENDERS.map(([rule]) => rule)].toSorted())
  })

  test('let the adapters use public entries and the optional peers', async () => {
    const found = await violations({
      ...PACKAGES,
      'src/adapters/express.ts': "import type { E } from 'express'\nimport '../http/index.ts'\nexport type F = E",
      'src/http/index.ts': '',
      'src/stores/sqlite.ts': "export const open = () => import('libsql')",
    })
    expect(found).toEqual([])
  })
})

const PACKAGES = Object.fromEntries(
  ['express', 'libsql', 'jose'].flatMap((name) => [
    [`node_modules/${name}/package.json`, JSON.stringify({ name, main: 'index.js' })],
    [`node_modules/${name}/index.js`, ''],
  ]),
)

/** A tree in which each left side imports each of its right sides for a type. */
function edgeTree(edges: readonly (readonly [string, string])[]): Record<string, string> {
  const files = Object.fromEntries(Object.values(FILE_OF).map((path) => [path, 'export type T = 1\n']))
  for (const [from, to] of edges) {
    const [source, target] = [FILE_OF[from] ?? '', FILE_OF[to] ?? '']
    const up = '../'.repeat(source.split('/').length - 1)
    files[source] += `export type * as ${to.replace(/\W/g, '_')} from '${up}${target}'\n`
  }
  return files
}

async function violations(files: Record<string, string>): Promise<string[]> {
  const { tsConfig: _, ...options } = configuration.options ?? {}
  const answer = await cruise(['src'], {
    ...options,
    baseDir: temporaryTree(files),
    validate: true,
    ruleSet: { forbidden: configuration.forbidden ?? [] },
  })
  const { summary } = answer.output as ICruiseResult
  return summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`)
}
