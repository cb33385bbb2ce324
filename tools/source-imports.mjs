// @ts-check
// What a source file loads when it runs: its imports without those that the compiler erases.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path/posix'
import ts from 'typescript'
import { repository } from './package-entries.mjs'

/**
 * What a module asks for, as it is written.
 *
 * @typedef {object} SourceImports
 * @property {string[]} eager loaded together with the module
 * @property {string[]} lazy loaded by an `import()` when the code comes there
 */

/**
 * @param {string} text TypeScript source
 * @returns {SourceImports}
 */
export function parseImports(text) {
  /** @type {SourceImports} */
  const imports = { eager: [], lazy: [] }
  const file = ts.createSourceFile('module.ts', text, ts.ScriptTarget.ES2022)
  for (const statement of file.statements) {
    const specifier = eagerSpecifier(statement)
    if (specifier !== undefined) imports.eager.push(specifier)
  }
  collectLazy(file, imports.lazy)
  return imports
}

/**
 * `import type` is erased. `import { type A }` is not: under verbatimModuleSyntax an empty import stays and loads the file.
 *
 * @param {ts.Statement} statement
 */
function eagerSpecifier(statement) {
  if (ts.isImportDeclaration(statement)) {
    return statement.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword
      ? undefined
      : textOf(statement.moduleSpecifier)
  }
  if (ts.isExportDeclaration(statement) && !statement.isTypeOnly) return textOf(statement.moduleSpecifier)
  return undefined
}

/**
 * @param {ts.Node} node
 * @param {string[]} found
 */
function collectLazy(node, found) {
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    const specifier = textOf(node.arguments[0])
    if (specifier !== undefined) found.push(specifier)
  }
  ts.forEachChild(node, (child) => collectLazy(child, found))
}

/** @param {ts.Expression | undefined} node */
function textOf(node) {
  return node !== undefined && ts.isStringLiteralLike(node) ? node.text : undefined
}

/**
 * Everything that an entry loads when it is imported.
 *
 * @typedef {object} ModuleGraph
 * @property {string[]} modules files of ours, sorted
 * @property {string[]} packages what comes from elsewhere, sorted
 * @property {string[]} lazy what may be loaded later, sorted
 */

/**
 * @param {string} entry a path under the repository
 * @param {(path: string) => string | undefined} [read] the text of a file, where it exists
 * @returns {ModuleGraph}
 */
export function moduleGraph(entry, read = readSource) {
  const modules = new Set([entry])
  const packages = new Set()
  const lazy = new Set()
  for (const path of modules) {
    const text = read(path)
    if (text === undefined) throw new Error(`${path} does not exist`)
    const imports = parseImports(text)
    for (const specifier of imports.eager) {
      if (specifier.startsWith('.')) modules.add(resolve(path, specifier))
      else packages.add(specifier)
    }
    for (const specifier of imports.lazy) lazy.add(specifier.startsWith('.') ? resolve(path, specifier) : specifier)
  }
  return { modules: [...modules].sort(), packages: [...packages].sort(), lazy: [...lazy].sort() }
}

/**
 * @param {string} from
 * @param {string} specifier
 */
function resolve(from, specifier) {
  return normalize(join(dirname(from), specifier))
}

/** @param {string} path */
function readSource(path) {
  return existsSync(repository + path) ? readFileSync(repository + path, 'utf8') : undefined
}
