// @ts-check
// Writes docs/specs.md: document → section → where it is applied → where it is tested. With --check: compares.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { isMain } from './is-main.mjs'
import { repository } from './package-entries.mjs'
import { conclude, settleReports } from './report-files.mjs'
import { DOCUMENTS, findAdvisories, findReferences, readTags, readTitles } from './spec-references.mjs'

const COMPARE = new Intl.Collator('en', { numeric: true }).compare

/**
 * @typedef {{ sources: Set<string>; tests: Set<string> }} Places
 * @typedef {Map<string, Map<string, Places>>} Sections places by section by document
 */

/**
 * The page, from the text of each file by its path.
 *
 * @param {ReadonlyMap<string, string>} files
 * @returns {{ page: string; problems: string[] }}
 */
export function specIndex(files) {
  /** @type {Sections} */
  const sections = new Map()
  /** @type {Map<string, Set<string>>} */
  const advisories = new Map()
  const problems = []
  for (const [path, text] of files) {
    if (path.endsWith('.test.ts')) {
      const titles = readTitles(text)
      for (const reference of titles.flatMap(findReferences)) placesOf(sections, reference).tests.add(path)
      for (const name of findAdvisories(titles)) advisories.set(name, (advisories.get(name) ?? new Set()).add(path))
    } else if (path.startsWith('src/')) {
      const { references, slips } = readTags(text)
      for (const reference of references) placesOf(sections, reference).sources.add(path)
      problems.push(...slips.map((tag) => `${path} has "@spec ${tag}": expected the form "@spec RFC 7636 §4.6"`))
    }
  }
  return { page: writePage(sections, advisories), problems }
}

/**
 * @param {Sections} sections
 * @param {import('./spec-references.mjs').Reference} reference
 */
function placesOf(sections, { document, section }) {
  const ofDocument = sections.get(document) ?? new Map()
  const places = ofDocument.get(section) ?? { sources: new Set(), tests: new Set() }
  sections.set(document, ofDocument.set(section, places))
  return places
}

/**
 * @param {Sections} sections
 * @param {ReadonlyMap<string, ReadonlySet<string>>} advisories
 */
function writePage(sections, advisories) {
  const all = [...sections.values()].flatMap((ofDocument) => [...ofDocument.values()])
  const untested = all.filter(({ tests }) => tests.size === 0)
  return [
    '# Specifications',
    'Written by `npm run specs` from the `@spec` tags of the source and the titles of the tests.',
    `${all.length} sections of ${sections.size} documents, ${untested.length} of them without a test of their own.`,
    ...sorted(sections).flatMap(([document, ofDocument]) => [`## ${document}`, documentTable(document, ofDocument)]),
    '## Advisories that have a test',
    table(
      ['advisory', 'tests'],
      sorted(advisories).map(([name, tests]) => [name, links(tests)]),
    ),
  ]
    .join('\n\n')
    .concat('\n')
}

/**
 * @param {string} document
 * @param {ReadonlyMap<string, Places>} ofDocument
 */
function documentTable(document, ofDocument) {
  return table(
    ['section', 'source', 'tests'],
    sorted(ofDocument).map(([section, { sources, tests }]) => [
      `[${section}](${address(document, section)})`,
      links(sources),
      tests.size === 0 ? '**no test yet**' : links(tests),
    ]),
  )
}

/**
 * @param {string} document
 * @param {string} section
 */
function address(document, section) {
  const number = section.slice(1)
  // Only the IETF's documents have their sections' numbers as anchors.
  const anchor = `#${/^\d/.test(number) ? 'section' : 'appendix'}-${number}`
  const known = DOCUMENTS.get(document)
  if (known !== undefined) return document.startsWith('RFC') ? known + anchor : known
  return `https://www.rfc-editor.org/rfc/rfc${document.slice('RFC '.length)}${anchor}`
}

/**
 * @param {readonly string[]} head
 * @param {readonly string[][]} rows
 */
function table(head, rows) {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

/** @param {ReadonlySet<string>} paths */
function links(paths) {
  return [...paths]
    .sort(COMPARE)
    .map((path) => `[${path}](../${path})`)
    .join('<br>')
}

/**
 * @template T
 * @param {ReadonlyMap<string, T>} map
 */
function sorted(map) {
  return [...map].sort(([a], [b]) => COMPARE(a, b))
}

/** Every TypeScript file under the folders of source and tests, by its path. */
function readFiles() {
  const paths = ['src', 'test'].flatMap((folder) =>
    readdirSync(repository + folder, { recursive: true, encoding: 'utf8' }).map((path) => `${folder}/${path}`),
  )
  const code = paths.filter((path) => path.endsWith('.ts') && existsSync(repository + path)).sort()
  return new Map(code.map((path) => [path, readFileSync(repository + path, 'utf8')]))
}

if (isMain(import.meta.filename)) {
  const { page, problems } = specIndex(readFiles())
  problems.push(...settleReports(new Map([['docs/specs.md', page]]), 'specs'))
  conclude(problems, 'the index of specifications as committed')
}
