// @ts-check
// Writes the JavaScript of dist: one file for each entry, and what several entries share in files of their own, so that
// an entry loads just what it needs, in few files. The declarations beside it come from tsc.
import { build } from 'esbuild'
import { isMain } from './is-main.mjs'
import { packageEntries, repository } from './package-entries.mjs'

/** @param {{ write: boolean }} options whether dist is written, or only looked at */
export async function bundle({ write }) {
  const { metafile } = await build({
    absWorkingDir: repository,
    entryPoints: packageEntries().map(({ source }) => source),
    outbase: 'src',
    outdir: 'dist',
    chunkNames: 'shared/[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    // Nothing of a platform is assumed, and packages are imported, never taken in.
    platform: 'neutral',
    packages: 'external',
    target: 'es2022',
    sourcemap: true,
    metafile: true,
    logLevel: 'warning',
    write,
  })
  return metafile
}

/**
 * The files of dist that an entry loads when it is imported, itself included.
 *
 * @param {Pick<import('esbuild').Metafile, 'outputs'>} metafile
 * @param {string} file as in the exports map, `./dist/jose/jwt/index.js`
 */
export function loadedFiles({ outputs }, file) {
  const loaded = new Set([file.replace(/^\.\//, '')])
  for (const path of loaded) {
    for (const { kind, path: next, external } of outputs[path]?.imports ?? []) {
      if (kind === 'import-statement' && external !== true) loaded.add(next)
    }
  }
  return loaded
}

if (isMain(import.meta.filename)) await bundle({ write: true })
