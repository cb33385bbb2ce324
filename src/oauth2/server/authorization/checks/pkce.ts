import { OAuth2Error } from '../../../errors.ts'
import { isCodeChallenge } from '../../../pkce.ts'
import type { ProvenDraft } from '../draft.ts'

/**
 * The code that is issued will be bound to the challenge. S256 only: with `plain` whoever reads the request knows the
 * verifier.
 *
 * @spec RFC 7636 §4.3
 * @spec RFC 9700 §2.1.1
 */
export function checkPkce(draft: ProvenDraft): void {
  // Nothing is redeemed later: there is nothing to bind.
  if (!draft.responseType.split(' ').includes('code')) return
  const challenge = draft.params.get('code_challenge')
  const method = draft.params.get('code_challenge_method')
  if (challenge === undefined) {
    checkAbsence(draft, method)
    return
  }
  // Without a method RFC 7636 §4.3 means `plain`.
  if (method !== 'S256') throw refuse('code_challenge_method must be S256', 'code_challenge_method_unsupported')
  if (!isCodeChallenge(challenge)) {
    throw refuse('code_challenge must be a SHA-256 hash in base64url, 43 characters', 'code_challenge_malformed')
  }
  draft.codeChallenge = challenge
}

function checkAbsence({ client, rules }: ProvenDraft, method: string | undefined): void {
  if (method !== undefined) throw refuse('code_challenge_method needs a code_challenge', 'code_challenge_missing')
  if (rules.requiresPkce(client)) throw refuse('code_challenge is missing: PKCE is required', 'code_challenge_missing')
}

function refuse(description: string, reason: string): OAuth2Error {
  return new OAuth2Error('invalid_request', description, { reason })
}
