import { OAuth2Error } from '../../../errors.ts'
import type { ProvenDraft, UnprovenDraft } from '../draft.ts'

/** RFC 8707 §2 and RFC 8693 §2.1 let these name several targets. */
const REPEATABLE: ReadonlySet<string> = new Set(['resource', 'audience'])

/** With two clients or two redirect URIs there is nobody whom an error could be sent to. @spec RFC 6749 §3.1 */
export function checkTargetOnce({ params }: UnprovenDraft): void {
  for (const name of ['client_id', 'redirect_uri']) {
    if (params.duplicates.includes(name)) {
      throw new OAuth2Error('invalid_request', `${name} must be sent once`, { reason: 'parameter_repeated' })
    }
  }
}

/** Request parameters must not come more than once. @spec RFC 6749 §3.1 */
export function checkDuplicates({ params }: Pick<ProvenDraft, 'params'>): void {
  if (params.duplicates.some((name) => !REPEATABLE.has(name))) {
    throw new OAuth2Error('invalid_request', 'each parameter must be sent once', { reason: 'parameter_repeated' })
  }
}
