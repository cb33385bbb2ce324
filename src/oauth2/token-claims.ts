import type { JsonValue } from '../util/json.ts'

/**
 * What a token is bound to: whoever presents it has to prove possession. Absent: a bearer token.
 *
 * @spec RFC 7800 §3.1
 */
export interface Confirmation {
  /** Thumbprint of the DPoP key. @spec RFC 9449 §6.1 */
  jkt?: string
  /** Thumbprint of the client's certificate. @spec RFC 8705 §3.1 */
  'x5t#S256'?: string
}

/** Who acts for the subject, and for whom that one acts in turn. @spec RFC 8693 §4.1 */
export interface Actor {
  sub: string
  act?: Actor
  [claim: string]: JsonValue | undefined
}
