import fc from 'fast-check'
import { expect } from 'vitest'
import { JoseError } from '../../src/jose/errors.ts'

/** A place in a text, and which of its bits is flipped. */
export interface Flip {
  readonly place: number
  readonly bit: number
}

/** Any bit of a text in ASCII. */
export function flipsOf(text: string): fc.Arbitrary<Flip> {
  return fc.record({ place: fc.nat(text.length - 1), bit: fc.nat(6) })
}

export function flipped(text: string, { place, bit }: Flip): string {
  return text.slice(0, place) + String.fromCharCode(text.charCodeAt(place) ^ (1 << bit)) + text.slice(place + 1)
}

/** Whatever comes of a step, it is no exception but ours. */
export async function throwsOnlyJoseErrors(step: () => unknown): Promise<void> {
  try {
    await step()
  } catch (error) {
    expect(error).toBeInstanceOf(JoseError)
  }
}

/** Any JSON value, and objects that have some of these members. */
export function jsonWith(...names: readonly string[]): fc.Arbitrary<unknown> {
  return fc.oneof(
    fc.jsonValue({ maxDepth: 3 }),
    fc.dictionary(fc.constantFrom(...names), fc.jsonValue({ maxDepth: 2 })),
  )
}
