import type { HttpRequest } from '../../http/request.ts'
import type { Awaitable } from '../../util/awaitable.ts'
import type { AccessToken } from './access-token.ts'

/** Finds out what an access token says, and that it is true. */
export interface TokenValidator {
  /**
   * Throws `OAuth2Error` `invalid_token` where the token is unknown, expired, revoked or not meant for this resource;
   * `temporarily_unavailable` where that cannot be known now.
   */
  validate(token: string, request: HttpRequest): Awaitable<AccessToken>
}
