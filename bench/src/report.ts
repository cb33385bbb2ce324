import { mkdirSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus } from 'node:os'

/** A ratio that is aimed at. */
export interface Goal {
  readonly text: string
  readonly ratio: number | undefined
  readonly atLeast: number
}

export function printTitle(title: string): void {
  console.log(`\n${title}\n`)
}

/** The first column to the left, figures to the right. */
export function printTable(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)))
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
  console.log(line(head))
  console.log(widths.map((width) => '-'.repeat(width)).join('  '))
  for (const row of rows) console.log(line(row))
}

export function printGoals(title: string, goals: readonly Goal[]): void {
  printTitle(title)
  const rows = goals.map(({ text, ratio, atLeast }) => [
    text,
    `≥ ${atLeast.toFixed(2)}`,
    formatRatio(ratio),
    judge(ratio ?? 0, atLeast),
  ])
  printTable(['', 'goal', 'measured', ''], rows)
}

/** Smaller differences than this come and go. */
const noise = 0.05

function judge(ratio: number, atLeast: number): string {
  if (ratio >= atLeast) return 'met'
  return ratio >= atLeast * (1 - noise) ? 'within noise' : 'MISSED'
}

export function formatRatio(ratio: number | undefined): string {
  return ratio === undefined ? '–' : ratio.toFixed(2)
}

/** Operations per second: three digits say all that can be repeated. */
export function formatRate(rate: number): string {
  const precise = Number(rate.toPrecision(3))
  return precise >= 1000 ? `${precise / 1000} k` : String(precise)
}

/** Keeps every figure of every round, with what it was measured on. */
export function saveResults(benchmark: string, results: object): void {
  const folder = new URL('../results/', import.meta.url)
  mkdirSync(folder, { recursive: true })
  const measuredAt = new Date().toISOString()
  const file = new URL(`${benchmark}-${measuredAt.replaceAll(':', '-')}.json`, folder)
  writeFileSync(file, `${JSON.stringify({ benchmark, measuredAt, ...machine(), ...results }, null, 2)}\n`)
  console.log(`\nEvery figure: bench/results/${file.pathname.split('/').at(-1)}`)
}

function machine(): object {
  return {
    node: process.version,
    openssl: process.versions.openssl,
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
  }
}
