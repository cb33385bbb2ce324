import { decodeUnverifiedJwt } from '../../../jose/jwt/index.ts'
import type { IntrospectionResponse } from '../../introspection.ts'
import type { AccessTokenRecord } from '../records.ts'
import { withoutReserved } from '../tokens/claims.ts'
import { isJwt } from '../tokens/jwt.ts'
import type { IntrospectedToken } from './token.ts'

/** What is said of a live token to somebody who may know. Members that say nothing are left out. @spec RFC 7662 §2.2 */
export function describeToken(
  token: IntrospectedToken,
  { issuer, scope, username }: { issuer: string; scope: string; username: string | undefined },
): IntrospectionResponse {
  const { record, client, grant } = token
  const { auth_time, acr } = grant?.authentication ?? {}
  const response: IntrospectionResponse = {
    active: true,
    iss: issuer,
    client_id: client.client_id,
    // A token that a client has for itself names the client as its subject (RFC 9068 §3).
    sub: record.subject ?? client.client_id,
    iat: record.created_at,
    nbf: record.created_at,
    exp: record.expires_at,
  }
  if (scope !== '') response.scope = scope
  if (username !== undefined) response.username = username
  if (auth_time !== undefined) response.auth_time = auth_time
  if (acr !== undefined) response.acr = acr
  if (record.cnf !== undefined) response.cnf = record.cnf
  if (token.kind === 'refresh_token') return response
  describeAccess(response, token.value, token.record)
  const { claims } = token.record
  // What the server itself says of a token is said by it alone, also where it has nothing to say.
  return claims === undefined ? response : { ...withoutReserved(claims), ...response }
}

function describeAccess(
  response: IntrospectionResponse,
  value: string,
  { id, cnf, audience = [], act }: AccessTokenRecord,
): void {
  const [only] = audience
  response.token_type = cnf?.jkt === undefined ? 'Bearer' : 'DPoP'
  response.jti = nameOf(value, id)
  if (only !== undefined) response.aud = audience.length === 1 ? only : audience
  if (act !== undefined) response.act = act
}

/** A JWT, which was verified when it was found, says its name itself; an opaque token has its hash. @spec RFC 7519 §4.1.7 */
function nameOf(value: string, id: string): string {
  return (isJwt(value) && decodeUnverifiedJwt(value).claims.jti) || id
}
