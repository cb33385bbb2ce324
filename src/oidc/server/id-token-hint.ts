import { JoseError } from '../../jose/errors.ts'
import type { KeySet } from '../../jose/jwks/index.ts'
import { verifyCompact } from '../../jose/jws/index.ts'
import type { ServerHandle } from '../../oauth2/server/index.ts'
import { decodeUtf8 } from '../../util/bytes.ts'
import type { JsonObject, JsonValue } from '../../util/json.ts'
import { parseJsonObject } from '../../util/json.ts'
import { verifyingAlgorithms } from './signing-algorithms.ts'

/** What an ID token that comes back to us tells: who was signed in, at which client. */
export interface IdTokenHint {
  readonly subject: string
  readonly audience: readonly string[]
  /** The session at which it was issued, if there was one. */
  readonly session: string | undefined
}

/**
 * Reads an ID token that a client hands back as a hint; nothing unless it is ours, unchanged and an ID token. That it has
 * expired does not matter: it says who the person was, it does not prove that they are there.
 *
 * @spec OIDC Core §3.1.2.1
 * @spec OIDC RP-Initiated Logout §2
 */
export async function readIdTokenHint(server: ServerHandle, token: string): Promise<IdTokenHint | undefined> {
  const claims = await verifySignature(token, server.keys)
  const subject = claims?.['sub']
  if (claims === undefined || claims['iss'] !== server.issuer || typeof subject !== 'string') return undefined
  const audience = toStrings(claims['aud'])
  const session = typeof claims['sid'] === 'string' ? claims['sid'] : undefined
  return audience.length === 0 ? undefined : { subject, audience, session }
}

async function verifySignature(token: string, keys: KeySet): Promise<JsonObject | undefined> {
  try {
    const { payload, header } = await verifyCompact(token, keys, { algorithms: verifyingAlgorithms(keys) })
    // Access tokens are signed with the same keys and have the same claims: their type tells them apart (RFC 9068 §2.1).
    return header.typ === undefined || header.typ === 'JWT' ? parseJsonObject(decodeUtf8(payload)) : undefined
  } catch (error) {
    if (error instanceof JoseError || error instanceof SyntaxError) return undefined
    throw error
  }
}

function toStrings(value: JsonValue | undefined): readonly string[] {
  const list = Array.isArray(value) ? value : [value]
  return list.filter((item) => typeof item === 'string')
}
