import { JoseError } from '../../../jose/errors.ts'
import type { KeySet } from '../../../jose/jwks/index.ts'
import { decodeUnverifiedJwt, type JwtClaims, type VerifyJwtOptions, verifyJwt } from '../../../jose/jwt/index.ts'
import { isNonEmptyString } from '../../../util/assert.ts'
import type { Seconds } from '../../../util/clock.ts'
import { AssertionError, verifyAssertion } from '../../assertion.ts'
import { OAuth2Error } from '../../errors.ts'
import type { TokenContext } from '../context.ts'
import type { AccessTokenRecord } from '../records.ts'
import type { TokenStore } from '../store.ts'
import { findAccessToken } from '../tokens/find-access-token.ts'
import { isJwt } from '../tokens/jwt.ts'
import { audienceOf, type KnownIssuer, mayPresent, type TrustedIssuers } from '../trusted-issuers.ts'
import { readActor } from './actor.ts'
import { type ExchangedToken, TOKEN_TYPES } from './exchanged-token.ts'

type Context = TokenContext<TokenStore>

/** What is needed to tell a good token from a bad one. */
export interface TokenReader {
  readonly issuers: TrustedIssuers
  readonly leeway: Seconds
}

/** Which parameter the token came in. */
export type TokenRole = 'subject_token' | 'actor_token'

/**
 * Reads a token that was presented for exchange: it has to be good in every way that a resource server would ask for.
 *
 * @throws OAuth2Error `invalid_request`: that is what this grant answers to tokens that are not.
 * @spec RFC 8693 §2.1
 * @spec RFC 8693 §2.2.2
 */
export async function readToken(
  context: Context,
  role: TokenRole,
  token: string,
  type: string,
  reader: TokenReader,
): Promise<ExchangedToken> {
  if (type === TOKEN_TYPES.accessToken) return readAccessToken(context, role, token)
  if (type === TOKEN_TYPES.idToken) return readIdToken(context, role, token)
  if (type === TOKEN_TYPES.jwt) return readJwt(context, role, token, reader)
  throw new OAuth2Error('invalid_request', `${role}_type is not one that this server takes`, {
    reason: 'exchange_token_type_unsupported',
  })
}

async function readAccessToken(context: Context, role: TokenRole, token: string): Promise<ExchangedToken> {
  const record = await findAccessToken(context, token)
  if (record !== undefined) return describeAccessToken(token, record, context.server.issuer)
  throw new OAuth2Error('invalid_request', `${role} is unknown, has expired or was revoked`, {
    reason: 'exchange_token_ended',
  })
}

/** Of a token that describes itself, what it says counts: not all of it need be in the record. */
function describeAccessToken(token: string, record: AccessTokenRecord, issuer: string): ExchangedToken {
  const { subject, client_id: clientId, scope, audience = [], expires_at: expiresAt, cnf, grant_id: grantId } = record
  const claims: JwtClaims = isJwt(token) ? decodeUnverifiedJwt(token).claims : { ...record.claims }
  const act = record.act ?? readActor(claims['act'])
  return {
    type: TOKEN_TYPES.accessToken,
    issuer,
    ...(subject === undefined ? {} : { subject }),
    clientId,
    scope,
    audience,
    expiresAt,
    ...(act === undefined ? {} : { act }),
    ...(cnf === undefined ? {} : { cnf }),
    ...(grantId === undefined ? {} : { grantId }),
    claims,
  }
}

/** An ID token is for the client that it names: nobody else may exchange it. @spec OIDC Core §3.1.3.7 */
async function readIdToken({ server, client, now }: Context, role: TokenRole, token: string): Promise<ExchangedToken> {
  const { keys, issuer } = server
  const claims = await verifyOwn(token, keys, {
    issuer,
    audience: client.client_id,
    required: ['exp', 'sub'],
    clock: () => now * 1000,
  })
  if (claims?.sub === undefined || claims.exp === undefined) {
    throw new OAuth2Error('invalid_request', `${role} is not a live ID token that this server issued to the client`, {
      reason: 'exchange_id_token_invalid',
    })
  }
  return {
    type: TOKEN_TYPES.idToken,
    issuer,
    subject: claims.sub,
    clientId: client.client_id,
    audience: [client.client_id],
    expiresAt: claims.exp,
    claims,
  }
}

async function verifyOwn(token: string, keys: KeySet, expected: VerifyJwtOptions): Promise<JwtClaims | undefined> {
  // An RSA key that names no algorithm signs with the one that everybody knows.
  const algorithms = keys.keys.flatMap(({ kty, defaultAlgorithm }) =>
    kty === 'oct' ? [] : [defaultAlgorithm ?? 'RS256'],
  )
  try {
    return (await verifyJwt(token, keys, { ...expected, algorithms })).claims
  } catch (error) {
    if (error instanceof JoseError) return undefined
    throw error
  }
}

/** A JWT of somebody whom the server trusts. It may come again: who has it can exchange it until it expires. */
async function readJwt(context: Context, role: TokenRole, token: string, reader: TokenReader): Promise<ExchangedToken> {
  const issuer = reader.issuers.find(token)
  if (issuer === undefined || !mayPresent(issuer, context.client)) {
    throw new OAuth2Error('invalid_request', `${role} is not a JWT of an issuer that this client may present`, {
      reason: 'exchange_issuer_unknown',
    })
  }
  const claims = await verifyForeign(context, role, token, issuer, reader.leeway)
  const subject = await issuer.subject(claims, context.client)
  if (!isNonEmptyString(subject) || claims.exp === undefined) {
    throw new OAuth2Error('invalid_request', `${role} is about nobody that this server knows`, {
      reason: 'exchange_subject_unknown',
    })
  }
  const act = readActor(claims['act'], issuer.issuer)
  return {
    type: TOKEN_TYPES.jwt,
    issuer: issuer.issuer,
    subject,
    ...(issuer.scope === undefined ? {} : { scope: issuer.scope }),
    audience: audienceOf(issuer, context.server.issuer),
    expiresAt: claims.exp,
    ...(act === undefined ? {} : { act }),
    claims,
  }
}

async function verifyForeign(
  { server, now }: Context,
  role: TokenRole,
  token: string,
  issuer: KnownIssuer,
  leeway: Seconds,
): Promise<JwtClaims> {
  try {
    return await verifyAssertion(token, {
      purpose: 'token_exchange',
      keys: issuer.keys,
      algorithms: issuer.algorithms,
      issuer: issuer.issuer,
      audience: audienceOf(issuer, server.issuer),
      types: ['at+jwt'],
      required: ['sub', 'exp'],
      maxLifetime: Number.POSITIVE_INFINITY,
      leeway,
      now,
      rememberOnce: false,
    })
  } catch (error) {
    throw error instanceof AssertionError ? toRefusal(role, error) : error
  }
}

/** Keys that cannot be had are not the token's fault. */
function toRefusal(role: TokenRole, error: AssertionError): OAuth2Error {
  const { problem } = error
  return problem === 'keys_unavailable'
    ? new OAuth2Error('temporarily_unavailable', "the issuer's keys cannot be had now", {
        reason: 'exchange_token_keys_unavailable',
        cause: error,
        retryAfter: 5,
      })
    : new OAuth2Error('invalid_request', `${role}: ${error.message}`, {
        reason: `exchange_token_${problem}`,
        cause: error,
      })
}
