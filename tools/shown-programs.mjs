// @ts-check
// Pages show parts of programs that run. A block below a comment with the program's path is such a part, and has to say
// what the program says: <!-- examples/clients/devices.ts -->

const MARKED = /^<!-- (?<path>examples\/\S+\.ts) -->$(?:\n+```ts\n(?<code>.*?)^```$)?/gms
const REGION = /^\/\/ #region guide\n(?<code>.*?)^\/\/ #endregion$/gms

/**
 * The parts of a program that are there to be shown.
 *
 * @param {string} program TypeScript
 * @returns {string[]}
 */
export function shownRegions(program) {
  return [...program.matchAll(REGION)].map(({ groups }) => trimLines(groups?.['code'] ?? ''))
}

/**
 * What is wrong with the blocks of a page that show programs.
 *
 * @param {string} page Markdown
 * @param {(path: string) => string} read what a file of the repository says
 * @returns {string[]}
 */
export function findStaleBlocks(page, read) {
  return [...page.matchAll(MARKED)].flatMap(({ groups }) => {
    const { path = '', code } = groups ?? {}
    if (code === undefined) return [`no block of TypeScript below <!-- ${path} -->`]
    if (shownRegions(read(path)).includes(trimLines(code))) return []
    return [`the block below <!-- ${path} --> is no "#region guide" of that file`]
  })
}

/** @param {string} code */
function trimLines(code) {
  return code.replace(/^\n+/, '').trimEnd()
}
