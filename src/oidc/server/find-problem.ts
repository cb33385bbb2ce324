import { ConfigurationError } from '../../util/configuration-error.ts'

/** What is wrong with an option that `build` cannot be built from, so that it can be told together with other problems. */
export function findProblem(build: () => unknown, option: string): readonly string[] {
  try {
    build()
    return []
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems
    return [`"${option}": ${error instanceof Error ? error.message : 'is not valid'}`]
  }
}
