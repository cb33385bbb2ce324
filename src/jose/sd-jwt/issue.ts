import { wholeNumber } from '../../util/whole-number.ts'
import type { Key } from '../jwk/key.ts'
import type { SigningKeySource } from '../jwks/source.ts'
import { signTyped } from '../jws/sign.ts'
import { type SignJwtOptions, stampClaims } from '../jwt/sign.ts'
import { conceal } from './conceal.ts'
import { hashAlgorithmOf, type SdHashAlgorithm } from './digest.ts'
import { algorithmName } from './disclosure.ts'
import { Selective } from './selective.ts'

export interface IssueSdJwtOptions extends SignJwtOptions {
  /** The holder's key, whose possession a presentation can prove. Its public half becomes `cnf`. */
  readonly holderKey?: Key
  /** Default: `sha-256`. */
  readonly hashAlgorithm?: SdHashAlgorithm
  /**
   * How many meaningless digests to add to each list of them and to each list that has elements to disclose, to hide how
   * many there are. None by default, 1 000 at most.
   */
  readonly decoys?: number
}

/**
 * Issues claims of which the holder can disclose some and keep others: those that are marked with `selective`. The type
 * is `sd-jwt` unless a more telling one (`example+sd-jwt`) is asked for.
 *
 * @example
 * const sdJwt = await issueSdJwt({ iss, sub, email: selective('u@example.org') }, key, { holderKey, expiresIn: '30d' })
 * @throws JoseError
 * @spec RFC 9901 §4
 */
export async function issueSdJwt(
  claims: Readonly<Record<string, unknown>>,
  keys: Key | SigningKeySource,
  { holderKey, hashAlgorithm, decoys = 0, ...options }: IssueSdJwtOptions = {},
): Promise<string> {
  const algorithm = hashAlgorithmOf(hashAlgorithm)
  const bound = holderKey === undefined ? claims : { ...claims, cnf: { jwk: holderKey.toPublicJwk() } }
  const { payload, disclosures } = await conceal(bound, algorithm, wholeNumber('decoys', decoys, 0, mostDecoys))
  const { aud: _, ...stamped } = stampClaims({ ...payload, ...audienceOf(claims) }, options)
  const signed = { ...stamped, ...('aud' in payload && { aud: payload['aud'] }), [algorithmName]: algorithm }
  const jwt = await signTyped(JSON.stringify(signed), keys, options, options.typ ?? 'sd-jwt')
  return [jwt, ...disclosures, ''].join('~')
}

const mostDecoys = 1000

/** Single entries of "aud" may be left to the holder; together they must be what "aud" can be. @spec RFC 9901 §9.7 */
function audienceOf({ aud }: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const entries: readonly unknown[] | undefined = Array.isArray(aud) ? aud : undefined
  const audience = entries?.map((entry) => (entry instanceof Selective ? entry.value : entry)) ?? aud
  return audience === undefined ? {} : { aud: audience }
}
