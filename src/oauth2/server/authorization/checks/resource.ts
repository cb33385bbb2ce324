import { OAuth2Error } from '../../../errors.ts'
import type { ProvenDraft } from '../draft.ts'

/**
 * Each resource that is named must be one that the server knows: otherwise the person would be asked about, and the client
 * given, a token that is good for nothing or for somebody unexpected.
 *
 * @spec RFC 8707 §2.1
 */
export async function checkResource(draft: ProvenDraft): Promise<void> {
  const resource = [...new Set(draft.params.all('resource'))]
  for (const name of resource) {
    if ((await draft.rules.findResource(name, draft.client)) !== undefined) continue
    throw new OAuth2Error('invalid_target', 'resource is not one that this server issues tokens for', {
      reason: 'resource_unknown',
    })
  }
  draft.resource = resource
}
