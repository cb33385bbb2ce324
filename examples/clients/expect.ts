/** With `--check` nobody is there: a script plays the person, and the program ends by itself. */
export const isCheck: boolean = process.argv.includes('--check')

/** Says what happened; ends the program where it did not. */
export function expect(isTrue: boolean, sentence: string): void {
  if (!isTrue) throw new Error(`expected: ${sentence}`)
  console.log(`  ok  ${sentence}`)
}
