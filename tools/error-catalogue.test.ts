import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { compareCatalogue } from './error-catalogue.mjs'
import { findRefusals, type Refusal } from './error-sources.mjs'

const PREAMBLE = `
declare class Refused { code: 'a' | 'b'; reason?: string; constructor(code: 'a' | 'b', text: string, options?: { reason?: string }) }
`

/** What is found in a source: codes and reasons of each refusal, and the problems. */
function read(source: string): { found: string[]; problems: string[] } {
  const path = '/source.ts'
  const host = ts.createCompilerHost({})
  const file = ts.createSourceFile(path, PREAMBLE + source, ts.ScriptTarget.ES2022, true)
  host.getSourceFile = (name) => (name === path ? file : undefined)
  const program = ts.createProgram([path], { noLib: true, strict: true }, host)
  const { refusals, problems } = findRefusals(program, { className: 'Refused', isChecked: (name) => name === path })
  const found = refusals.map(({ codes, reasons }) => `${[...codes].join()}: ${[...reasons].join()}`)
  return { found, problems }
}

describe('refusals are found in the sources', () => {
  it.each([
    ['as they are written', `throw new Refused('a', '', { reason: 'x' })`, ['a: x']],
    ['by either branch', `declare const p: boolean; throw new Refused('a', '', { reason: p ? 'x' : 'y' })`, ['a: x,y']],
    [
      'through a helper, call by call',
      `function f(code: 'a' | 'b', reason: string) { return new Refused(code, '', { reason }) }; f('a', 'x'); f('b', 'y')`,
      ['a: x', 'b: y'],
    ],
    [
      'through what is left out of a call',
      `function f(reason: string, code: 'a' | 'b' = 'a') { return new Refused(code, '', { reason }) }; f('x'); f('y', 'b')`,
      ['a: x', 'b: y'],
    ],
    [
      'through an object that is handed on',
      `function f({ reason }: { reason: string }) { return new Refused('a', '', { reason }) }; f({ reason: 'x' })`,
      ['a: x'],
    ],
    [
      'through spread objects and what functions return',
      `function g() { return { reason: 'x' } }; function f(p: { reason: string }) { return new Refused('a', '', { ...p }) }; f(g())`,
      ['a: x'],
    ],
    [
      'as texts that are put together',
      `declare const e: { problem: 'p' | 'q' }; throw new Refused('a', '', { reason: \`x_\${e.problem}\` })`,
      ['a: x_p,x_q'],
    ],
    [
      'as narrow as they are at that place',
      `declare const p: 'p' | 'q'; throw p === 'p' ? new Refused('a', '', { reason: p }) : new Refused('b', '', { reason: p })`,
      ['a: p', 'b: q'],
    ],
    [
      'out of a table',
      `const T: { [key: string]: string } = { k: 'x', l: 'y' }; throw new Refused('a', '', { reason: T['k'] })`,
      ['a: x,y'],
    ],
    ['as the error itself', `declare const c: 'a' | 'b'; throw new Refused(c, '', { reason: c })`, ['a: a', 'b: b']],
    ['as denials', `const d = { denied: true, error: 'a', reason: 'x' }`, ['a: x']],
  ])('%s', (_title, source, expected) => {
    expect(read(source)).toEqual({ found: expected, problems: [] })
  })

  it('and not counted again where one is repeated', () => {
    expect(
      read('declare const e: Refused; const { code, reason } = e; throw new Refused(code, "", { reason })'),
    ).toEqual({
      found: [],
      problems: [],
    })
  })

  it.each([
    [`throw new Refused('a', '')`],
    [`throw new Refused('a', '', {})`],
    [`declare const any: string; throw new Refused('a', '', { reason: any })`],
  ])('and reported where no reason can be told: %s', (source) => {
    expect(read(source).problems).toEqual(['/source.ts:3 refuses without a reason that can be told from the source'])
  })
})

function refusal(code: string, reason: string, place = 'f.ts:1'): Refusal {
  return { place, codes: new Set(code.split(',')), reasons: new Set([reason]) }
}

const PAGE = '| reason | error |\n| --- | --- |\n| `x` | `a`, 400 | … |\n'

describe('the catalogue is held to the sources', () => {
  it.each<[string, Refusal[], string, string[]]>([
    ['nothing where they agree', [refusal('a', 'x'), refusal('a', 'x', 'g.ts:1')], PAGE, []],
    [
      'a row that is missing',
      [refusal('a', 'x'), refusal('a', 'y')],
      PAGE,
      ['f.ts:1: "y" has no row in docs/errors.md'],
    ],
    ['a row that is left', [], PAGE, ['docs/errors.md has a row for "x", which nothing refuses with']],
    ['two rows', [refusal('a', 'x')], PAGE + PAGE, ['docs/errors.md has two rows for "x"']],
    ['another error', [refusal('b', 'x')], PAGE, ['f.ts:1: "x" is b, but docs/errors.md says a']],
    [
      'one reason for two causes',
      [refusal('a', 'x'), refusal('b', 'x', 'g.ts:1')],
      PAGE,
      ['f.ts:1, g.ts:1: "x" is two causes, by their errors: a; b'],
    ],
    ['all errors of one cause', [refusal('a,b', 'x')], PAGE.replace('`a`', '`b` or `a`'), []],
    ['another case', [refusal('a', 'xY')], '', ['f.ts:1: "xY" is not in snake_case']],
  ])('%s', (_title, refusals, page, expected) => {
    expect(compareCatalogue(refusals, page)).toEqual(expected)
  })
})
