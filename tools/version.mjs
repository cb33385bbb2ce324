// @ts-check
// Copies the version of package.json into src/util/version.ts, after a release has raised it.
import { readFileSync, writeFileSync } from 'node:fs'
import { isMain } from './is-main.mjs'
import { readManifest, repository } from './package-entries.mjs'

/**
 * The line of source that says a version.
 *
 * @param {string} version
 */
export function versionSource(version) {
  return `export const version = '${version}'`
}

if (isMain(import.meta.filename)) {
  const path = `${repository}src/util/version.ts`
  const source = readFileSync(path, 'utf8')
  writeFileSync(path, source.replace(/export const version = '[^']*'/, versionSource(readManifest().version)))
}
