import type { JsonObject } from '../../util/json.ts'
import { JoseError } from '../errors.ts'

const replicated = { iss: 'Issuer', sub: 'Subject', aud: 'Audience' } as const

/** Claims that stand in the header too, for whoever cannot decrypt, must be the same. @spec RFC 7519 §5.3 */
export function checkReplicated(header: Readonly<Record<string, unknown>>, claimsOf: () => JsonObject): void {
  for (const [claim, meaning] of Object.entries(replicated)) {
    const copy = header[claim]
    if (copy === undefined || JSON.stringify(copy) === JSON.stringify(claimsOf()[claim])) continue
    throw new JoseError('claim_mismatch', `"${claim}" (${meaning}) claim mismatch: expected what the header says`, {
      claim,
    })
  }
}
