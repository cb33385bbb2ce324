import { randomToken } from '../../crypto/random.ts'
import { isNonEmptyString } from '../../util/assert.ts'
import type { Seconds } from '../../util/clock.ts'
import { OAuth2Error } from '../errors.ts'
import { isScopeSubset, parseScope } from '../scope.ts'
import type { Approval } from './decisions.ts'
import type { Authentication, Client, GrantRecord } from './records.ts'

/** What a person was asked for. */
export interface ApprovedRequest {
  readonly client: Client
  readonly scope: string
  readonly resource: readonly string[]
  readonly nonce?: string | undefined
  readonly now: Seconds
  readonly expiresAt: Seconds
}

/**
 * Writes down what a person agreed to.
 *
 * @throws TypeError where the approval does not fit the request: a mistake of whoever asked the person.
 */
export function createApprovedGrant(request: ApprovedRequest, approval: Approval): GrantRecord {
  const { client, scope: asked, resource, nonce, now, expiresAt } = request
  const scope = approval.scope ?? asked
  if (!isNonEmptyString(approval.subject)) throw new TypeError('"subject" of an approval must name somebody')
  // A response without scope would say that all of it was granted (RFC 6749 §5.1).
  if (scope === '' && asked !== '') {
    throw new OAuth2Error('access_denied', 'the person agreed to no scope', { reason: 'scope_denied' })
  }
  if (!isScopeSubset(parseScope(scope), parseScope(asked))) {
    throw new TypeError('"scope" of an approval must be part of what was asked for')
  }
  const authentication = toAuthentication(approval)
  return {
    id: randomToken(16),
    client_id: client.client_id,
    subject: approval.subject,
    scope,
    ...(resource.length === 0 ? {} : { resource }),
    ...(authentication === undefined ? {} : { authentication }),
    ...(nonce === undefined ? {} : { nonce }),
    created_at: now,
    expires_at: expiresAt,
  }
}

/** Real or absent: a time of authentication that was made up would defeat `max_age`. @spec OIDC Core §2 */
function toAuthentication({ authTime, authentication }: Approval): Authentication | undefined {
  return authTime === undefined ? undefined : { ...authentication, auth_time: authTime }
}
