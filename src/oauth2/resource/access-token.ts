import type { JwtClaims } from '../../jose/jwt/index.ts'
import { isNonEmptyString, isRecord } from '../../util/assert.ts'
import type { Seconds } from '../../util/clock.ts'
import { OAuth2Error } from '../errors.ts'
import { parseScope } from '../scope.ts'
import type { Actor, Confirmation } from '../token-claims.ts'

/** What a validated access token says. */
export interface AccessToken {
  /** Who the token speaks for: a person, or the client itself where nobody else takes part. */
  readonly subject: string
  readonly clientId: string
  /** What it allows, each scope once. */
  readonly scopes: readonly string[]
  /** What the person belongs to, is and may do. Empty where the token does not say. @spec RFC 9068 §2.2.3.1 */
  readonly groups?: readonly string[]
  readonly roles?: readonly string[]
  readonly entitlements?: readonly string[]
  /** Absent: its issuer did not say. */
  readonly expiresAt?: Seconds
  /** How, and when, the person was authenticated. @spec RFC 9068 §2.2.1 */
  readonly acr?: string
  readonly authTime?: Seconds
  /** What it is bound to: who sent it has proven to have that. @spec RFC 7800 §3.1 */
  readonly cnf?: Confirmation
  /** Who acts for the subject. @spec RFC 8693 §4.1 */
  readonly act?: Actor
  /** How it has to be presented, where its issuer says so: `Bearer`, `DPoP`. @spec RFC 7662 §2.2 */
  readonly tokenType?: string
  /** Everything it says, spelled as on the wire. */
  readonly claims: JwtClaims
}

/**
 * The access token behind claims that are known to be true, whether they came in it or were said about it. A token without
 * a subject is one that its client has for itself.
 *
 * @throws OAuth2Error `invalid_token` where something decides that cannot be understood.
 * @spec RFC 9068 §2.2
 */
export function toAccessToken(claims: JwtClaims): AccessToken {
  const { client_id: clientId, sub, scope, exp, acr, auth_time: authTime, cnf, act } = claims
  if (!isNonEmptyString(clientId)) throw malformed('client_id', 'Client Identifier', 'a string')
  // @spec RFC 9068 §2.2.3
  if (scope !== undefined && typeof scope !== 'string') throw malformed('scope', 'Scope', 'a string')
  // A binding that cannot be read is not one that is not there.
  if (cnf !== undefined && !isRecord(cnf)) throw malformed('cnf', 'Confirmation', 'an object')
  return {
    subject: sub ?? clientId,
    clientId,
    scopes: parseScope(scope),
    ...readAuthorizations(claims),
    ...(exp !== undefined && { expiresAt: exp }),
    ...(typeof acr === 'string' && { acr }),
    ...(typeof authTime === 'number' && { authTime }),
    ...(cnf !== undefined && { cnf }),
    ...(isActor(act) && { act }),
    claims,
  }
}

type Authorizations = Pick<AccessToken, 'groups' | 'roles' | 'entitlements'>

/** @spec RFC 9068 §2.2.3.1 */
function readAuthorizations({ groups, roles, entitlements }: JwtClaims): Authorizations {
  return {
    ...(groups !== undefined && { groups: readNames(groups) }),
    ...(roles !== undefined && { roles: readNames(roles) }),
    ...(entitlements !== undefined && { entitlements: readNames(entitlements) }),
  }
}

/** Texts, or objects whose `value` is the name. What is neither names nothing. @spec RFC 7643 §4.1.2 */
function readNames(value: unknown): readonly string[] {
  const items: readonly unknown[] = Array.isArray(value) ? value : [value]
  return items.map((item) => (isRecord(item) ? item['value'] : item)).filter(isNonEmptyString)
}

function isActor(act: unknown): act is Actor {
  return isRecord(act) && typeof act['sub'] === 'string'
}

function malformed(claim: string, meaning: string, expected: string): OAuth2Error {
  return new OAuth2Error('invalid_token', `"${claim}" (${meaning}) claim invalid: expected ${expected}`, {
    reason: 'token_claim_malformed',
  })
}
