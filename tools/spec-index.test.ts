import { describe, expect, test } from 'vitest'
import { specIndex } from './spec-index.mjs'
import { findReferences, readTags, readTitles } from './spec-references.mjs'

describe('a reference', () => {
  test.each([
    ['RFC 7636 §4.6', ['RFC 7636 §4.6']],
    ['RFC 6749 §4.1.3, §5.2 and §10.5', ['RFC 6749 §4.1.3', 'RFC 6749 §5.2', 'RFC 6749 §10.5']],
    ['RFC 6749 §3.1 and OIDC Core §3.1.2.1 prompt', ['RFC 6749 §3.1', 'OIDC Core §3.1.2.1']],
    ['RFC 7515 §A.1', ['RFC 7515 §A.1']],
    ['RFC 6265bis §4.1.3.2', ['RFC 6265bis §4.1.3.2']],
    ['RFC 6749', []],
    ['OIDC Kore §3', []],
  ])('%s', (text, expected) => {
    expect(findReferences(text).map(({ document, section }) => `${document} ${section}`)).toEqual(expected)
  })
})

describe('tags', () => {
  test('are read out of comments, a slip is told', () => {
    const source = '/** Checks. @spec RFC 7636 §4.6 */\n * @spec OIDC Core §2 the issuer\n * @spec RFC7636 4.6\n'
    expect(readTags(source)).toEqual({
      references: [
        { document: 'RFC 7636', section: '§4.6' },
        { document: 'OIDC Core', section: '§2' },
      ],
      slips: ['RFC7636 4.6'],
    })
  })
})

describe('titles', () => {
  test('are those of describe, test and it, with or without rows', () => {
    const source = `describe('a', () => { test.each([1])('b %s', f); it(\`c \${x}\`, f); describe.each(rows)('d', f); other('e') })`
    expect(readTitles(source)).toEqual(['a', 'b %s', 'c ', 'd'])
  })
})

describe('the index', () => {
  const { page, problems } = specIndex(
    new Map([
      ['src/pkce.ts', '/** @spec RFC 7636 §4.6 */\n/** @spec RFC 7636 §4.10 */'],
      ['src/pkce.test.ts', "describe('RFC 7636 §4.6 verifier', () => { test('CVE-2025-59420 crit', f) })"],
      ['src/slip.ts', '/** @spec 7636 */'],
    ]),
  )

  test('shows section, source and tests, in the order of their numbers', () => {
    expect(page).toContain('2 sections of 1 documents, 1 of them without a test of their own.')
    expect(page.split('\n').filter((line) => line.startsWith('| [§'))).toEqual([
      '| [§4.6](https://www.rfc-editor.org/rfc/rfc7636#section-4.6) | [src/pkce.ts](../src/pkce.ts) | [src/pkce.test.ts](../src/pkce.test.ts) |',
      '| [§4.10](https://www.rfc-editor.org/rfc/rfc7636#section-4.10) | [src/pkce.ts](../src/pkce.ts) | **no test yet** |',
    ])
  })

  test('shows which advisories have a test', () => {
    expect(page).toContain('| CVE-2025-59420 | [src/pkce.test.ts](../src/pkce.test.ts) |')
  })

  test('does not pass over a tag that it cannot read', () => {
    expect(problems).toEqual(['src/slip.ts has "@spec 7636": expected the form "@spec RFC 7636 §4.6"'])
  })
})
