import { buildChallenge } from '../../http/authorization.ts'
import { OAuth2Error } from '../errors.ts'

interface BearerRefusal {
  readonly description: string
  readonly reason: string
  /** The scope that would do. */
  readonly scope?: string
}

/** The request has no access token: the challenge then says nothing of an error. @spec RFC 6750 §3.1 */
export function missingToken({ description, reason }: BearerRefusal): OAuth2Error {
  return new OAuth2Error('invalid_token', description, { reason, challenge: buildChallenge('Bearer') })
}

/** The access token of the request is no good. @spec RFC 6750 §3.1 */
export function invalidToken(refusal: BearerRefusal): OAuth2Error {
  return refuse('invalid_token', refusal)
}

/** The access token of the request is good for something else. @spec RFC 6750 §3.1 */
export function insufficientScope(refusal: BearerRefusal): OAuth2Error {
  return refuse('insufficient_scope', refusal)
}

function refuse(
  code: 'invalid_token' | 'insufficient_scope',
  { description, reason, scope }: BearerRefusal,
): OAuth2Error {
  const challenge = buildChallenge('Bearer', { error: code, error_description: description, scope })
  return new OAuth2Error(code, description, { reason, challenge })
}
