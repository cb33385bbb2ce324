import { JoseError } from '../../../jose/errors.ts'
import { type JwtClaims, parseUnverifiedJwt, type UnverifiedJwt } from '../../../jose/jwt/index.ts'
import type { Seconds } from '../../../util/clock.ts'
import { OAuth2Error } from '../../errors.ts'
import type { ServerHandle } from '../context.ts'
import type { ClientRegistrationOptions, StatementIssuer } from './options.ts'

export interface SoftwareStatement {
  /** As it came. */
  readonly text: string
  readonly claims: JwtClaims
}

type Rules = NonNullable<ClientRegistrationOptions['softwareStatements']>

/**
 * Verifies what somebody who is trusted says about the software. Whoever signed it is looked up by `iss`, among those that
 * are trusted; the rest is believed only once the signature is theirs.
 *
 * @throws OAuth2Error `unapproved_software_statement`, `invalid_software_statement`
 * @spec RFC 7591 §2.3
 */
export async function verifySoftwareStatement(
  server: ServerHandle,
  { issuers, required }: Rules,
  statement: unknown,
  now: Seconds,
): Promise<SoftwareStatement | undefined> {
  if (statement === undefined && required !== true) return undefined
  if (typeof statement !== 'string') {
    throw statement === undefined
      ? unapproved('software_statement is missing', 'software_statement_missing')
      : invalid('software_statement must be a signed JWT')
  }
  const unverified = parse(statement)
  const issuer = issuers.find(({ issuer: name }) => name === unverified.unverifiedClaims.iss)
  if (issuer === undefined) {
    throw unapproved('software_statement is from nobody whose word counts here', 'software_statement_issuer_unknown')
  }
  return { text: statement, claims: await verify(server, issuer, unverified, now) }
}

function parse(statement: string): UnverifiedJwt {
  try {
    return parseUnverifiedJwt(statement)
  } catch (cause) {
    if (!(cause instanceof JoseError)) throw cause
    throw invalid('software_statement must be a signed JWT', cause)
  }
}

/** One that names an audience is for that audience; many name none. @spec RFC 7519 §4.1.3 */
async function verify(
  server: ServerHandle,
  { keys, algorithms, issuer }: StatementIssuer,
  unverified: UnverifiedJwt,
  now: Seconds,
): Promise<JwtClaims> {
  const audience = unverified.unverifiedClaims.aud === undefined ? {} : { audience: server.issuer }
  try {
    const { claims } = await unverified.verify(keys, { algorithms, issuer, clock: () => now * 1000, ...audience })
    return claims
  } catch (cause) {
    if (!(cause instanceof JoseError)) throw cause
    throw invalid('software_statement has a wrong signature, has expired or is not for this server', cause)
  }
}

function invalid(description: string, cause?: unknown): OAuth2Error {
  return new OAuth2Error('invalid_software_statement', description, { reason: 'software_statement_invalid', cause })
}

function unapproved(description: string, reason: string): OAuth2Error {
  return new OAuth2Error('unapproved_software_statement', description, { reason })
}
