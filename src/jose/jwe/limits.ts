import { completeLimits } from '../../util/whole-number.ts'
import { JoseError } from '../errors.ts'

/** How large the parts of a JWE may be, encoded, in characters; looked at before anything is decoded. */
export interface JweLimits {
  /** Each header: 8 192 by default. */
  readonly header?: number
  /** Each encrypted key: 4 096 by default. */
  readonly encryptedKey?: number
  /** 262 144 by default. */
  readonly ciphertext?: number
  /** Additional data of the JSON Serialization: 65 536 by default. */
  readonly aad?: number
  /** Recipients of the JSON Serialization: 16 by default. */
  readonly recipients?: number
  /** What a compressed text may become, in bytes: 262 144 by default. */
  readonly plaintext?: number
  /** How often a password must have been hashed: 1 000 by default. */
  readonly minimumIterations?: number
  /** How often passwords may have to be hashed for one token: 600 000 by default. */
  readonly maximumIterations?: number
}

const defaults: Required<JweLimits> = {
  header: 8192,
  encryptedKey: 4096,
  ciphertext: 262_144,
  aad: 65_536,
  recipients: 16,
  plaintext: 262_144,
  minimumIterations: 1000,
  maximumIterations: 600_000,
}

/** IV and tag have lengths of their own, which are checked exactly; none is longer than this. */
export const longestFixedPart = 64

/** The limits that hold for one call. @throws TypeError for one that is no whole number. */
export function effectiveLimits(limits: JweLimits | undefined): Required<JweLimits> {
  return limits === undefined ? defaults : completeLimits(defaults, limits)
}

/** The refusal of what is longer than a limit. */
export function tooLarge(): JoseError {
  return new JoseError('token_too_large', 'token too large: a part is longer than the limits allow')
}
