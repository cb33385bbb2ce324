/** The developer's mistake, thrown while things are being set up, with every problem at once. */
export class ConfigurationError extends Error {
  override readonly name: string = 'ConfigurationError'
  /** Each a sentence that names the option, what is wrong with it and what was expected. */
  readonly problems: readonly string[]

  constructor(what: string, problems: readonly string[], options?: ErrorOptions) {
    super(`${what}: ${problems.join('; ')}`, options)
    this.problems = problems
  }
}
