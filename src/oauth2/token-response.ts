import type { Seconds } from '../util/clock.ts'

/** The token endpoint's answer, spelled as on the wire. Extensions add members. @spec RFC 6749 §5.1 */
export interface TokenResponse {
  access_token: string
  token_type: string
  expires_in?: Seconds
  refresh_token?: string
  scope?: string
  /** @spec OIDC Core §3.1.3.3 */
  id_token?: string
  [member: string]: unknown
}
