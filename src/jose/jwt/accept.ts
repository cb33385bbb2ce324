import { checkType } from '../jws/header.ts'
import { type ClaimExpectations, checkClaims, type JwtClaims } from './claims.ts'
import { decodeClaims } from './decode.ts'
import { applySchema, type ClaimsSchema } from './schema.ts'

/** What is expected of a JWT once its signature, or its encryption, has been seen to. */
export interface JwtExpectations<Claims extends object = JwtClaims> extends ClaimExpectations {
  /**
   * What the token must say it is (`typ`). Without it, `JWT` or nothing: a token made for another purpose does not
   * pass. `false` takes any.
   */
  readonly typ?: string | readonly string[] | false
  /** A Standard Schema for the claims. It is asked last, and the claims are what it makes of them. */
  readonly schema?: ClaimsSchema<Claims>
}

/**
 * Checks type and claims of a payload that is known to come from the one who holds the key. Without a schema what the
 * claims are is the caller's word, and the answer is there at once.
 *
 * @spec RFC 7519 §7.2
 */
export function acceptClaims<Claims extends object>(
  header: { readonly typ?: string },
  payload: Uint8Array,
  expected: JwtExpectations<Claims>,
): Claims | Promise<Claims> {
  checkTokenType(header, expected.typ)
  return acceptClaimsSet(decodeClaims(payload), expected)
}

/** The same for claims that were read already. */
export function acceptDecoded<Claims extends object>(
  header: { readonly typ?: string },
  claims: JwtClaims,
  expected: JwtExpectations<Claims>,
): Claims | Promise<Claims> {
  checkTokenType(header, expected.typ)
  return acceptClaimsSet(claims, expected)
}

function acceptClaimsSet<Claims extends object>(
  claims: JwtClaims,
  expected: JwtExpectations<Claims>,
): Claims | Promise<Claims> {
  checkClaims(claims, expected)
  return expected.schema === undefined ? (claims as object as Claims) : applySchema(claims, expected.schema)
}

/** Keeps one kind of JWT from being taken for another. @spec RFC 8725 §3.11 */
function checkTokenType(header: { readonly typ?: string }, typ: JwtExpectations['typ']): void {
  if (typ === false) return
  if (typ === undefined) checkType(header, ['JWT'], true)
  else checkType(header, typeof typ === 'string' ? [typ] : typ, false)
}
