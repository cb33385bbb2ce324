// @ts-check
// Checks the exports map against the source: each entry has a file, each public file has an entry.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { isMain } from './is-main.mjs'
import { packageEntries, readManifest, repository } from './package-entries.mjs'
import { conclude } from './report-files.mjs'
import { VERSION_FILES, versionSource } from './version.mjs'

/** Folders of the source whose every file is a door, because each stands for one product. */
const OPEN_FOLDERS = ['src/adapters']

/**
 * What is wrong with an exports map, one line each.
 *
 * @param {import('./package-entries.mjs').Manifest} manifest
 * @param {readonly string[]} sources the files under `src`
 * @returns {string[]}
 */
export function exportProblems(manifest, sources) {
  const entries = packageEntries(manifest)
  const known = new Set(entries.map((entry) => entry.source))
  return [
    ...entries.flatMap((entry) => targetProblems(entry, manifest.exports)),
    ...entries
      .filter((entry) => !sources.includes(entry.source))
      .map((entry) => `${entry.name} leads to ${entry.source}, which does not exist`),
    ...sources
      .filter((source) => isPublic(source) && !known.has(source))
      .map((source) => `${source} is public by its place and has no entry in the exports map`),
  ]
}

/**
 * @param {import('./package-entries.mjs').Entry} entry
 * @param {import('./package-entries.mjs').Manifest['exports']} map
 */
function targetProblems(entry, map) {
  const path = entry.name.split('/').slice(1).join('/')
  const conditions = Object.keys(map[path === '' ? '.' : `./${path}`] ?? {})
  const problems = []
  // "types" first: a resolver takes the first condition that holds, and "default" always does.
  if (conditions.join() !== 'types,default') problems.push(`${entry.name} has other conditions than "types", "default"`)
  if (entry.types !== entry.code.replace(/\.js$/, '.d.ts')) problems.push(`${entry.name} has types of another file`)
  return problems
}

/** @param {string} source */
function isPublic(source) {
  if (source.endsWith('.test.ts')) return false
  if (source.endsWith('/index.ts')) return true
  return OPEN_FOLDERS.some((folder) => source.slice(0, source.lastIndexOf('/')) === folder)
}

/** @returns {string[]} */
function sourceFiles() {
  return readdirSync(`${repository}src`, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => `src/${path}`)
}

/** @param {import('./package-entries.mjs').Manifest} manifest */
function versionProblems(manifest) {
  const said = versionSource(manifest.version)
  return VERSION_FILES.filter((file) => {
    const path = `${repository}${file}`
    return !(existsSync(path) && readFileSync(path, 'utf8').includes(said))
  }).map((file) => `${file} says another version than package.json: run "node tools/version.mjs"`)
}

if (isMain(import.meta.filename)) {
  const manifest = readManifest()
  const problems = [...exportProblems(manifest, sourceFiles()), ...versionProblems(manifest)]
  conclude(problems, `${packageEntries(manifest).length} entries, each with its file`)
}
