import { JoseError } from '../errors.ts'
import type { Key } from '../jwk/key.ts'
import type { KeySource } from '../jwks/source.ts'
import { decodePayload, verifyCompactSignature } from '../jws/compact.ts'
import { checkUnderstood } from '../jws/critical.ts'
import { checkType, type JoseHeader } from '../jws/header.ts'
import { acceptDecoded } from '../jwt/accept.ts'
import type { JwtClaims } from '../jwt/claims.ts'
import { decodeClaims, parseSignedJwt } from '../jwt/decode.ts'
import type { VerifiedJwt, VerifyJwtOptions } from '../jwt/verify.ts'
import { hashAlgorithmOf } from './digest.ts'
import { algorithmName } from './disclosure.ts'
import { type KeyBindingExpectations, verifyKeyBinding } from './key-binding.ts'
import { reveal } from './reveal.ts'
import { type SdJwtLimits, splitSdJwt } from './split.ts'

export interface VerifySdJwtOptions<Claims extends object = JwtClaims>
  extends Omit<VerifyJwtOptions<Claims>, 'limits'> {
  /**
   * What to expect of the holder's proof. With it there must be one; without it there must be none: whether it counts
   * is for the verifier to decide, not for the one who presents.
   */
  readonly keyBinding?: KeyBindingExpectations
  readonly limits?: SdJwtLimits
}

export interface VerifiedSdJwt<Claims extends object = JwtClaims> extends VerifiedJwt<Claims> {
  /** The holder's proof, where one was asked for. */
  readonly keyBinding: VerifiedJwt | undefined
}

/**
 * Verifies an SD-JWT, as the holder who receives it or as the verifier it is presented to. The claims are those that
 * are disclosed, in their places. Without `typ`, the type must be `sd-jwt` or end in `+sd-jwt`.
 *
 * @example
 * const keyBinding = { audience: 'https://shop.example', nonce }
 * const { claims } = await verifySdJwt(presentation, issuerKeys, { algorithms: ['ES256'], issuer, keyBinding })
 * @throws JoseError
 * @spec RFC 9901 §7.1 §7.3
 */
export async function verifySdJwt<Claims extends object = JwtClaims>(
  sdJwt: string,
  keys: Key | KeySource,
  options: VerifySdJwtOptions<Claims> = {},
): Promise<VerifiedSdJwt<Claims>> {
  const { jwt, disclosures, keyBindingJwt, bound } = splitSdJwt(sdJwt, options.limits)
  checkPresence(keyBindingJwt, options.keyBinding)
  const parsed = parseSignedJwt(jwt, options.limits)
  checkUnderstood(parsed.critical, options.critical)
  const key = await verifyCompactSignature(parsed, keys, options)
  checkSdType(parsed.header, options.typ)
  const payload = decodeClaims(decodePayload(parsed))
  const revealed = (await reveal(payload, disclosures)).claims
  const claims = await acceptDecoded(parsed.header, revealed, { ...options, typ: options.typ ?? false })
  const context = { bound, algorithm: hashAlgorithmOf(payload[algorithmName]), claims: revealed }
  const keyBinding =
    keyBindingJwt === undefined || options.keyBinding === undefined
      ? undefined
      : await verifyKeyBinding(keyBindingJwt, context, options.keyBinding, options)
  return { claims, header: parsed.header, key, keyBinding }
}

/** @spec RFC 9901 §4 §7.3 */
function checkPresence(jwt: string | undefined, expected: KeyBindingExpectations | undefined): void {
  if (jwt === undefined && expected !== undefined) {
    throw new JoseError('key_binding_missing', 'key binding missing: expected a proof that the presenter is the holder')
  }
  if (jwt !== undefined && expected === undefined) {
    throw new JoseError('key_binding_unexpected', 'key binding unexpected: expected an SD-JWT that ends in "~"')
  }
}

const anySdType = /(^|[/+])sd-jwt$/i

/** @spec RFC 9901 §9.11 */
function checkSdType({ typ }: JoseHeader, expected: VerifySdJwtOptions['typ']): void {
  if (expected !== undefined || (typ !== undefined && anySdType.test(typ))) return
  checkType({}, ['sd-jwt'], false)
}
