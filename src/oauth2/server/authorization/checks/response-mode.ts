import { OAuth2Error } from '../../../errors.ts'
import type { ProvenDraft } from '../draft.ts'

/**
 * The response mode must be one that the server has, and must keep tokens out of the query, where logs and `Referer`
 * headers would find them.
 *
 * @spec OAuth 2.0 Multiple Response Types §2.1, §5
 */
export function checkResponseMode({ params, rules, responseType }: ProvenDraft): void {
  const mode = params.get('response_mode')
  if (mode === undefined) return
  if (!rules.hasResponseMode(mode)) {
    throw new OAuth2Error('invalid_request', 'response_mode is not one that this server supports', {
      reason: 'response_mode_unsupported',
    })
  }
  const { defaultResponseMode, responseModes } = rules.findGrant(responseType) ?? {}
  if (responseModes !== undefined && !responseModes.includes(mode)) {
    throw new OAuth2Error('invalid_request', 'response_mode is not one that this response_type can be answered by', {
      reason: 'response_mode_unfit',
    })
  }
  if (mode === 'query' && defaultResponseMode === 'fragment') {
    throw new OAuth2Error(
      'invalid_request',
      'response_mode must not be query for a response_type that carries tokens',
      {
        reason: 'response_mode_query',
      },
    )
  }
}
