import { mediaTypeOf } from '../../http/body.ts'
import type { JwtClaims } from '../../jose/jwt/index.ts'
import { ClientError } from '../../oauth2/client/errors.ts'
import { isNonEmptyString } from '../../util/assert.ts'
import { decodeUtf8 } from '../../util/bytes.ts'
import { parseJsonObject } from '../../util/json.ts'
import type { UserClaims } from '../claims.ts'
import { readProtectedUserinfo, type UserinfoProtection } from './userinfo-jwt.ts'

/** What the userinfo endpoint says about somebody. */
export type Userinfo = UserClaims & { sub: string }

export interface UserinfoContext {
  readonly endpoint: string
  /** Who logged in, where an ID token said so. */
  readonly subject?: string | undefined
  /** How the answer is protected, where it is: then it must be. */
  readonly protection?: UserinfoProtection | undefined
}

/**
 * Reads the answer of the userinfo endpoint. It must be about the person that the ID token named: an access token of
 * somebody else could have been slipped in.
 *
 * @throws ClientError `userinfo_refused`, `userinfo_invalid`, `userinfo_subject_mismatch`
 * @spec OIDC Core §5.3.2
 */
export async function readUserinfo(response: Response, context: UserinfoContext): Promise<Userinfo> {
  const { endpoint, subject } = context
  const { status } = response
  if (status !== 200) {
    throw new ClientError('userinfo_refused', `userinfo endpoint answered with status ${status}: expected 200`, {
      endpoint,
      status,
    })
  }
  const claims = await readClaims(response, context)
  const { sub } = claims
  if (!isNonEmptyString(sub)) {
    throw new ClientError('userinfo_invalid', '"sub" (Subject) in the userinfo response is missing or no text', {
      endpoint,
      status,
      parameter: 'sub',
    })
  }
  if (subject !== undefined && sub !== subject) {
    const message = '"sub" (Subject) in the userinfo response mismatch: expected the person of the ID token'
    throw new ClientError('userinfo_subject_mismatch', message, { endpoint, status, parameter: 'sub' })
  }
  return { ...claims, sub }
}

/** @spec OIDC Core §5.3.2 */
async function readClaims(response: Response, { endpoint, protection }: UserinfoContext): Promise<JwtClaims> {
  const { status } = response
  const type = protection === undefined ? 'application/json' : 'application/jwt'
  if (mediaTypeOf(response.headers.get('content-type') ?? '') !== type) {
    throw new ClientError('userinfo_invalid', `userinfo response must be ${type}`, { endpoint, status })
  }
  const bytes = new Uint8Array(await response.arrayBuffer())
  if (protection !== undefined) return readProtectedUserinfo(new TextDecoder().decode(bytes), protection)
  try {
    return parseJsonObject(decodeUtf8(bytes))
  } catch (cause) {
    throw new ClientError('userinfo_invalid', 'userinfo response must be a JSON object in UTF-8', {
      endpoint,
      status,
      cause,
    })
  }
}
