// @ts-check
// The public entries of the package, as its exports map says them. Every other tool asks here.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The folder of the repository, with a slash at its end. */
export const repository = fileURLToPath(new URL('..', import.meta.url))

/**
 * One door of the package.
 *
 * @typedef {object} Entry
 * @property {string} name what a user imports, as `authwright/jose/jws`
 * @property {string} slug the name of its reports, as `jose-jws`
 * @property {string} source the file behind it, as `src/jose/jws/index.ts`
 * @property {string} types what the exports map says for `types`
 * @property {string} code what the exports map says for `default`
 */

/**
 * @typedef {object} Manifest
 * @property {string} name
 * @property {string} version
 * @property {Record<string, string | Record<string, string>>} exports
 */

/** @returns {Manifest} */
export function readManifest() {
  return JSON.parse(readFileSync(`${repository}package.json`, 'utf8'))
}

/**
 * The entries that are code: those with conditions. `./package.json` is a file and has none.
 *
 * @param {Manifest} [manifest]
 * @returns {Entry[]}
 */
export function packageEntries(manifest = readManifest()) {
  return Object.entries(manifest.exports).flatMap(([subpath, target]) =>
    typeof target === 'string' ? [] : [entryOf(manifest.name, subpath, target)],
  )
}

/**
 * @param {string} packageName
 * @param {string} subpath
 * @param {Record<string, string>} target
 * @returns {Entry}
 */
function entryOf(packageName, subpath, target) {
  const path = subpath.slice(2)
  const code = target['default'] ?? ''
  return {
    name: path === '' ? packageName : `${packageName}/${path}`,
    slug: path === '' ? 'index' : path.replaceAll('/', '-'),
    source: code.replace(/^\.\/dist\//, 'src/').replace(/\.js$/, '.ts'),
    types: target['types'] ?? '',
    code,
  }
}
