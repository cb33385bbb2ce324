// @ts-check
// Reads references such as "RFC 7636 §4.6" out of source comments and test titles.
import ts from 'typescript'

/** Documents that are not an RFC, by the name that is used for them. A name that is not here is taken for a slip. */
export const DOCUMENTS = new Map([
  ['RFC 6265bis', 'https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis'],
  ['OAuth 2.0 Multiple Response Types', 'https://openid.net/specs/oauth-v2-multiple-response-types-1_0.html'],
  ['OIDC Core', 'https://openid.net/specs/openid-connect-core-1_0.html'],
  ['OIDC Discovery', 'https://openid.net/specs/openid-connect-discovery-1_0.html'],
  ['OIDC Registration', 'https://openid.net/specs/openid-connect-registration-1_0.html'],
  ['OIDC Form Post', 'https://openid.net/specs/oauth-v2-form-post-response-mode-1_0.html'],
  ['OIDC RP-Initiated Logout', 'https://openid.net/specs/openid-connect-rpinitiated-1_0.html'],
  ['OIDC Session Management', 'https://openid.net/specs/openid-connect-session-1_0.html'],
  ['OIDC Front-Channel Logout', 'https://openid.net/specs/openid-connect-frontchannel-1_0.html'],
  ['OIDC Back-Channel Logout', 'https://openid.net/specs/openid-connect-backchannel-1_0.html'],
])

const NAMES = ['RFC \\d+(?!\\d|bis)', ...[...DOCUMENTS.keys()].map((name) => name.replaceAll('.', '\\.'))].join('|')
const SECTION = '§[0-9A-Z]+(?:\\.[0-9]+)*'
const REFERENCE = new RegExp(`(${NAMES})((?:(?:,| and|/)? ?${SECTION})+)`, 'g')
const TAG = /@spec\b(.*)/g
const ADVISORY = /\b(?:CVE-\d{4}-\d{4,}|GHSA(?:-[0-9a-z]{4}){3})\b/g
const TITLED = new Set(['describe', 'test', 'it'])

/**
 * One section of one document.
 *
 * @typedef {{ document: string; section: string }} Reference
 */

/**
 * The references in a text: `RFC 6749 §3.1, §5.2` is two.
 *
 * @param {string} text
 * @returns {Reference[]}
 */
export function findReferences(text) {
  return [...text.matchAll(REFERENCE)].flatMap(([, document = '', sections = '']) =>
    [...sections.matchAll(new RegExp(SECTION, 'g'))].map(([section]) => ({ document, section })),
  )
}

/**
 * The `@spec` tags of a source file. A tag that does not begin with a reference is a slip, and is returned as such.
 *
 * @param {string} source
 * @returns {{ references: Reference[]; slips: string[] }}
 */
export function readTags(source) {
  const tags = [...source.matchAll(TAG)].map(([, text = '']) => text.replace('*/', '').trim())
  const isSound = (/** @type {string} */ tag) => tag.search(REFERENCE) === 0
  return { references: tags.filter(isSound).flatMap(findReferences), slips: tags.filter((tag) => !isSound(tag)) }
}

/**
 * The titles of a test file: of `describe`, `test` and `it`, and of their `.each`.
 *
 * @param {string} source
 * @returns {string[]}
 */
export function readTitles(source) {
  /** @type {string[]} */
  const titles = []
  collectTitles(ts.createSourceFile('file.test.ts', source, ts.ScriptTarget.ES2022), titles)
  return titles
}

/**
 * The advisories that titles name.
 *
 * @param {readonly string[]} titles
 */
export function findAdvisories(titles) {
  return titles.flatMap((title) => [...title.matchAll(ADVISORY)].map(([name]) => name))
}

/**
 * @param {ts.Node} node
 * @param {string[]} titles
 */
function collectTitles(node, titles) {
  if (ts.isCallExpression(node) && TITLED.has(calleeName(node.expression))) {
    const [title] = node.arguments
    if (title !== undefined && ts.isStringLiteralLike(title)) titles.push(title.text)
    else if (title !== undefined && ts.isTemplateExpression(title)) titles.push(title.head.text)
  }
  ts.forEachChild(node, (child) => collectTitles(child, titles))
}

/**
 * The name at the root of `describe`, `describe.each(rows)`, `test.each(rows)`.
 *
 * @param {ts.Expression} callee
 * @returns {string}
 */
function calleeName(callee) {
  if (ts.isIdentifier(callee)) return callee.text
  if (ts.isCallExpression(callee) || ts.isPropertyAccessExpression(callee)) return calleeName(callee.expression)
  return ''
}
