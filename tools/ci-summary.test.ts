import { describe, expect, test } from 'vitest'
import { countStep, parseSteps, sumCounts } from './ci-summary.mjs'

const report = (passed: number, failed: number, skipped = 0): string =>
  JSON.stringify({ numPassedTests: passed, numFailedTests: failed, numPendingTests: skipped, numTodoTests: 0 })
const suite = (code: number, text: string | undefined) =>
  countStep({ name: 'unit', code, seconds: 1, report: 'unit.json' }, () => text)

describe('what a step counts for', () => {
  test('a plain step counts one', () => {
    expect(countStep({ name: 'lint', code: 0, seconds: 1, report: '' })).toEqual({ passed: 1, failed: 0, skipped: 0 })
    expect(countStep({ name: 'lint', code: 2, seconds: 1, report: '' })).toEqual({ passed: 0, failed: 1, skipped: 0 })
  })

  test('a suite counts its tests', () => {
    expect(suite(0, report(40, 0, 2))).toEqual({ passed: 40, failed: 0, skipped: 2 })
    expect(suite(1, report(38, 2))).toEqual({ passed: 38, failed: 2, skipped: 0 })
  })

  test('a suite that failed outside its tests counts one failure', () => {
    expect(suite(1, report(40, 0))).toEqual({ passed: 40, failed: 1, skipped: 0 })
  })

  test('a suite without a report has failed, whatever it says', () => {
    expect(suite(0, undefined)).toEqual({ passed: 0, failed: 1, skipped: 0 })
  })
})

test('a run is the sum of its steps', () => {
  const steps = parseSteps('unit\t0\t12\tunit.json\nlint\t1\t3\t\n')
  expect(steps).toEqual([
    { name: 'unit', code: 0, seconds: 12, report: 'unit.json' },
    { name: 'lint', code: 1, seconds: 3, report: '' },
  ])
  expect(sumCounts(steps.map((step) => countStep(step, () => report(7, 0))))).toEqual({
    passed: 7,
    failed: 1,
    skipped: 0,
  })
})
