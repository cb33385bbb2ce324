// @ts-check
// Holds docs/errors.md to the sources: every refusal has a reason, every reason one error and one row.
import { existsSync, readFileSync } from 'node:fs'
import ts from 'typescript'
import { findRefusals } from './error-sources.mjs'
import { isMain } from './is-main.mjs'
import { repository } from './package-entries.mjs'
import { conclude } from './report-files.mjs'

const PAGE = 'docs/errors.md'
const CHECKED = ['src/oauth2/', 'src/oidc/']
const CLASS = 'OAuth2Error'

/**
 * What is wrong between the refusals of the sources and the rows of the page, one line each.
 *
 * @param {readonly import('./error-sources.mjs').Refusal[]} refusals
 * @param {string} page
 * @returns {string[]}
 */
export function compareCatalogue(refusals, page) {
  const rows = readRows(page)
  /** @type {Map<string, { errors: Set<string>; places: Set<string> }>} */
  const reasons = new Map()
  for (const { place, codes, reasons: names } of refusals) {
    for (const name of names) {
      const entry = reasons.get(name) ?? { errors: new Set(), places: new Set() }
      // Where the application has a say in the error there are several; denials may leave it open.
      if (codes.size > 0) entry.errors.add([...codes].sort().join(', '))
      entry.places.add(place)
      reasons.set(name, entry)
    }
  }
  const twice = rows.filter(({ reason }, index) => rows.findIndex((row) => row.reason === reason) < index)
  return [
    ...[...reasons].flatMap(([reason, entry]) => findProblems(reason, entry, rows)),
    ...rows
      .filter(({ reason }) => !reasons.has(reason))
      .map(({ reason }) => `${PAGE} has a row for "${reason}", which nothing refuses with`),
    ...twice.map(({ reason }) => `${PAGE} has two rows for "${reason}"`),
  ]
}

/**
 * @param {string} reason
 * @param {{ errors: ReadonlySet<string>; places: ReadonlySet<string> }} entry
 * @param {readonly Row[]} rows
 */
function findProblems(reason, { errors, places }, rows) {
  const where = [...places].join(', ')
  if (!/^[a-z][a-z0-9]*(?:_[a-z0-9]+)*$/.test(reason)) return [`${where}: "${reason}" is not in snake_case`]
  if (errors.size > 1) return [`${where}: "${reason}" is two causes, by their errors: ${[...errors].join('; ')}`]
  const row = rows.find((candidate) => candidate.reason === reason)
  if (row === undefined) return [`${where}: "${reason}" has no row in ${PAGE}`]
  const [said = row.errors] = errors
  return said === row.errors ? [] : [`${where}: "${reason}" is ${said}, but ${PAGE} says ${row.errors}`]
}

/**
 * A row of the page: the reason, and the errors that stand beside it.
 *
 * @typedef {{ reason: string; errors: string }} Row
 */

/**
 * @param {string} page
 * @returns {Row[]}
 */
function readRows(page) {
  return [...page.matchAll(/^\| *`([a-z0-9_]+)` *\|([^|]*)\|/gm)].map(([, reason = '', errors = '']) => ({
    reason,
    errors: [...errors.matchAll(/`([a-z_]+)`/g)]
      .map(([, error = '']) => error)
      .sort()
      .join(', '),
  }))
}

function createProgram() {
  const config = ts.getParsedCommandLineOfConfigFile(
    `${repository}tsconfig.core.json`,
    {},
    {
      ...ts.sys,
      onUnRecoverableConfigFileDiagnostic: ({ messageText }) => {
        throw new Error(ts.flattenDiagnosticMessageText(messageText, '\n'))
      },
    },
  )
  if (config === undefined) throw new Error('tsconfig.core.json cannot be read')
  return ts.createProgram(config.fileNames, config.options)
}

if (isMain(import.meta.filename)) {
  // The repository may be in a folder of any name.
  const isChecked = (/** @type {string} */ path) =>
    CHECKED.some((folder) => path.startsWith(repository + folder)) &&
    !path.slice(repository.length).includes('/client/') &&
    !path.endsWith('.test.ts')
  const { refusals, problems } = findRefusals(createProgram(), { className: CLASS, isChecked })
  const page = existsSync(repository + PAGE) ? readFileSync(repository + PAGE, 'utf8') : ''
  const all = [...problems, ...compareCatalogue(refusals, page)].map((line) => line.replaceAll(repository, ''))
  conclude(all, 'the error catalogue')
}
