import { OAuth2Error } from '../../../errors.ts'
import { normalizeResponseType } from '../../../response-type.ts'
import { allowsGrantType } from '../../client-rules.ts'
import type { ProvenDraft } from '../draft.ts'

/**
 * The response type must be one that the server has a grant for, and that the client is registered for.
 *
 * @spec RFC 6749 §3.1.1
 * @spec RFC 7591 §2
 */
export function checkResponseType(draft: ProvenDraft): void {
  const { params, client, rules } = draft
  const responseType = params.get('response_type')
  if (responseType === undefined)
    throw new OAuth2Error('invalid_request', 'response_type is missing', { reason: 'response_type_missing' })
  const wanted = normalizeResponseType(responseType)
  const grant = rules.findGrant(wanted)
  if (grant === undefined) {
    throw new OAuth2Error('unsupported_response_type', 'response_type is not one that this server supports', {
      reason: 'response_type_unsupported',
    })
  }
  if (!(client.response_types ?? ['code']).some((type) => normalizeResponseType(type) === wanted)) {
    throw new OAuth2Error('unauthorized_client', 'client is not registered for this response_type', {
      reason: 'response_type_unregistered',
    })
  }
  // A code that the client could not redeem is not worth asking a person for.
  if (grant.grantType !== undefined && !allowsGrantType(client, grant.grantType)) {
    throw new OAuth2Error(
      'unauthorized_client',
      'client is not registered for the grant type that this response_type leads to',
      { reason: 'grant_type_not_registered' },
    )
  }
  draft.responseType = wanted
}
