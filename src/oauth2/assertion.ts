import { sha256Base64url } from '../crypto/hash.ts'
import { JoseError, type JoseErrorCode } from '../jose/errors.ts'
import type { AlgorithmName, Key } from '../jose/jwk/index.ts'
import type { KeySource } from '../jose/jwks/index.ts'
import { type JwtClaims, parseUnverifiedJwt } from '../jose/jwt/index.ts'
import type { Awaitable } from '../util/awaitable.ts'
import type { Seconds } from '../util/clock.ts'

/**
 * What was wrong with an assertion. Whoever asked for one puts the name of the parameter before it:
 * `client_assertion_aud`. The names of claims stand for claims that are missing, malformed or of another value.
 */
export type AssertionProblem =
  | 'malformed'
  | 'type'
  | 'algorithm'
  | 'key'
  | 'keys_unavailable'
  | 'signature'
  | 'iss'
  | 'sub'
  | 'aud'
  | 'exp'
  | 'nbf'
  | 'iat'
  | 'jti'
  | 'claims'
  | 'expired'
  | 'not_yet_valid'
  | 'lifetime'
  | 'replayed'

/** An assertion that was refused. The message names what was expected and repeats nothing that was received. */
export class AssertionError extends Error {
  override readonly name: string = 'AssertionError'
  readonly problem: AssertionProblem

  constructor(problem: AssertionProblem, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.problem = problem
  }
}

/**
 * What a JWT has to meet that a peer signed to be believed: client assertions, assertion grants, request objects,
 * software statements. The members that are not optional are the checks that nobody may forget.
 */
export interface AssertionRules {
  /** What it is used for; the same `jti` may be used once for each. */
  readonly purpose: string
  /** The keys of the one who is supposed to have signed it. */
  readonly keys: Key | KeySource
  /** From the registration of whoever signs, never from the token. @spec RFC 8725 §3.1 */
  readonly algorithms: readonly AlgorithmName[]
  readonly issuer: string
  readonly subject?: string
  /** Our own names. Whoever else is named in `aud` could present the assertion here: then it is refused. */
  readonly audience: readonly string[]
  /** The explicit types that it may have (`typ`). `JWT`, or none, is accepted too unless `requireType` says otherwise. */
  readonly types: readonly string[]
  readonly requireType?: boolean
  /** Claims that must be there besides `iss`, `aud` and `exp`. */
  readonly required?: readonly string[]
  /**
   * How long it may live, from `iat` to `exp`. `Infinity` takes one that never expires: not with `rememberOnce`, since no
   * store can remember for ever.
   */
  readonly maxLifetime: Seconds
  /** How far clocks may be apart. */
  readonly leeway: Seconds
  readonly now: Seconds
  /** Remembers the `jti`, which then must be there; `false` where an assertion may be presented again. */
  readonly rememberOnce: ((key: string, expiresAt: Seconds) => Awaitable<boolean>) | false
}

/**
 * Verifies an assertion: form, type, algorithm, signature, who it is from and about, that it is meant for us alone, its
 * times, and that it comes for the first time. The order is part of it: nothing is remembered of what was not signed.
 *
 * @throws AssertionError
 * @spec RFC 7523 §3
 * @spec RFC 7521 §5.2
 */
export async function verifyAssertion(jwt: string, rules: AssertionRules): Promise<JwtClaims> {
  const claims = await verifySignature(jwt, rules).catch((error: unknown) => {
    throw error instanceof JoseError ? toAssertionError(error) : error
  })
  checkAudience(claims, rules.audience)
  checkLifetime(claims, rules)
  await checkFirstUse(claims, rules)
  return claims
}

async function verifySignature(jwt: string, rules: AssertionRules): Promise<JwtClaims> {
  const unverified = parseUnverifiedJwt(jwt)
  const { claims } = await unverified.verify(rules.keys, {
    algorithms: rules.algorithms,
    typ: expectedTypes(rules, unverified.unverifiedHeader.typ),
    issuer: rules.issuer,
    ...(rules.subject === undefined ? {} : { subject: rules.subject }),
    required: requiredClaims(rules),
    leeway: rules.leeway,
    clock: () => rules.now * 1000,
  })
  return claims
}

/** What is remembered has to be forgotten some time: with `jti` goes `exp`. */
function requiredClaims({ maxLifetime, rememberOnce, required = [] }: AssertionRules): string[] {
  const once = rememberOnce === false ? [] : ['jti', 'exp']
  return ['aud', ...(maxLifetime === Number.POSITIVE_INFINITY ? [] : ['exp']), ...once, ...required]
}

/** A JWT that says it is something else is not taken for an assertion. @spec RFC 8725 §3.11 */
function expectedTypes({ types, requireType = false }: AssertionRules, typ: string | undefined): string[] | false {
  if (requireType) return [...types]
  return typ === undefined ? false : ['JWT', ...types]
}

/**
 * Every audience must be ourselves: a list with others in it was made by somebody who was led to believe that they are the
 * same as us (CVE-2025-27370, CVE-2025-27371).
 *
 * @spec RFC 7523 §3
 */
function checkAudience({ aud = [] }: JwtClaims, audience: readonly string[]): void {
  const named = typeof aud === 'string' ? [aud] : aud
  if (named.length > 0 && named.every((name) => audience.includes(name))) return
  throw new AssertionError('aud', '"aud" (Audience) claim mismatch: expected the issuer of this server and nobody else')
}

/** What lives long has to be remembered long, and is worth stealing. @spec RFC 7523 §3 */
function checkLifetime({ exp, iat }: JwtClaims, { maxLifetime, now, leeway }: AssertionRules): void {
  if (exp === undefined || exp - Math.min(iat ?? now, now) <= maxLifetime + leeway) return
  throw new AssertionError('lifetime', '"exp" (Expiration Time) claim is too far ahead: the assertion lives too long')
}

/** @spec RFC 7523 §3 */
async function checkFirstUse(claims: JwtClaims, { purpose, rememberOnce, now, leeway }: AssertionRules): Promise<void> {
  if (rememberOnce === false) return
  const { iss = '', jti = '', exp = now } = claims
  const key = `${purpose}:${await sha256Base64url(`${iss}\0${jti}`)}`
  // A second longer than it is accepted: stores drop what expires now.
  if (await rememberOnce(key, Math.ceil(exp) + leeway + 1)) return
  throw new AssertionError('replayed', '"jti" (JWT ID) claim was used before: each assertion is accepted once')
}

const PROBLEMS: Partial<Record<JoseErrorCode, AssertionProblem>> = {
  type_mismatch: 'type',
  algorithm_missing: 'algorithm',
  algorithm_unsupported: 'algorithm',
  algorithm_not_allowed: 'algorithm',
  jwks_invalid: 'keys_unavailable',
  jwks_unavailable: 'keys_unavailable',
  signature_invalid: 'signature',
  token_expired: 'expired',
  token_not_yet_valid: 'not_yet_valid',
}

const CLAIMS = ['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti'] as const

function toAssertionError(error: JoseError): AssertionError {
  return new AssertionError(problemOf(error), error.message, error)
}

function problemOf({ code, claim }: JoseError): AssertionProblem {
  const problem = PROBLEMS[code]
  if (problem !== undefined) return problem
  if (claim !== undefined) return CLAIMS.find((name) => name === claim) ?? 'claims'
  return code.startsWith('key_') ? 'key' : 'malformed'
}
