import { findRequestedResources, limitScope } from '../../requested-resource.ts'
import type { ProvenDraft } from '../draft.ts'

/**
 * Each resource that is named must be one that the server knows, and know something of what is asked for: otherwise the
 * person would be asked about, and the client given, a token that is good for nothing or for somebody unexpected.
 *
 * @spec RFC 8707 §2.1
 */
export async function checkResource(draft: ProvenDraft): Promise<void> {
  const resources = await findRequestedResources(draft.params, draft.client, draft.rules)
  limitScope(draft.scope, resources)
  draft.resource = resources.map(({ resource }) => resource)
}
