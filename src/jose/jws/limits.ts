import { completeLimits } from '../../util/whole-number.ts'
import { JoseError } from '../errors.ts'

/** How long the encoded segments of a token may be, in characters; looked at before anything is decoded. */
export interface TokenLimits {
  /** 8 192 by default. */
  readonly header?: number
  /** 131 072 by default. */
  readonly payload?: number
  /** 8 192 by default. */
  readonly signature?: number
}

const defaultLimits = { header: 8192, payload: 131_072, signature: 8192 } as const

/** The limits that hold for one call. @throws TypeError for one that is no whole number. */
export function effectiveLimits(limits: TokenLimits | undefined): Required<TokenLimits> {
  return limits === undefined ? defaultLimits : completeLimits(defaultLimits, limits)
}

/** The refusal of what is longer than a limit. */
export function tooLarge(): JoseError {
  return new JoseError('token_too_large', 'token too large: a segment is longer than the limits allow')
}
