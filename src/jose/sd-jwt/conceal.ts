import { getDigests } from '../../crypto/digests.ts'
import { encodeBase64url } from '../../util/base64url.ts'
import { JoseError } from '../errors.ts'
import { claimError } from '../jwt/claim-error.ts'
import { digestOf, type SdHashAlgorithm } from './digest.ts'
import { algorithmName, digestsName, elementName, writeDisclosure } from './disclosure.ts'
import { Selective } from './selective.ts'

export interface Concealed {
  readonly payload: Record<string, unknown>
  readonly disclosures: readonly string[]
}

/** What a verifier needs before it believes anything cannot be left to the holder. @spec RFC 9901 §9.7 */
const alwaysShown = ['iss', 'aud', 'exp', 'nbf', 'cnf'] as const

/** Replaces what is marked by digests. @spec RFC 9901 §4.2 */
export async function conceal(
  claims: Readonly<Record<string, unknown>>,
  algorithm: SdHashAlgorithm,
  decoys: number,
): Promise<Concealed> {
  for (const claim of alwaysShown) {
    if (claims[claim] instanceof Selective) {
      throw claimError('claim_invalid', claim, 'invalid: expected a claim that is always disclosed')
    }
  }
  const concealer = new Concealer(algorithm, decoys)
  const payload = await concealer.object(claims)
  return { payload, disclosures: concealer.disclosures }
}

class Concealer {
  readonly disclosures: string[] = []
  readonly #algorithm: SdHashAlgorithm
  readonly #decoys: number

  constructor(algorithm: SdHashAlgorithm, decoys: number) {
    this.#algorithm = algorithm
    this.#decoys = decoys
  }

  async object(object: Readonly<Record<string, unknown>>): Promise<Record<string, unknown>> {
    const shown: Record<string, unknown> = {}
    const digests: string[] = []
    for (const [name, value] of Object.entries(object)) {
      refuseReserved(name)
      if (value instanceof Selective) digests.push(await this.#hide(value, name))
      else shown[name] = await this.#value(value)
    }
    if (digests.length === 0) return shown
    for (let count = 0; count < this.#decoys; count++) digests.push(await this.#decoy())
    // Sorted, so that the order of the claims does not show, nor which digests are decoys.
    return { [digestsName]: digests.sort(), ...shown }
  }

  #value(value: unknown): Promise<unknown> | unknown {
    if (Array.isArray(value)) return this.#array(value)
    return isPlainObject(value) ? this.object(value) : value
  }

  async #array(array: readonly unknown[]): Promise<unknown[]> {
    const shown: unknown[] = []
    for (const value of array) {
      shown.push(value instanceof Selective ? { [elementName]: await this.#hide(value) } : await this.#value(value))
    }
    if (!array.some((value) => value instanceof Selective)) return shown
    // Anywhere between the elements, whose order counts: at the end they would be known for what they are.
    for (let count = 0; count < this.#decoys; count++) {
      shown.splice(randomBelow(shown.length + 1), 0, { [elementName]: await this.#decoy() })
    }
    return shown
  }

  /** A digest of nothing that anybody could disclose. @spec RFC 9901 §4.2.5 */
  #decoy(): Promise<string> {
    return this.#digest(randomText(32))
  }

  /** A fresh salt for each, without which a digest could be guessed. @spec RFC 9901 §9.3 */
  async #hide({ value }: Selective, name?: string): Promise<string> {
    if (value === undefined) throw new JoseError('payload_invalid', 'claims invalid: expected a value to disclose')
    const inner = await this.#value(value)
    const disclosure = writeDisclosure([randomText(16), ...(name === undefined ? [] : [name]), inner])
    this.disclosures.push(disclosure)
    return this.#digest(disclosure)
  }

  async #digest(text: string): Promise<string> {
    return digestOf(text, this.#algorithm)
  }
}

function randomText(bytes: number): string {
  return encodeBase64url(getDigests().randomBytes(bytes))
}

/** Of positions in a list: what four bytes are more than a multiple of its length is nothing. */
function randomBelow(bound: number): number {
  const bytes = getDigests().randomBytes(4)
  return new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0) % bound
}

/** Dates and the like are left to `JSON.stringify`. */
function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !('toJSON' in value)
}

function refuseReserved(name: string): void {
  if (![digestsName, elementName, algorithmName, '__proto__'].includes(name)) return
  throw new JoseError(
    'payload_invalid',
    'claims invalid: "_sd", "...", "_sd_alg" and "__proto__" are no names of claims',
  )
}
