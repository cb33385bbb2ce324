import { isRecord } from '../../util/assert.ts'
import type { JsonValue } from '../../util/json.ts'
import { JoseError } from '../errors.ts'
import { decodePayload } from '../jws/compact.ts'
import { decodeClaims, parseSignedJwt } from '../jwt/decode.ts'
import { hashAlgorithmOf } from './digest.ts'
import { algorithmName } from './disclosure.ts'
import { type KeyBinding, signKeyBinding } from './key-binding.ts'
import { type ClaimPath, type PlacedDisclosure, reveal } from './reveal.ts'
import { type SdJwtLimits, splitSdJwt } from './split.ts'

export interface PresentSdJwtOptions {
  /**
   * The claims to disclose, by their paths in the claims that `verifySdJwt` shows: `['email']`,
   * `['address', 'country']`, `['nationalities', 0]`. With a claim goes all that is within it.
   */
  readonly disclose: readonly ClaimPath[]
  /** Proves that the presenter has the holder's key. */
  readonly keyBinding?: KeyBinding
  readonly limits?: SdJwtLimits
}

/**
 * Presents an SD-JWT with some of its disclosures. The holder has verified it (`verifySdJwt`) when it was received;
 * this does not.
 *
 * @example
 * const presentation = await presentSdJwt(sdJwt, { disclose: [['email']], keyBinding: { key, audience, nonce } })
 * @throws JoseError
 * @spec RFC 9901 §7.2
 */
export async function presentSdJwt(
  sdJwt: string,
  { disclose, keyBinding, limits }: PresentSdJwtOptions,
): Promise<string> {
  const { jwt, disclosures, keyBindingJwt } = splitSdJwt(sdJwt, limits)
  if (keyBindingJwt !== undefined) {
    throw new JoseError('key_binding_unexpected', 'SD-JWT has a key binding: expected one as it was issued')
  }
  const payload = readPayload(jwt, limits)
  const { claims, placed } = await reveal(payload, disclosures)
  for (const path of disclose) checkExists(claims, path)
  const chosen = placed.filter(({ path }) => disclose.some((wanted) => belongs(path, wanted)))
  const presented = [jwt, ...inOrder(disclosures, chosen), ''].join('~')
  if (keyBinding === undefined) return presented
  return presented + (await signKeyBinding(presented, hashAlgorithmOf(payload[algorithmName]), keyBinding))
}

function readPayload(jwt: string, limits: SdJwtLimits | undefined): ReturnType<typeof decodeClaims> {
  return decodeClaims(decodePayload(parseSignedJwt(jwt, limits)))
}

/** What is wanted itself, what it is within, and what is within it. @spec RFC 9901 §4.2.6 */
function belongs(path: ClaimPath, wanted: ClaimPath): boolean {
  const shared = Math.min(path.length, wanted.length)
  return path.slice(0, shared).every((step, index) => step === wanted[index])
}

function inOrder(disclosures: readonly string[], chosen: readonly PlacedDisclosure[]): readonly string[] {
  const texts = new Set(chosen.map(({ text }) => text))
  return disclosures.filter((text) => texts.has(text))
}

/** A path that leads nowhere is a slip, and would silently disclose less than was meant. */
function checkExists(claims: JsonValue, path: ClaimPath): void {
  let value: unknown = claims
  for (const step of path) {
    value =
      Array.isArray(value) || isRecord(value)
        ? Object.entries(value).find(([name]) => name === `${step}`)?.[1]
        : undefined
  }
  if (value === undefined || path.length === 0) {
    throw new JoseError('claim_missing', '"disclose" names a claim that is not there: expected the path of one')
  }
}
