import { JoseError, type JoseErrorCode } from '../errors.ts'

const meanings: Readonly<Record<string, string>> = {
  iss: 'Issuer',
  sub: 'Subject',
  aud: 'Audience',
  exp: 'Expiration Time',
  nbf: 'Not Before',
  iat: 'Issued At',
  jti: 'JWT ID',
}

/** What is wrong with one claim. */
export function claimError(code: JoseErrorCode, claim: string, what: string): JoseError {
  const meaning = Object.hasOwn(meanings, claim) ? ` (${meanings[claim]})` : ''
  return new JoseError(code, `"${claim}"${meaning} claim ${what}`, { claim })
}

/** The value of a claim; what only the prototype has is no claim. */
export function claimValue(claims: Readonly<Record<string, unknown>>, claim: string): unknown {
  return Object.hasOwn(claims, claim) ? claims[claim] : undefined
}

/** A claim that must be there must say something. */
export function checkPresent(claims: Readonly<Record<string, unknown>>, claim: string): void {
  const value = claimValue(claims, claim)
  if (value === undefined || value === null || value === '') throw claimError('claim_missing', claim, 'missing')
}
