import { JoseError } from '../../../jose/errors.ts'
import type { AlgorithmName } from '../../../jose/jwk/index.ts'
import type { KeySet } from '../../../jose/jwks/index.ts'
import { type JwtClaims, signJwt, verifyJwt } from '../../../jose/jwt/index.ts'
import { isRecord } from '../../../util/assert.ts'
import type { JsonObject } from '../../../util/json.ts'
import type { Actor, Confirmation } from '../../token-claims.ts'
import type { RequestContext } from '../context.ts'
import type { AccessTokenRecord, GrantRecord } from '../records.ts'
import { withoutReserved } from './claims.ts'
import { accessTokenAlgorithms, defaultAlgorithmOf, findAccessTokenKey } from './signing-key.ts'
import { jwtTokenId } from './token-id.ts'

const TYPE = 'at+jwt'

/** What an access token is made of that describes itself. */
export interface SelfDescription {
  readonly issuer: string
  readonly keys: KeySet
  /** Absent: as the key says. */
  readonly algorithm: AlgorithmName | undefined
  /** What the record's id is made from. */
  readonly jti: string
  readonly record: AccessTokenRecord
  readonly grant: GrantRecord | undefined
}

/**
 * Signs an access token that describes itself. The family it belongs to goes in as `grant_id`, so that resource servers
 * can be told that it ended.
 *
 * @spec RFC 9068 §2.2
 */
export async function signAccessToken(token: SelfDescription): Promise<string> {
  const key = findAccessTokenKey(token.keys, token.algorithm)
  if (key === undefined)
    throw new TypeError('"keys" holds no private asymmetric key to sign this JWT access token with')
  return signJwt(describe(token), key, { typ: TYPE, alg: token.algorithm ?? defaultAlgorithmOf(key) })
}

function describe({ issuer, jti, record, grant }: SelfDescription): JwtClaims {
  const { scope, act, cnf } = record
  const { auth_time, acr, amr } = grant?.authentication ?? {}
  const [only, ...others] = record.audience ?? [issuer]
  return {
    // First, so that none of them can stand for one that is registered.
    ...record.claims,
    iss: issuer,
    aud: only !== undefined && others.length === 0 ? only : [...(record.audience ?? [])],
    // A token that a client has for itself names the client as its subject.
    sub: record.subject ?? record.client_id,
    client_id: record.client_id,
    jti,
    iat: record.created_at,
    exp: record.expires_at,
    ...(scope !== '' && { scope }),
    ...(grant !== undefined && { grant_id: grant.id }),
    ...(auth_time !== undefined && { auth_time, acr, amr }),
    ...(act !== undefined && { act }),
    ...(cnf !== undefined && { cnf }),
  }
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
      algorithms: accessTokenAlgorithms(server.keys),
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
  const { client_id, scope, grant_id, act, cnf } = claims
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
  // We signed them ourselves: they have the form that we gave them.
  if (isRecord(act)) record.act = act as Actor
  if (isRecord(cnf)) record.cnf = cnf as Confirmation
  const others = withoutReserved(claims) as JsonObject
  if (Object.keys(others).length > 0) record.claims = others
  return record
}
