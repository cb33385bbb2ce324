import { decodeUtf8 } from '../../util/bytes.ts'
import { JoseError, orThrow } from '../errors.ts'
import { type DecryptedCompact, decryptCompact } from '../jwe/compact.ts'
import type { DecryptOptions } from '../jwe/decrypt-options.ts'
import { type EncryptOptions, encryptTyped } from '../jwe/encrypt.ts'
import type { Key } from '../jwk/key.ts'
import type { KeySource, SigningKeySource } from '../jwks/source.ts'
import { decodePayload } from '../jws/compact.ts'
import type { JwtClaims } from './claims.ts'
import { decodeClaims, parseSignedJwt } from './decode.ts'
import { isNested } from './nested-type.ts'
import { checkReplicated } from './replicated.ts'
import { type SignJwtOptions, signJwt } from './sign.ts'
import { type VerifiedJwt, type VerifyJwtOptions, verifyJwt } from './verify.ts'

export interface SignAndEncryptJwtOptions extends SignJwtOptions {
  /** How the signed token is encrypted. */
  readonly encryption?: Omit<EncryptOptions, 'cty'>
}

export interface DecryptAndVerifyJwtOptions<Claims extends object = JwtClaims> extends VerifyJwtOptions<Claims> {
  /** How the token may be encrypted; `algorithms` beside it are those of the signature. */
  readonly decryption?: DecryptOptions
}

export interface DecryptedAndVerifiedJwt<Claims extends object = JwtClaims> extends VerifiedJwt<Claims> {
  /** What it was encrypted with. */
  readonly encryption: Omit<DecryptedCompact, 'plaintext'>
}

/**
 * Signs claims as a JWT, then encrypts that: only the recipient sees who signed what.
 *
 * @example
 * const jwt = await signAndEncryptJwt(claims, ourKeys, theirKeys, { encryption: { alg: 'ECDH-ES', enc: 'A256GCM' } })
 * @throws JoseError what `signJwt` and `encryptCompact` throw.
 * @spec RFC 7519 §5.2 §11.2
 */
export async function signAndEncryptJwt(
  claims: JwtClaims,
  signingKeys: Key | SigningKeySource,
  encryptionKeys: Key | KeySource,
  { encryption = {}, ...signing }: SignAndEncryptJwtOptions = {},
): Promise<string> {
  const signed = await signJwt(claims, signingKeys, signing)
  return encryptTyped(signed, encryptionKeys, encryption, { typ: encryption.typ, cty: 'JWT' })
}

/**
 * Decrypts a JWT, then verifies the signed one within, its type and its claims. There is one signature in one
 * encryption: anything else, deeper or the other way round, is refused.
 *
 * @example
 * const { claims } = await decryptAndVerifyJwt(jwt, ourKeys, theirKeys, {
 *   algorithms: ['ES256'], issuer, audience: 'app', decryption: { algorithms: ['ECDH-ES'] },
 * })
 * @throws JoseError what `decryptCompact` and `verifyJwt` throw.
 * @spec RFC 7519 §7.2
 * @spec RFC 8725 §3.3
 */
export async function decryptAndVerifyJwt<Claims extends object = JwtClaims>(
  jwt: string,
  decryptionKeys: Key | KeySource,
  verificationKeys: Key | KeySource,
  { decryption = {}, ...verification }: DecryptAndVerifyJwtOptions<Claims> = {},
): Promise<DecryptedAndVerifiedJwt<Claims>> {
  const { plaintext, ...encryption } = await decryptCompact(jwt, decryptionKeys, decryption)
  if (!isNested(encryption.header)) throw notNested()
  const signed = orThrow(() => decodeUtf8(plaintext), 'payload_invalid', 'plaintext invalid: expected a signed JWT')
  const verified = await verifyJwt(signed, verificationKeys, verification)
  // The claims as they were signed: a schema may have made something else of them.
  checkReplicated(encryption.header, () => decodeClaims(decodePayload(parseSignedJwt(signed, verification.limits))))
  return { ...verified, encryption }
}

function notNested(): JoseError {
  return new JoseError('type_mismatch', '"cty" (Content Type) header parameter mismatch: expected "JWT"')
}
