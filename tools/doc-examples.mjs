// @ts-check
// Takes the TypeScript out of the pages, so that the compiler reads what people read. `npm run types:docs` compiles it.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { isMain } from './is-main.mjs'
import { repository } from './package-entries.mjs'
import { findStaleBlocks } from './shown-programs.mjs'

const OUT = `${repository}.build/doc-examples`
const CONFIGURATION = {
  extends: '../../tsconfig.json',
  // An example may end with what it made.
  compilerOptions: { noUnusedLocals: false },
  include: ['.'],
  exclude: [],
}

/**
 * The TypeScript blocks of a page. Each is a module of its own.
 *
 * @param {string} page Markdown
 * @returns {string[]}
 */
export function codeBlocks(page) {
  return [...page.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = '']) => code)
}

/** The pages that show how to use the package. */
function pages() {
  const docs = readdirSync(`${repository}docs`, { recursive: true, encoding: 'utf8' }).map((path) => `docs/${path}`)
  return ['README.md', ...docs.filter((path) => path.endsWith('.md')).sort()]
}

/** @param {string} path */
function read(path) {
  return readFileSync(repository + path, 'utf8')
}

if (isMain(import.meta.filename)) {
  rmSync(OUT, { recursive: true, force: true })
  mkdirSync(OUT, { recursive: true })
  writeFileSync(`${OUT}/tsconfig.json`, JSON.stringify(CONFIGURATION))
  for (const path of pages()) {
    const page = read(path)
    const name = path.replace(/\.md$/, '').replaceAll('/', '-')
    for (const [index, code] of codeBlocks(page).entries()) {
      writeFileSync(`${OUT}/${name}-${index + 1}.ts`, `${code}export {}\n`)
    }
    for (const stale of findStaleBlocks(page, read)) {
      console.error(`${path}: ${stale}`)
      process.exitCode = 1
    }
  }
}
