// @ts-check
// Generated files that are committed: written on request, compared in CI.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { repository } from './package-entries.mjs'

/**
 * Writes the reports, or with `--check` on the command line says which of the committed ones are out of date.
 *
 * @param {ReadonlyMap<string, string>} reports text by path in the repository
 * @param {string} writer the npm script that writes them
 * @param {string} [folder] a folder that holds these reports and nothing else
 * @returns {string[]} what is wrong, one line each
 */
export function settleReports(reports, writer, folder) {
  const strays = folder === undefined ? [] : strayFiles(folder, reports)
  if (!process.argv.includes('--check')) {
    for (const [path, text] of reports) write(path, text)
    for (const path of strays) rmSync(repository + path)
    return []
  }
  return [
    ...[...reports].flatMap(([path, text]) => staleness(path, text, writer)),
    ...strays.map((path) => `${path} belongs to nothing: run "npm run ${writer}" and commit its removal`),
  ]
}

/**
 * Ends the tool: prints the problems and fails, or says that all is well.
 *
 * @param {readonly string[]} problems
 * @param {string} success
 */
export function conclude(problems, success) {
  if (problems.length === 0) {
    console.log(success)
    return
  }
  for (const problem of problems) console.error(problem)
  process.exitCode = 1
}

/**
 * @param {string} folder
 * @param {ReadonlyMap<string, string>} reports
 */
function strayFiles(folder, reports) {
  if (!existsSync(repository + folder)) return []
  return readdirSync(repository + folder)
    .map((name) => `${folder}/${name}`)
    .filter((path) => !reports.has(path))
}

/** @param {string} path */
function read(path) {
  return existsSync(repository + path) ? readFileSync(repository + path, 'utf8') : ''
}

/**
 * @param {string} path
 * @param {string} text
 */
function write(path, text) {
  mkdirSync(dirname(repository + path), { recursive: true })
  writeFileSync(repository + path, text)
}

/**
 * @param {string} path
 * @param {string} text what it should say
 * @param {string} writer
 */
function staleness(path, text, writer) {
  const committed = read(path)
  if (committed === text) return []
  if (committed === '') return [`${path} is missing: run "npm run ${writer}" and commit it`]
  return [`${path} is out of date: run "npm run ${writer}" and commit it`, ...difference(committed, text)]
}

/**
 * The lines that went and the lines that came, without regard to their place: enough to see what changed.
 *
 * @param {string} before
 * @param {string} after
 */
function difference(before, after) {
  const old = new Set(before.split('\n'))
  const now = new Set(after.split('\n'))
  return [
    ...[...old].filter((line) => !now.has(line)).map((line) => `  - ${line}`),
    ...[...now].filter((line) => !old.has(line)).map((line) => `  + ${line}`),
  ]
}
