/**
 * A number that a caller gives, whole and within its bounds. `NaN` is no bound at all: nothing is greater than it.
 *
 * @throws TypeError
 */
export function wholeNumber(
  option: string,
  value: unknown,
  minimum = 0,
  maximum: number = Number.MAX_SAFE_INTEGER,
): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= minimum && value <= maximum) return value
  const end = maximum === Number.MAX_SAFE_INTEGER ? '' : ` to ${maximum}`
  throw new TypeError(`"${option}" option invalid: expected a whole number from ${minimum}${end}`)
}

/** Limits: what a caller gives, and the defaults for what they leave out. @throws TypeError */
export function completeLimits<Name extends string>(
  defaults: Readonly<Record<Name, number>>,
  given: { readonly [Limit in Name]?: number },
): Readonly<Record<Name, number>> {
  for (const [name, value] of Object.entries(given)) wholeNumber(`limits.${name}`, value)
  return { ...defaults, ...given }
}
