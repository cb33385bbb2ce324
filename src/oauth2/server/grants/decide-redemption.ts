import type { TokenContext } from '../context.ts'
import type { GrantDecision } from '../decisions.ts'
import type { GrantRecord } from '../records.ts'
import { narrowTarget } from '../requested-resource.ts'

/**
 * What a code is exchanged for that a person approved. A target that cannot be had leaves the code as it is: the client
 * may ask for another one.
 *
 * @spec RFC 8707 §2.2
 */
export async function decideRedemption(
  context: TokenContext,
  grant: GrantRecord,
  commit: NonNullable<GrantDecision['commit']>,
): Promise<GrantDecision> {
  return {
    ...(grant.subject === undefined ? {} : { subject: grant.subject }),
    ...(await narrowTarget(context, grant, grant.scope)),
    grant,
    createsGrant: true,
    refreshable: true,
    commit,
  }
}
