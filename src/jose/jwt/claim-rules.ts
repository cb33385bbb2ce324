import { checkPresent, claimError, claimValue } from './claim-error.ts'
import type { JwtClaims } from './jwt-claims.ts'

/** A value that claims are compared with. */
export type ClaimValue = string | number | boolean

/** What is expected of one claim. */
export interface ClaimRule {
  /** Whether the claim must be there and not be empty. With `value` or `values` it must, unless this is `false`. */
  readonly essential?: boolean
  /** The value it must have. A claim that is a list must contain it. */
  readonly value?: ClaimValue
  /** The values of which it must have one. A claim that is a list must contain one. */
  readonly values?: readonly ClaimValue[]
  /** A check of your own, for a claim that is there. */
  readonly validate?: (value: unknown, claims: JwtClaims) => boolean
}

export type ClaimRules = Readonly<Record<string, ClaimRule>>

/** Checks claims by the rules that the caller has for them. @spec RFC 7519 §4.2 §4.3 */
export function checkRules(claims: JwtClaims, rules: ClaimRules): void {
  for (const [claim, rule] of Object.entries(rules)) checkRule(claims, claim, rule)
}

function checkRule(claims: JwtClaims, claim: string, rule: ClaimRule): void {
  const expected = expectedValues(claim, rule)
  if (rule.essential ?? expected !== undefined) checkPresent(claims, claim)
  const value = claimValue(claims, claim)
  if (value === undefined) return
  if (expected !== undefined) checkValue(claim, value, expected)
  if (rule.validate !== undefined) checkVerdict(claim, rule.validate(value, claims))
}

/** A member that is there without a value is a slip of the caller, and must not switch the check off. */
function expectedValues(claim: string, rule: ClaimRule): readonly ClaimValue[] | undefined {
  for (const name of ['value', 'values', 'validate'] as const) {
    if (rule[name] !== undefined || !Object.hasOwn(rule, name)) continue
    throw new TypeError(`"${name}" for the claim "${claim}" is undefined: leave it out, or give it a value`)
  }
  const { value, values } = rule
  return value === undefined ? values : [value, ...(values ?? [])]
}

/** A claim that is a list must contain one of the values. */
export function checkValue(claim: string, value: unknown, expected: readonly ClaimValue[]): void {
  const accepted: readonly unknown[] = expected
  if (Array.isArray(value) ? value.some((item) => accepted.includes(item)) : accepted.includes(value)) return
  const values = expected.map((item) => JSON.stringify(item)).join(' or ')
  throw claimError('claim_mismatch', claim, `mismatch: expected ${values}`)
}

/** A promise is not a verdict: whoever awaits in a validator would have every token accepted. */
function checkVerdict(claim: string, verdict: unknown): void {
  if (verdict === true) return
  if (verdict !== false) throw new TypeError(`validator of the claim "${claim}" must answer true or false`)
  throw claimError('claim_mismatch', claim, 'mismatch: its validator refuses it')
}
