import type { Seconds } from '../../util/clock.ts'
import type { IdTokenClaims } from '../id-token.ts'
import type { ProviderTokenExpectations } from './provider-token.ts'

/** What is expected of an ID token. */
export interface IdTokenExpectations extends ProviderTokenExpectations {
  /** The nonce of the request. A token that has one where none was sent belongs to another login. */
  readonly nonce?: string | undefined
  /** The `max_age` of the request. */
  readonly maxAge?: Seconds | undefined
  /** Of these authentication context classes the token must name one. */
  readonly acrValues?: readonly string[] | undefined
  /** The access token that came along, for `at_hash`. */
  readonly accessToken?: string | undefined
  /** The code that it was exchanged for, for `c_hash`. */
  readonly code?: string | undefined
  /** The state of the request, for `s_hash`. */
  readonly state?: string | undefined
  /** The `iss` of the authorization response: where a provider has several, the token must be of the same. */
  readonly responseIssuer?: string | undefined
  /** The claims of the token that this one renews: it must be about the same person and login. */
  readonly renews?: Pick<IdTokenClaims, 'sub'> & Partial<IdTokenClaims>
  /** How long ago it may have been issued. */
  readonly maxTokenAge?: Seconds | undefined
}

/** `ok`: looked at and right. `absent`: not there, and it need not be. `not requested`: nothing to compare with. */
export type CheckResult = 'ok' | 'absent' | 'not requested'
