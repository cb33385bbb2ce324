import { OAuth2Error } from '../oauth2/errors.ts'
import type { Seconds } from '../util/clock.ts'

const DIGITS = /^\d{1,12}$/

/**
 * How long ago the person may have proved who they are, at most; nothing when the request does not care.
 *
 * @throws OAuth2Error `invalid_request`
 * @spec OIDC Core §3.1.2.1
 */
export function parseMaxAge(value: string | undefined): Seconds | undefined {
  if (value === undefined) return undefined
  if (!DIGITS.test(value)) {
    throw new OAuth2Error(
      'invalid_request',
      '"max_age" (Maximum Authentication Age) must be a whole number of seconds',
      {
        reason: 'max_age_malformed',
      },
    )
  }
  return Number(value)
}
