// @ts-check
// Holds every edge of docs/architecture.md, type-only imports included. tools/layers.test.ts breaks each rule once.
const { exports: entries } = require('./package.json')
const { MAY_IMPORT, PLACES, WINDOWS } = require('./tools/layers.cjs')

const TESTS = '\\.test\\.ts$'
const PATTERNS = { ...PLACES, ...WINDOWS }

/** The files behind the exports map: all that an adapter may know. */
const PUBLIC_ENTRIES = Object.values(entries)
  .flatMap((target) => (typeof target === 'string' ? [] : [target.default]))
  .map((path) => `^${path.replace('./dist/', 'src/').replace(/\.js$/, '\\.ts')}$`)

/** @type {import('dependency-cruiser').IForbiddenRuleType[]} */
const rooms = Object.entries(MAY_IMPORT).map(([room, targets]) => ({
  name: `${room} imports only what is below it`,
  severity: 'error',
  from: { path: PLACES[/** @type {keyof typeof PLACES} */ (room)], pathNot: TESTS },
  to: {
    path: '^src/',
    pathNot: [PLACES[/** @type {keyof typeof PLACES} */ (room)], ...targets.map((target) => PATTERNS[target])],
  },
}))

/**
 * Reach through any number of files, which no row of the table can see.
 *
 * @type {[from: string, to: string, why: string][]}
 */
const FORBIDDEN_REACH = [
  ['^src/jose/', '^src/(oauth1|oauth2|oidc)/', 'jose never reaches a protocol'],
  ['^src/jose/jws/', '^src/jose/jwe/', 'jws never reaches jwe'],
  ['^src/(oauth2|oidc)/client/', '^src/(oauth2|oidc)/server/', 'client never reaches server'],
  ['^src/(oauth2|oidc)/server/', '^src/(oauth2|oidc)/client/', 'server never reaches client'],
  ['^src/(?!adapters/)', '^src/adapters/', 'nothing but adapters reaches adapters'],
]

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...rooms,
    ...FORBIDDEN_REACH.map(([from, to, name]) => ({
      name,
      severity: /** @type {const} */ ('error'),
      from: { path: from, pathNot: TESTS },
      to: { path: to, reachable: true },
    })),
    {
      name: 'adapters import public entries only',
      severity: 'error',
      from: { path: '^src/adapters/', pathNot: TESTS },
      to: { path: '^src/', pathNot: ['^src/adapters/', ...PUBLIC_ENTRIES] },
    },
    {
      name: 'stores import the server for its types only',
      severity: 'error',
      from: { path: '^src/(stores|oauth2/resource)/', pathNot: TESTS },
      to: { path: '^src/oauth[12]/server/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'the root entry runs nothing',
      severity: 'error',
      from: { path: '^src/index\\.ts$' },
      to: { dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'nothing imports a test',
      severity: 'error',
      from: { path: '^src/', pathNot: TESTS },
      to: { path: TESTS },
    },
    {
      name: 'no package but the optional peers',
      comment:
        'express for its types in its adapter; libsql where SQLite is opened. Everything else would be a dependency.',
      severity: 'error',
      from: { path: '^src/', pathNot: TESTS },
      to: { path: 'node_modules/', pathNot: 'node_modules/(@types/)?(express|libsql)/' },
    },
    {
      name: 'express for its types, in its adapter',
      severity: 'error',
      from: { path: '^src/', pathNot: TESTS },
      to: { path: 'node_modules/(@types/)?express/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'express in its adapter only',
      severity: 'error',
      from: { path: '^src/', pathNot: [TESTS, '^src/adapters/(shared/)?express'] },
      to: { path: 'node_modules/(@types/)?express/' },
    },
    {
      name: 'libsql lazily, where SQLite is opened',
      severity: 'error',
      from: { path: '^src/', pathNot: TESTS },
      to: { path: 'node_modules/libsql/', dependencyTypesNot: ['dynamic-import', 'type-only'] },
    },
    {
      name: 'libsql in the SQLite store only',
      severity: 'error',
      from: { path: '^src/', pathNot: [TESTS, '^src/stores/'] },
      to: { path: 'node_modules/libsql/' },
    },
    {
      name: 'no runtime of its own below the adapters',
      comment: "Node's modules are found at run time, through process.getBuiltinModule: other runtimes have none.",
      severity: 'error',
      from: { path: '^src/', pathNot: [TESTS, '^src/adapters/'] },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'every import leads somewhere',
      severity: 'error',
      from: { path: '^src/' },
      to: { couldNotResolve: true },
    },
    {
      name: 'no cycles',
      severity: 'error',
      from: { path: '^src/' },
      to: { circular: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'node', 'default'] },
  },
}
