import { outgoingFetch, type Transport } from '../../http/fetch.ts'
import { checkIssuer, isHttpsOrLoopback, parseUrl } from '../../http/url.ts'
import { type SignatureRegistry, standardSignatureRegistry } from '../../jose/algorithms/signatures.ts'
import { JoseError } from '../../jose/errors.ts'
import { KeySet, type KeySource } from '../../jose/jwks/index.ts'
import { type JwtClaims, type VerifyJwtOptions, verifyJwt } from '../../jose/jwt/index.ts'
import type { Clock } from '../../util/clock.ts'
import { ConfigurationError } from '../../util/configuration-error.ts'
import { type Duration, toSeconds } from '../../util/duration.ts'
import { createLogger, type Logger } from '../../util/logger.ts'
import { OAuth2Error } from '../errors.ts'
import { parseScope } from '../scope.ts'
import type { AccessToken } from './access-token.ts'
import { IssuerKeys } from './issuer-keys.ts'
import type { TokenValidator } from './token-validator.ts'

export interface JwtValidatorOptions {
  /** The authorization server whose tokens are accepted, as it names itself. */
  readonly issuer: string
  /** This resource, as tokens name it; one of several names is enough. */
  readonly audience: string | readonly string[]
  /** Where the issuer's keys are. Absent: its metadata say so. */
  readonly jwksUri?: string
  /** The issuer's keys themselves, where they are known. */
  readonly keys?: KeySource
  /** Default: all that need no shared secret. */
  readonly algorithms?: readonly string[]
  /** How far the issuer's clock may be from ours. Default 30 s. */
  readonly leeway?: Duration
  readonly transport?: Transport
  readonly clock?: Clock
  readonly logger?: Logger
}

/** What every access token must say. @spec RFC 9068 §2.2 */
const REQUIRED = ['iss', 'exp', 'aud', 'sub', 'client_id', 'iat', 'jti'] as const

/**
 * Accepts JWT access tokens of one issuer, without asking it about each.
 *
 * @example
 * new JwtValidator({ issuer: 'https://op.example', audience: 'https://api.example' })
 * @spec RFC 9068 §4
 */
export class JwtValidator implements TokenValidator {
  readonly #keys: KeySource
  readonly #expected: VerifyJwtOptions

  /** @throws ConfigurationError with every problem at once. */
  constructor(options: JwtValidatorOptions) {
    const problems = findProblems(options)
    if (problems.length > 0) throw new ConfigurationError('JwtValidator', problems)
    this.#keys = findKeys(options)
    const { registry } = this.#keys
    const { issuer, audience, algorithms = asymmetricAlgorithms(registry), leeway = 30, clock = Date.now } = options
    this.#expected = { issuer, audience, algorithms, leeway, clock, typ: 'at+jwt', required: REQUIRED }
  }

  async validate(token: string): Promise<AccessToken> {
    try {
      const { claims } = await verifyJwt(token, this.#keys, this.#expected)
      return toAccessToken(claims)
    } catch (error) {
      throw error instanceof JoseError ? toRefusal(error) : error
    }
  }
}

function findProblems({ issuer, audience, algorithms, leeway, ...options }: JwtValidatorOptions): string[] {
  const problems: string[] = []
  const issuerProblem = checkIssuer(issuer)
  if (issuerProblem !== undefined) problems.push(`"issuer" ${issuerProblem}`)
  // Without it every token of the issuer would do, whichever API it was meant for.
  if (!audience || audience.length === 0)
    problems.push('"audience" is missing: expected the name of this API in its tokens')
  if (algorithms !== undefined && !isListOfAlgorithms(algorithms, options.keys?.registry))
    problems.push('"algorithms" must name at least one signature algorithm, such as "ES256", and none that is unknown')
  if (leeway !== undefined && !isDuration(leeway))
    problems.push('"leeway" must be a whole number of seconds or a text such as "30s"')
  return [...problems, ...findKeyProblems(options)]
}

function findKeyProblems({ jwksUri, keys }: Pick<JwtValidatorOptions, 'jwksUri' | 'keys'>): string[] {
  if (jwksUri === undefined) return []
  const problems: string[] = []
  const url = parseUrl(jwksUri)
  if (url === undefined || !isHttpsOrLoopback(url))
    problems.push('"jwksUri" must be https, or http on a loopback address')
  if (keys !== undefined) problems.push('"jwksUri" and "keys" are both given: expected one of them')
  return problems
}

function isListOfAlgorithms(names: readonly string[], registry = standardSignatureRegistry()): boolean {
  return names.length > 0 && names.every((name) => registry.algorithms[name] !== undefined)
}

function isDuration(value: Duration): boolean {
  try {
    toSeconds(value)
    return true
  } catch {
    return false
  }
}

function findKeys({ issuer, jwksUri, keys, ...options }: JwtValidatorOptions): KeySource {
  const { transport = outgoingFetch(), clock = Date.now } = options
  const logger = createLogger(options.logger)
  if (keys !== undefined) return keys
  if (jwksUri !== undefined) return KeySet.remote(jwksUri, { transport, clock, logger })
  return new IssuerKeys(issuer, { transport, clock, logger })
}

function asymmetricAlgorithms({ algorithms }: SignatureRegistry): string[] {
  return Object.values(algorithms).flatMap(({ name, kty }) => (kty === 'oct' ? [] : [name]))
}

function toAccessToken(claims: JwtClaims): AccessToken {
  const { sub, exp, client_id: clientId, scope } = claims
  if (sub === undefined || exp === undefined || typeof clientId !== 'string')
    throw malformed('client_id', 'Client Identifier')
  // @spec RFC 9068 §2.2.3
  if (scope !== undefined && typeof scope !== 'string') throw malformed('scope', 'Scope')
  return { subject: sub, clientId, scopes: parseScope(scope), expiresAt: exp, claims }
}

function malformed(claim: string, meaning: string): OAuth2Error {
  return new OAuth2Error('invalid_token', `"${claim}" (${meaning}) claim invalid: expected a string`)
}

/** Keys that cannot be had are not the token's fault. @spec RFC 6750 §3.1 */
function toRefusal(error: JoseError): OAuth2Error {
  return error.code === 'jwks_unavailable' || error.code === 'jwks_invalid'
    ? new OAuth2Error('temporarily_unavailable', 'access token cannot be verified now', { cause: error, retryAfter: 5 })
    : new OAuth2Error('invalid_token', error.message, { cause: error })
}
