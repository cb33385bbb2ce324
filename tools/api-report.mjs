// @ts-check
// Writes etc/api: what each entry exports, as a user's compiler sees it. With --check: compares.
import ts from 'typescript'
import { declarationProgram } from './declarations.mjs'
import { isMain } from './is-main.mjs'
import { packageEntries, repository } from './package-entries.mjs'
import { conclude, settleReports } from './report-files.mjs'

/**
 * An entry and the declarations behind its names.
 *
 * @typedef {object} Surface
 * @property {import('./package-entries.mjs').Entry} entry
 * @property {Map<string, ts.Symbol>} names sorted
 */

const DIST = `${repository}dist/`
const printer = ts.createPrinter({ removeComments: true })

/**
 * The text of each report by the slug of its entry.
 *
 * @param {ts.Program} program over declaration files
 * @param {readonly import('./package-entries.mjs').Entry[]} entries
 * @returns {{ reports: Map<string, string>; problems: string[] }}
 */
export function apiReports(program, entries) {
  const checker = program.getTypeChecker()
  const surfaces = entries.flatMap((entry) => surfaceOf(program, entry) ?? [])
  const homes = findHomes(surfaces)
  return {
    reports: new Map(surfaces.map((surface) => [surface.entry.slug, writeReport(surface, homes, checker)])),
    problems: entries
      .filter((entry) => !surfaces.some((surface) => surface.entry === entry))
      .map((entry) => `${entry.name} has no declarations: ${entry.source} does not exist`),
  }
}

/**
 * @param {ts.Program} program
 * @param {import('./package-entries.mjs').Entry} entry
 * @returns {Surface | undefined}
 */
function surfaceOf(program, entry) {
  const checker = program.getTypeChecker()
  const file = program.getSourceFile(repository + entry.types.slice(2))
  const module = file && checker.getSymbolAtLocation(file)
  if (module === undefined) return undefined
  const names = checker
    .getExportsOfModule(module)
    .map((symbol) => /** @type {const} */ ([symbol.name, original(symbol, checker)]))
  return { entry, names: new Map(names.sort(([a], [b]) => (a < b ? -1 : 1))) }
}

/**
 * Where each symbol is described: of the entries that export it, the one whose folder is nearest to its declaration.
 *
 * @param {readonly Surface[]} surfaces
 * @returns {Map<ts.Symbol, import('./package-entries.mjs').Entry>}
 */
function findHomes(surfaces) {
  /** @type {Map<ts.Symbol, import('./package-entries.mjs').Entry>} */
  const homes = new Map()
  for (const { entry, names } of surfaces) {
    for (const symbol of names.values()) {
      const home = homes.get(symbol)
      if (home === undefined || nearness(entry, symbol) > nearness(home, symbol)) homes.set(symbol, entry)
    }
  }
  return homes
}

/**
 * @param {import('./package-entries.mjs').Entry} entry
 * @param {ts.Symbol} symbol
 */
function nearness(entry, symbol) {
  const folder = entry.source.replace(/(index)?\.ts$/, '')
  return sourceOf(symbol).startsWith(folder) ? folder.length : 0
}

/**
 * @param {Surface} surface
 * @param {ReadonlyMap<ts.Symbol, import('./package-entries.mjs').Entry>} homes
 * @param {ts.TypeChecker} checker
 */
function writeReport({ entry, names }, homes, checker) {
  const own = [...names].filter(([, symbol]) => homes.get(symbol) === entry)
  const passedOn = [...names].filter(([, symbol]) => homes.get(symbol) !== entry)
  const reached = reachable(
    own.map(([, symbol]) => symbol),
    checker,
  )
    .filter((symbol) => !homes.has(symbol))
    .map((symbol) => /** @type {const} */ ([`${symbol.name} (${sourceOf(symbol)})`, symbol]))
    .sort(([a], [b]) => (a < b ? -1 : 1))
  return [
    `${entry.name} exports ${names.size} names`,
    ...own.map(([name, symbol]) => declarationText(symbol, symbol.name === name ? '' : `as ${name}: `)),
    ...section(
      'passed on',
      passedOn.map(([name, symbol]) => `${name} from ${homes.get(symbol)?.name}`),
    ),
    ...section(
      'seen through these, exported by no entry',
      reached.map(([label, symbol]) => `${label}\n${declarationText(symbol)}`),
    ),
  ]
    .join('\n\n')
    .concat('\n')
}

/**
 * @param {string} title
 * @param {string[]} paragraphs
 */
function section(title, paragraphs) {
  return paragraphs.length === 0 ? [] : [`--- ${title}`, ...paragraphs]
}

/**
 * All that the declarations of these symbols mention, through any number of steps, themselves left out.
 *
 * @param {readonly ts.Symbol[]} symbols
 * @param {ts.TypeChecker} checker
 */
function reachable(symbols, checker) {
  const seen = new Set(symbols)
  for (const symbol of seen) {
    for (const statement of statementsOf(symbol)) collectMentions(statement, checker, seen)
  }
  return [...seen].slice(symbols.length)
}

/**
 * @param {ts.Node} node
 * @param {ts.TypeChecker} checker
 * @param {Set<ts.Symbol>} found
 */
function collectMentions(node, checker, found) {
  const symbol = ts.isIdentifier(node) ? checker.getSymbolAtLocation(node) : undefined
  const target = symbol && original(symbol, checker)
  if (target !== undefined && statementsOf(target).length > 0) found.add(target)
  ts.forEachChild(node, (child) => collectMentions(child, checker, found))
}

/**
 * @param {ts.Symbol} symbol
 * @param {ts.TypeChecker} checker
 */
function original(symbol, checker) {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol
}

/**
 * The statements that declare a symbol of ours at the top of a module: several for overloads.
 *
 * @param {ts.Symbol} symbol
 * @returns {ts.Statement[]}
 */
function statementsOf(symbol) {
  return (symbol.declarations ?? []).flatMap((declaration) => {
    const statement = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration
    const isTop = ts.isSourceFile(statement.parent ?? statement) && statement.getSourceFile().fileName.startsWith(DIST)
    return isTop && ts.isStatement(statement) ? [statement] : []
  })
}

/**
 * @param {ts.Symbol} symbol
 * @param {string} [label]
 */
function declarationText(symbol, label = '') {
  return statementsOf(symbol)
    .map((statement) => label + printer.printNode(ts.EmitHint.Unspecified, statement, statement.getSourceFile()))
    .join('\n')
}

/** @param {ts.Symbol} symbol */
function sourceOf(symbol) {
  const path = symbol.declarations?.[0]?.getSourceFile().fileName ?? ''
  return path.replace(DIST, 'src/').replace(/\.d\.ts$/, '.ts')
}

if (isMain(import.meta.filename)) {
  const { reports, problems } = apiReports(declarationProgram(), packageEntries())
  const files = new Map([...reports].map(([slug, text]) => [`etc/api/${slug}.txt`, text]))
  conclude([...problems, ...settleReports(files, 'api', 'etc/api')], `${files.size} API reports as committed`)
}
