import { OAuth2Error } from '../../../errors.ts'
import type { UnprovenDraft } from '../draft.ts'

const REFERENCES = ['request', 'request_uri'] as const

/**
 * With two requests to choose from, whoever put the second one beside the first would choose.
 *
 * @spec RFC 9101 §5
 * @spec OIDC Core §6
 */
export function checkReferenceOnce({ params }: UnprovenDraft): void {
  for (const name of REFERENCES) {
    if (!params.duplicates.includes(name)) continue
    throw new OAuth2Error('invalid_request', `${name} must be sent once`, { reason: 'request_reference_repeated' })
  }
  if (REFERENCES.every((name) => params.has(name))) {
    throw new OAuth2Error('invalid_request', 'request and request_uri must not be sent together', {
      reason: 'request_reference_several',
    })
  }
}
