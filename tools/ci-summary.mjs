// @ts-check
// Adds up a run of .ci/run: each test of a suite counts, and each other step counts as one.
// Reads lines of `name TAB exit code TAB seconds TAB report`, where the report of a suite is vitest's JSON.
import { existsSync, readFileSync } from 'node:fs'
import { isMain } from './is-main.mjs'

/**
 * @typedef {{ name: string; code: number; seconds: number; report: string }} Step
 * @typedef {{ passed: number; failed: number; skipped: number }} Count
 */

/**
 * @param {string} lines
 * @returns {Step[]}
 */
export function parseSteps(lines) {
  return lines
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [name = '', code = '', seconds = '', report = ''] = line.split('\t')
      return { name, code: Number(code), seconds: Number(seconds), report }
    })
}

/**
 * What a step counts for. A suite that failed without a failed test (it could not start, an error escaped) counts one
 * failure all the same, and one that has no report has run nothing.
 *
 * @param {Step} step
 * @param {(path: string) => string | undefined} [read]
 * @returns {Count}
 */
export function countStep(step, read = readReport) {
  const hasPassed = step.code === 0
  if (step.report === '') return { passed: hasPassed ? 1 : 0, failed: hasPassed ? 0 : 1, skipped: 0 }
  const text = read(step.report)
  if (text === undefined) return { passed: 0, failed: 1, skipped: 0 }
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = JSON.parse(text)
  const failed = hasPassed ? numFailedTests : Math.max(numFailedTests, 1)
  return { passed: numPassedTests, failed, skipped: numPendingTests + numTodoTests }
}

/**
 * @param {readonly Count[]} counts
 * @returns {Count}
 */
export function sumCounts(counts) {
  return counts.reduce(
    (sum, count) => ({
      passed: sum.passed + count.passed,
      failed: sum.failed + count.failed,
      skipped: sum.skipped + count.skipped,
    }),
    { passed: 0, failed: 0, skipped: 0 },
  )
}

/** @param {string} path */
function readReport(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined
}

/**
 * @param {Step} step
 * @param {Count} count
 */
function row({ name, seconds }, { passed, failed, skipped }) {
  const skips = skipped === 0 ? '' : `, ${skipped} skipped`
  return `${failed === 0 ? 'ok  ' : 'FAIL'} ${name.padEnd(20)} ${String(seconds).padStart(4)} s  ${passed} passed, ${failed} failed${skips}`
}

if (isMain(import.meta.filename)) {
  const steps = parseSteps(readReport(process.argv[2] ?? '') ?? '')
  const counts = steps.map((step) => countStep(step))
  const { passed, failed } = sumCounts(counts)
  console.log('\n==> summary')
  for (const [index, step] of steps.entries()) console.log(row(step, counts[index] ?? sumCounts([])))
  // A run that counted nothing has shown nothing.
  if (failed > 0 || passed === 0) process.exitCode = 1
  console.log(`${passed} passed, ${failed} failed`)
}
