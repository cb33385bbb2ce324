import type { Key } from '../jwk/key.ts'
import type { SigningKeySource } from '../jwks/source.ts'
import type { JwtClaims } from '../jwt/claims.ts'
import { type SignJwtOptions, signJwt } from '../jwt/sign.ts'
import { conceal } from './conceal.ts'
import { hashAlgorithmOf, type SdHashAlgorithm } from './digest.ts'
import { algorithmName } from './disclosure.ts'

export interface IssueSdJwtOptions extends SignJwtOptions {
  /** The holder's key, whose possession a presentation can prove. Its public half becomes `cnf`. */
  readonly holderKey?: Key
  /** Default: `sha-256`. */
  readonly hashAlgorithm?: SdHashAlgorithm
  /** How many meaningless digests to add to each list of them, to hide how many claims there are. None by default. */
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
  const { payload, disclosures } = await conceal(bound, algorithm, decoys)
  const jwt = await signJwt({ ...payload, [algorithmName]: algorithm } satisfies JwtClaims, keys, {
    ...options,
    typ: options.typ ?? 'sd-jwt',
  })
  return [jwt, ...disclosures, ''].join('~')
}
