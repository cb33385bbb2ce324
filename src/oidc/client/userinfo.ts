import { mediaTypeOf } from '../../http/body.ts'
import { ClientError } from '../../oauth2/client/errors.ts'
import { isNonEmptyString } from '../../util/assert.ts'
import { decodeUtf8 } from '../../util/bytes.ts'
import { type JsonObject, parseJsonObject } from '../../util/json.ts'
import type { UserClaims } from '../claims.ts'

/** What the userinfo endpoint says about somebody. */
export type Userinfo = UserClaims & { sub: string }

export interface UserinfoContext {
  readonly endpoint: string
  /** Who logged in, where an ID token said so. */
  readonly subject?: string | undefined
}

/**
 * Reads the answer of the userinfo endpoint. It must be about the person that the ID token named: an access token of
 * somebody else could have been slipped in.
 *
 * @throws ClientError `userinfo_refused`, `userinfo_invalid`, `userinfo_subject_mismatch`
 * @spec OIDC Core §5.3.2
 */
export async function readUserinfo(response: Response, { endpoint, subject }: UserinfoContext): Promise<Userinfo> {
  const { status } = response
  if (status !== 200) {
    throw new ClientError('userinfo_refused', `userinfo endpoint answered with status ${status}: expected 200`, {
      endpoint,
      status,
    })
  }
  const claims = await readClaims(response, endpoint)
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
async function readClaims(response: Response, endpoint: string): Promise<JsonObject> {
  const { status } = response
  if (mediaTypeOf(response.headers.get('content-type') ?? '') !== 'application/json') {
    throw new ClientError('userinfo_invalid', 'userinfo response must be application/json', { endpoint, status })
  }
  try {
    return parseJsonObject(decodeUtf8(new Uint8Array(await response.arrayBuffer())))
  } catch (cause) {
    throw new ClientError('userinfo_invalid', 'userinfo response must be a JSON object in UTF-8', {
      endpoint,
      status,
      cause,
    })
  }
}
