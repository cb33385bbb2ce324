import type { Seconds } from '../util/clock.ts'
import type { AuthorizationDetail } from './authorization-details.ts'

/** The token endpoint's answer, spelled as on the wire. Extensions add members. @spec RFC 6749 §5.1 */
export interface TokenResponse {
  access_token: string
  token_type: string
  expires_in?: Seconds
  refresh_token?: string
  scope?: string
  /** @spec OIDC Core §3.1.3.3 */
  id_token?: string
  /** What was granted in detail. @spec RFC 9396 §7 */
  authorization_details?: readonly AuthorizationDetail[]
  [member: string]: unknown
}
