import { JoseError } from '../../../jose/errors.ts'
import type { Key } from '../../../jose/jwk/key.ts'
import type { KeySet } from '../../../jose/jwks/index.ts'
import { type JwtClaims, signJwt, verifyJwt } from '../../../jose/jwt/index.ts'
import type { RequestContext } from '../context.ts'
import type { AccessTokenRecord, GrantRecord } from '../records.ts'
import { jwtTokenId } from './token-id.ts'

const TYPE = 'at+jwt'

/** The key that access tokens are signed with: resource servers verify them, so a shared secret is none. @spec RFC 9068 §2.1 */
export function findAccessTokenKey({ keys }: KeySet): Key | undefined {
  return keys.find(({ kty, isPrivate, use }) => kty !== 'oct' && isPrivate && use !== 'enc')
}

/**
 * Signs an access token that describes itself. The family it belongs to goes in as `grant_id`, so that resource servers
 * can be told that it ended.
 *
 * @param jti what the record's id is made from.
 * @spec RFC 9068 §2.2
 */
export async function signAccessToken(
  issuer: string,
  key: Key | undefined,
  jti: string,
  record: AccessTokenRecord,
  grant: GrantRecord | undefined,
): Promise<string> {
  if (key === undefined) throw new TypeError('"keys" holds no private asymmetric key to sign JWT access tokens with')
  const { auth_time, acr, amr } = grant?.authentication ?? {}
  const [only, ...others] = record.audience ?? [issuer]
  const claims: JwtClaims = {
    iss: issuer,
    aud: only !== undefined && others.length === 0 ? only : [...(record.audience ?? [])],
    // A token that a client has for itself names the client as its subject.
    sub: record.subject ?? record.client_id,
    client_id: record.client_id,
    jti,
    iat: record.created_at,
    exp: record.expires_at,
  }
  if (record.scope !== '') claims['scope'] = record.scope
  if (grant !== undefined) claims['grant_id'] = grant.id
  if (auth_time !== undefined) Object.assign(claims, { auth_time, acr, amr })
  return signJwt(claims, key, { typ: TYPE, alg: algorithmOf(key) })
}

/** Whether a token has the form of a JWT. Opaque ones have no dots. */
export function isJwt(token: string): boolean {
  return token.includes('.')
}

/**
 * What a JWT access token of ours says about itself, with the id under which it is kept if it belongs to a family; nothing
 * when it is not ours or has expired. A family's token still has to be looked up: it may have been revoked.
 *
 * @spec RFC 9068 §4
 */
export async function readAccessToken(
  { server, now }: Pick<RequestContext, 'server' | 'now'>,
  token: string,
): Promise<AccessTokenRecord | undefined> {
  try {
    const { claims } = await verifyJwt(token, server.keys, {
      typ: TYPE,
      algorithms: ownAlgorithms(server.keys),
      issuer: server.issuer,
      required: ['exp', 'aud', 'sub', 'client_id', 'jti'],
      clock: () => now * 1000,
    })
    return await toRecord(claims)
  } catch (error) {
    if (error instanceof JoseError) return undefined
    throw error
  }
}

async function toRecord(claims: JwtClaims): Promise<AccessTokenRecord> {
  const { jti = '', iat = 0, exp = 0, sub = '', aud = [] } = claims
  const { client_id, scope, grant_id } = claims
  const record: AccessTokenRecord = {
    id: await jwtTokenId(jti),
    client_id: String(client_id),
    scope: typeof scope === 'string' ? scope : '',
    audience: typeof aud === 'string' ? [aud] : aud,
    created_at: iat,
    expires_at: exp,
  }
  // A token that a client has for itself names the client as its subject.
  if (sub !== client_id) record.subject = sub
  if (typeof grant_id === 'string') record.grant_id = grant_id
  return record
}

function ownAlgorithms({ keys }: KeySet): string[] {
  return keys.filter(({ kty }) => kty !== 'oct').map(algorithmOf)
}

/** An RSA key fits several; RS256 is the one that every resource server has to know. @spec RFC 9068 §2.1 */
function algorithmOf({ defaultAlgorithm }: Key): string {
  return defaultAlgorithm ?? 'RS256'
}
