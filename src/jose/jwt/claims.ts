import type { Clock, Seconds } from '../../util/clock.ts'
import { type Duration, toSeconds } from '../../util/duration.ts'
import { checkPresent, claimError } from './claim-error.ts'
import { type ClaimRules, checkRules, checkValue } from './claim-rules.ts'
import type { JwtClaims } from './jwt-claims.ts'

export type { JwtClaims }

/** What is expected of the claims. A claim that is expected to have a value must be there. */
export interface ClaimExpectations {
  /** The issuer, or those of which one must have issued the token. */
  readonly issuer?: string | readonly string[]
  /** Ourselves: the token must name one of these in `aud`. */
  readonly audience?: string | readonly string[]
  readonly subject?: string
  /** Claims that must be there, and neither `null` nor an empty text. */
  readonly required?: readonly string[]
  /** What is expected of further claims, by their names. */
  readonly claims?: ClaimRules
  /** How far clocks may be apart, 0 by default. */
  readonly leeway?: Duration
  /** How long ago the token may have been issued (`iat`). */
  readonly maxAge?: Duration
  readonly clock?: Clock
}

/** Checks the claims: first their form, then their values, then the times, then what the caller adds. @spec RFC 7519 §4.1 */
export function checkClaims(claims: JwtClaims, expected: ClaimExpectations): void {
  checkForm(claims)
  for (const claim of expected.required ?? []) checkPresent(claims, claim)
  checkOneOf(claims, 'iss', expected, 'issuer')
  checkOneOf(claims, 'sub', expected, 'subject')
  checkOneOf(claims, 'aud', expected, 'audience')
  checkTimes(claims, expected)
  if (expected.claims !== undefined) checkRules(claims, expected.claims)
}

/** @spec RFC 7519 §2 §4.1 */
export function checkForm({ iss, sub, aud, exp, nbf, iat, jti }: JwtClaims): void {
  checkText('iss', iss)
  checkText('sub', sub)
  checkText('jti', jti)
  checkNumericDate('exp', exp)
  checkNumericDate('nbf', nbf)
  checkNumericDate('iat', iat)
  if (aud === undefined || typeof aud === 'string') return
  if (!Array.isArray(aud) || !aud.every((item) => typeof item === 'string')) {
    throw claimError('claim_invalid', 'aud', 'invalid: expected a string or a list of strings')
  }
}

function checkText(claim: string, value: unknown): void {
  if (value !== undefined && typeof value !== 'string') {
    throw claimError('claim_invalid', claim, 'invalid: expected a string')
  }
}

function checkNumericDate(claim: string, value: unknown): void {
  if (value !== undefined && !Number.isFinite(value)) {
    throw claimError('claim_invalid', claim, 'invalid: expected a number of seconds')
  }
}

/**
 * `aud` may be a list, of which one must be expected (RFC 7519 §4.1.3). An option that is there but has no value is a
 * slip of the caller (a setting that was not set), and must not switch the check off.
 */
function checkOneOf(
  claims: JwtClaims,
  claim: 'iss' | 'sub' | 'aud',
  expected: ClaimExpectations,
  option: 'issuer' | 'subject' | 'audience',
): void {
  const values = expected[option]
  if (values !== undefined) {
    checkPresent(claims, claim)
    checkValue(claim, claims[claim], typeof values === 'string' ? [values] : values)
  } else if (Object.hasOwn(expected, option)) {
    throw new TypeError(`"${option}" option is undefined: leave it out, or give it a value`)
  }
}

/**
 * A NumericDate may have a fraction (RFC 7519 §2), so the clock keeps its own. `exp`, `nbf` and `iat` say when a token
 * passes, not when it fails: a clock that is broken (`NaN`) passes none.
 */
function checkTimes({ exp, nbf, iat }: JwtClaims, { leeway = 0, maxAge, clock = Date.now }: ClaimExpectations): void {
  const now = clock() / 1000
  const tolerance = toSeconds(leeway)
  // RFC 7519 §4.1.4: a token is dead on its expiration time, not after it.
  if (exp !== undefined && !(now < exp + tolerance)) {
    throw claimError('token_expired', 'exp', 'is past: the token has expired')
  }
  checkNotFuture('nbf', nbf, now + tolerance)
  checkNotFuture('iat', iat, now + tolerance)
  if (maxAge === undefined) return
  if (iat === undefined) throw claimError('claim_missing', 'iat', 'missing')
  if (now - iat > toSeconds(maxAge) + tolerance) {
    throw claimError('token_too_old', 'iat', 'is too long ago: the token is older than it may be')
  }
}

/** @spec RFC 7519 §4.1.5 */
function checkNotFuture(claim: 'nbf' | 'iat', value: Seconds | undefined, latest: Seconds): void {
  if (value !== undefined && !(value <= latest)) {
    throw claimError('token_not_yet_valid', claim, 'is in the future: the token is not valid yet')
  }
}
