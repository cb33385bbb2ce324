// @ts-check
// Writes the JavaScript of dist: one file for each entry, and what several entries share in files of their own, so that
// an entry loads just what it needs, in few files. The declarations beside it come from tsc.
import { readFileSync } from 'node:fs'
import { dirname, relative } from 'node:path/posix'
import { build } from 'rolldown'
import { planChunks } from './chunks.mjs'
import { isMain } from './is-main.mjs'
import { packageEntries, repository } from './package-entries.mjs'
import { moduleGraph, parseImports } from './source-imports.mjs'

/** In front of the path of an entry: the module that only passes on what the entry exports. */
const DOOR = 'door:'

/**
 * An entry that other entries use too goes into a shared file, which exports more than the entry does. What users import
 * is a door in front of it.
 *
 * @type {import('rolldown').Plugin}
 */
const doors = {
  name: 'doors',
  resolveId: (id) => (id.startsWith(DOOR) ? { id } : undefined),
  load: (id) =>
    id.startsWith(DOOR) ? `export * from ${JSON.stringify(repository + id.slice(DOOR.length))}` : undefined,
}

/**
 * The files of dist, and which others each of them loads.
 *
 * @typedef {ReadonlyMap<string, readonly string[]>} BuiltFiles
 */

/**
 * @param {{ write: boolean }} options whether dist is written, or only looked at
 * @returns {Promise<BuiltFiles>}
 */
export async function bundle({ write }) {
  const entries = packageEntries()
  const graphs = new Map(entries.map(({ name, source }) => [name, moduleGraph(source).modules]))
  const modules = new Map([...graphs.values()].flat().map((path) => [path, describe(path)]))
  const chunks = planChunks(graphs, modules)
  const { output } = await build({
    cwd: repository,
    input: Object.fromEntries(entries.map(({ source, code }) => [nameOf(code), DOOR + source])),
    plugins: [doors],
    // Nothing of a platform is assumed, and packages are imported, never taken in.
    platform: 'neutral',
    external: /^(?!\.|\/)/,
    preserveEntrySignatures: 'allow-extension',
    write,
    output: {
      dir: 'dist',
      format: 'esm',
      sourcemap: true,
      entryFileNames: '[name].js',
      chunkFileNames: 'shared/[name]-[hash].js',
      codeSplitting: {
        includeDependenciesRecursively: false,
        groups: [{ debugName: 'planned', name: (path) => chunkName(chunks, path) }],
      },
    },
    transform: { target: 'es2022' },
  })
  return new Map(
    output.flatMap((file) =>
      file.type === 'chunk' ? [[`dist/${file.fileName}`, file.imports.map((path) => `dist/${path}`)]] : [],
    ),
  )
}

/**
 * Modules that load others later are a room of their own: who bundles an app takes in what is loaded later as well, and
 * everything that it needs.
 *
 * @param {string} path
 * @returns {import('./chunks.mjs').Module}
 */
function describe(path) {
  const text = readFileSync(repository + path, 'utf8')
  const isLazy = parseImports(text).lazy.length > 0
  return { size: text.length, room: `${dirname(path)}${isLazy ? ', lazy' : ''}` }
}

/** @param {string} code as in the exports map, `./dist/jose/jwt/index.js` */
function nameOf(code) {
  return code.replace(/^\.\/dist\//, '').replace(/\.js$/, '')
}

/**
 * @param {ReadonlyMap<string, number>} chunks
 * @param {string} path absolute
 */
function chunkName(chunks, path) {
  const chunk = chunks.get(relative(repository, path))
  return chunk === undefined ? null : `${chunk}`
}

/**
 * The files of dist that an entry loads when it is imported, itself included.
 *
 * @param {BuiltFiles} files
 * @param {string} file as in the exports map, `./dist/jose/jwt/index.js`
 */
export function loadedFiles(files, file) {
  const loaded = new Set([file.replace(/^\.\//, '')])
  for (const path of loaded) for (const next of files.get(path) ?? []) if (files.has(next)) loaded.add(next)
  return loaded
}

if (isMain(import.meta.filename)) await bundle({ write: true })
