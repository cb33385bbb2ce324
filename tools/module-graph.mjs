// @ts-check
// Writes etc/graph: which modules each entry is made of, and how many files of dist that is when it is imported. With
// --check: compares, and holds the promises about reach and size.
import { bundle, loadedFiles } from './bundle.mjs'
import { isMain } from './is-main.mjs'
import { packageEntries } from './package-entries.mjs'
import { conclude, settleReports } from './report-files.mjs'
import { moduleGraph } from './source-imports.mjs'

/**
 * Entries that stay small, by the number of files that importing them may load.
 *
 * @type {Readonly<Record<string, number>>}
 */
const MOST_FILES = { authwright: 1, 'authwright/jose/jwt': 8, 'authwright/express': 24 }

/**
 * What an entry never loads, whatever it grows to.
 *
 * @type {readonly { entry: RegExp; never: RegExp }[]}
 */
const STRANGERS = [
  { entry: /^authwright\/jose(\/|$)/, never: /^src\/(oauth1|oauth2|oidc|stores|adapters)\// },
  { entry: /^authwright\/jose\/jws$/, never: /^src\/jose\/jwe\// },
  { entry: /^authwright\/(oauth2|oidc)\/client$/, never: /^src\/((oauth2|oidc)\/server|stores|adapters)\// },
  { entry: /^authwright\/(oauth2|oidc)\/server$/, never: /^src\/((oauth2|oidc)\/client|stores|adapters)\// },
  { entry: /^authwright\/oauth2\/resource$/, never: /^src\/((oauth2|oidc)\/(client|server)|stores|adapters)\// },
  { entry: /^authwright\/stores\//, never: /^src\/(oauth2\/(client|server)|oidc\/(client|server)|adapters)\// },
]

/**
 * The promises that an entry breaks, one line each.
 *
 * @param {string} name the entry, as it is imported
 * @param {readonly string[]} modules what it is made of
 * @param {number} files how many files of dist that is
 * @returns {string[]}
 */
export function brokenPromises(name, modules, files) {
  const most = MOST_FILES[name] ?? Number.POSITIVE_INFINITY
  const tooMany = files > most ? [`${name} loads ${files} files, at most ${most} are allowed`] : []
  const strangers = STRANGERS.filter(({ entry }) => entry.test(name)).flatMap(({ never }) =>
    modules.filter((path) => never.test(path)).map((path) => `${name} reaches ${path}`),
  )
  return [...tooMany, ...strangers]
}

/**
 * @param {string} name
 * @param {import('./source-imports.mjs').ModuleGraph} graph
 * @param {number} files
 */
function report(name, graph, files) {
  const lines = [`${name}: ${graph.modules.length} modules in ${files} files`, '', ...graph.modules]
  if (graph.packages.length > 0) lines.push('', 'and from elsewhere', ...graph.packages)
  if (graph.lazy.length > 0) lines.push('', 'and later, when it is needed', ...graph.lazy)
  return `${lines.join('\n')}\n`
}

/**
 * Half a tree has graphs too: an entry that cannot be followed is a problem of its own, the others are still drawn.
 *
 * @param {import('./package-entries.mjs').Entry} entry
 */
function draw(entry) {
  try {
    return { entry, graph: moduleGraph(entry.source) }
  } catch (error) {
    return { entry, problem: `${entry.name} cannot be followed: ${error instanceof Error ? error.message : error}` }
  }
}

if (isMain(import.meta.filename)) {
  const problems = []
  const built = await bundle({ write: false })
  /** @type {Map<string, string>} */
  const reports = new Map()
  for (const { entry, graph, problem } of packageEntries().map(draw)) {
    if (problem !== undefined) problems.push(problem)
    if (graph === undefined) continue
    const files = loadedFiles(built, entry.code).size
    reports.set(`etc/graph/${entry.slug}.txt`, report(entry.name, graph, files))
    problems.push(...brokenPromises(entry.name, graph.modules, files))
  }
  problems.push(...settleReports(reports, 'graph', 'etc/graph'))
  conclude(problems, `${reports.size} module graphs as promised`)
}
