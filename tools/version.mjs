// @ts-check
// Copies the version of package.json into the source, after a release has raised it.
import { readFileSync, writeFileSync } from 'node:fs'
import { isMain } from './is-main.mjs'
import { readManifest, repository } from './package-entries.mjs'

/** What users import, and what the code inside may: the root entry loads nothing. */
export const VERSION_FILES = ['src/index.ts', 'src/util/version.ts']

/**
 * The line of source that says a version.
 *
 * @param {string} version
 */
export function versionSource(version) {
  return `export const version = '${version}'`
}

if (isMain(import.meta.filename)) {
  for (const file of VERSION_FILES) {
    const path = `${repository}${file}`
    const source = readFileSync(path, 'utf8')
    writeFileSync(path, source.replace(/export const version = '[^']*'/, versionSource(readManifest().version)))
  }
}
