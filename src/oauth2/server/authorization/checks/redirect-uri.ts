import { OAuth2Error } from '../../../errors.ts'
import { matchesRedirectUri } from '../../../redirect-uri.ts'
import { parseScope } from '../../../scope.ts'
import type { Client } from '../../records.ts'
import type { UnprovenDraft } from '../draft.ts'
import type { RedirectTarget } from '../request.ts'

/**
 * Proves where the answer may be sent: to a URI that the client registered, compared character by character.
 *
 * @spec RFC 6749 §3.1.2.3
 * @spec RFC 9700 §4.1.3
 */
export function checkRedirectUri(draft: UnprovenDraft): void {
  const requested = draft.params.get('redirect_uri')
  const proven = requested === undefined ? onlyRegistered(draft) : registered(draft.client, requested)
  // The one place where a string becomes a target.
  draft.redirectUri = proven as RedirectTarget
}

function registered(client: Client | undefined, requested: string): string {
  const isMatch = (uri: string): boolean => matchesRedirectUri(uri, requested, client?.application_type)
  if (client?.redirect_uris?.some(isMatch)) return requested
  throw new OAuth2Error('invalid_request', 'redirect_uri is not registered for this client', {
    reason: 'redirect_uri_unregistered',
  })
}

/**
 * The parameter may be left out only where there is no choice, and never with OpenID Connect, whatever the response type.
 *
 * @spec RFC 6749 §3.1.2.3
 * @spec OIDC Core §3.1.2.1
 */
function onlyRegistered({ client, params }: UnprovenDraft): string {
  const [only, ...others] = client?.redirect_uris ?? []
  if (only === undefined || others.length > 0 || parseScope(params.get('scope')).includes('openid')) {
    throw new OAuth2Error('invalid_request', 'redirect_uri is missing', { reason: 'redirect_uri_missing' })
  }
  return only
}
