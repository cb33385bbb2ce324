import { reduceScope } from '../../requested-scope.ts'
import type { ProvenDraft } from '../draft.ts'

/** What is asked for must be well-formed and allowed; what the server does not know is left out. @spec RFC 6749 §3.3 */
export function checkScope(draft: ProvenDraft): void {
  draft.scope = reduceScope(draft.params.get('scope'), draft.client, draft.rules.scopes)
}
