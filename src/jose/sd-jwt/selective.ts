/** A value that the holder may disclose or keep. */
export class Selective {
  readonly value: unknown

  constructor(value: unknown) {
    this.value = value
  }
}

/**
 * Marks a claim, a member of one or an element of a list as one that the holder may disclose or keep. Marks may be
 * within what is marked.
 *
 * @example
 * const claims = { iss, email: selective('u@example.org'), nationalities: [selective('DE'), selective('FR')] }
 * @spec RFC 9901 §4.2
 */
export function selective(value: unknown): Selective {
  return new Selective(value)
}
