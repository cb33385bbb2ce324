import { OAuth2Error } from '../../../errors.ts'
import type { ProvenDraft } from '../draft.ts'

const UNSUPPORTED = [
  ['request', 'request_not_supported'],
  ['request_uri', 'request_uri_not_supported'],
  ['registration', 'registration_not_supported'],
] as const

/**
 * Parameters that carry other parameters must not be passed over in silence: the client would be answered to another
 * request than the one it signed.
 *
 * @spec OIDC Core §3.1.2.6
 */
export function checkRequestObject({ params }: ProvenDraft): void {
  for (const [parameter, error] of UNSUPPORTED) {
    if (!params.has(parameter)) continue
    throw new OAuth2Error(error, `${parameter} is not supported by this server`, { reason: error })
  }
}
