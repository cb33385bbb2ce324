import { isJsonObject, type JsonObject, type JsonValue } from '../../util/json.ts'
import { JoseError } from '../errors.ts'
import { digestOf, hashAlgorithmOf } from './digest.ts'
import { algorithmName, type Disclosure, digestsName, elementName, parseDisclosure } from './disclosure.ts'

/** Where a claim is: names of members and positions in arrays, from the top. */
export type ClaimPath = readonly (string | number)[]

/** A disclosure and the place of the claim that it discloses. */
export interface PlacedDisclosure {
  readonly text: string
  readonly path: ClaimPath
}

export interface Revealed {
  /** The claims with all disclosures in their places, and nothing left of the digests. */
  readonly claims: JsonObject
  readonly placed: readonly PlacedDisclosure[]
}

/** Deeper than any claim, and shallow enough for the stack. */
const deepest = 64

/**
 * Puts each disclosure where its digest is. A disclosure without a digest, a digest that comes twice and a name that
 * is taken void the token; digests without a disclosure are what the holder keeps hidden, or decoys.
 *
 * @spec RFC 9901 §7.1
 */
export async function reveal(payload: JsonObject, disclosures: readonly string[]): Promise<Revealed> {
  const { [algorithmName]: hashName, ...claims } = payload
  const revealer = new Revealer(await byDigest(disclosures, hashName))
  const revealed = revealer.object(claims, [])
  revealer.checkAllUsed()
  return { claims: revealed, placed: revealer.placed }
}

async function byDigest(disclosures: readonly string[], hashName: unknown): Promise<Map<string, Disclosure>> {
  const algorithm = hashAlgorithmOf(hashName)
  const digests = await Promise.all(disclosures.map((text) => digestOf(text, algorithm)))
  const found = new Map(digests.map((digest, index) => [digest, parseDisclosure(disclosures[index] ?? '')]))
  if (found.size < disclosures.length) throw invalid('expected each only once')
  return found
}

function invalid(expectation: string): JoseError {
  return new JoseError('disclosure_invalid', `disclosures invalid: ${expectation}`)
}

class Revealer {
  readonly placed: PlacedDisclosure[] = []
  readonly #disclosures: ReadonlyMap<string, Disclosure>
  readonly #digests: Set<string> = new Set()

  constructor(disclosures: ReadonlyMap<string, Disclosure>) {
    this.#disclosures = disclosures
  }

  object(object: JsonObject, path: ClaimPath): JsonObject {
    const { [digestsName]: digests = [], ...members } = object
    if (Object.hasOwn(members, elementName) || Object.hasOwn(members, algorithmName)) throw misplaced()
    const entries = Object.entries(members).map(([name, value]) => [name, this.#value(value, [...path, name])])
    const revealed: JsonObject = Object.fromEntries(entries)
    for (const digest of digestList(digests)) this.#member(revealed, digest, path)
    return revealed
  }

  /** Every disclosure must have had its place. */
  checkAllUsed(): void {
    if (this.placed.length < this.#disclosures.size) throw invalid('expected each to belong to a digest')
  }

  #member(object: JsonObject, digest: string, path: ClaimPath): void {
    const disclosure = this.#find(digest)
    if (disclosure === undefined) return
    const { text, name, value } = disclosure
    if (name === undefined) throw invalid('expected a name where a member is disclosed')
    if (Object.hasOwn(object, name)) throw invalid('expected no name that is there already')
    const place = [...path, name]
    this.placed.push({ text, path: place })
    object[name] = this.#value(value, place)
  }

  #value(value: JsonValue | undefined, path: ClaimPath): JsonValue | undefined {
    if (path.length > deepest) throw new JoseError('payload_invalid', 'payload invalid: it is nested too deeply')
    if (Array.isArray(value)) return this.#array(value, path)
    return isJsonObject(value) ? this.object(value, path) : value
  }

  #array(array: readonly JsonValue[], path: ClaimPath): JsonValue[] {
    const revealed: JsonValue[] = []
    for (const element of array) {
      const shown = this.#element(element, [...path, revealed.length])
      if (shown !== undefined) revealed.push(shown)
    }
    return revealed
  }

  #element(element: JsonValue, path: ClaimPath): JsonValue | undefined {
    if (!isJsonObject(element) || !Object.hasOwn(element, elementName)) return this.#value(element, path)
    const digest = element[elementName]
    if (typeof digest !== 'string' || Object.keys(element).length > 1) throw misplaced()
    const disclosure = this.#find(digest)
    if (disclosure === undefined) return undefined
    if (disclosure.name !== undefined) throw invalid('expected no name where an element is disclosed')
    this.placed.push({ text: disclosure.text, path })
    return this.#value(disclosure.value, path)
  }

  #find(digest: string): Disclosure | undefined {
    if (this.#digests.has(digest)) throw invalid('expected each digest only once')
    this.#digests.add(digest)
    return this.#disclosures.get(digest)
  }
}

function digestList(digests: JsonValue): readonly string[] {
  if (Array.isArray(digests) && digests.every((digest) => typeof digest === 'string')) return digests
  throw misplaced()
}

function misplaced(): JoseError {
  return new JoseError(
    'payload_invalid',
    'payload invalid: "_sd", "..." and "_sd_alg" are only for digests and their algorithm',
  )
}
