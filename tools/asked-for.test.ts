import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { repository } from './package-entries.mjs'

interface Row {
  readonly number: number
  readonly here: string
  readonly tests: readonly { readonly file: string; readonly title: string }[]
}

const page = readFileSync(`${repository}docs/guide/client/what-users-ask-for.md`, 'utf8')
const rows = [...page.matchAll(/^\| (\d+) \| .+? \| (.+?) \| (.+) \|$/gm)].map(
  ([, number, here = '', shown = '']): Row => ({
    number: Number(number),
    here,
    tests: [...shown.matchAll(/`(\S+\.test\.ts)` › (.+?)(?=<br>|$)/g)].map(([, file = '', title = '']) => ({
      file,
      title,
    })),
  }),
)

describe('what users ask for', () => {
  it('has 25 rows', () => {
    expect(rows.map(({ number }) => number)).toEqual(Array.from({ length: 25 }, (_, index) => index + 1))
  })

  it.each(rows)('$number is shown by tests that are there, or is said to be missing', ({ here, tests }) => {
    if (tests.length === 0) expect(here).toMatch(/\bnot yet\b/i)
    for (const { file, title } of tests) expect(titlesOf(file)).toContain(title)
  })
})

/** The titles of a file's tests and groups of tests: what is said before a function. */
function titlesOf(file: string): (string | undefined)[] {
  const source = readFileSync(repository + file, 'utf8')
  return [...source.matchAll(/\(\s*(['"`])(.+?)\1,\s*(?:async )?\(/g)].map(([, , title]) => title)
}
