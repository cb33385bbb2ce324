import { OAuth2Error } from '../../../errors.ts'
import { findClient } from '../../find-client.ts'
import type { UnprovenDraft } from '../draft.ts'

/**
 * The client must be known before anything is believed that the request says about it.
 *
 * @spec RFC 6749 §4.1.2.1
 */
export async function checkClient(draft: UnprovenDraft): Promise<void> {
  const clientId = draft.params.get('client_id')
  if (clientId === undefined)
    throw new OAuth2Error('invalid_request', 'client_id is missing', { reason: 'client_id_missing' })
  const client = await findClient(draft.rules.store, clientId)
  if (client === undefined) {
    throw new OAuth2Error('invalid_client', 'client_id does not name a registered client', {
      status: 400,
      reason: 'client_unknown',
    })
  }
  draft.client = client
}
