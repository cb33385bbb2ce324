import { defaultTransport } from '../../http/default-transport.ts'
import type { Transport } from '../../http/fetch.ts'
import { checkIssuer } from '../../http/url.ts'
import { asymmetricAlgorithms, isListOfAlgorithms } from '../../jose/algorithms/accepted.ts'
import { JoseError } from '../../jose/errors.ts'
import type { Key } from '../../jose/jwk/index.ts'
import type { KeySource } from '../../jose/jwks/index.ts'
import { parseUnverifiedJwt, type VerifyJwtOptions, verifyJwt } from '../../jose/jwt/index.ts'
import type { Clock } from '../../util/clock.ts'
import { ConfigurationError } from '../../util/configuration-error.ts'
import { type Duration, isDuration } from '../../util/duration.ts'
import { createLogger, type Logger } from '../../util/logger.ts'
import type { ResourceMetadata } from '../resource-metadata.ts'
import { type AccessToken, toAccessToken } from './access-token.ts'
import { findIssuerKeyProblems, findIssuerKeys, type IssuerKeyOptions } from './issuer-keys.ts'
import { toTokenRefusal } from './jwt-refusal.ts'
import { findTokenCacheProblems, TokenCache, type TokenCacheOptions } from './token-cache.ts'
import type { TokenValidator } from './token-validator.ts'

export interface JwtValidatorOptions extends IssuerKeyOptions {
  /** The authorization server whose tokens are accepted, as it names itself. */
  readonly issuer: string
  /** This resource, as tokens name it; one of several names is enough. */
  readonly audience: string | readonly string[]
  /** Default: all that need no shared secret. */
  readonly algorithms?: readonly string[]
  /** How far the issuer's clock may be from ours. Default 30 s. */
  readonly leeway?: Duration
  /**
   * Remembers tokens whose signature was good, so that the next request with one costs no cryptography. What is remembered
   * is dropped when the issuer takes the key away. Default: nothing is.
   */
  readonly cache?: TokenCacheOptions
  readonly transport?: Transport
  readonly clock?: Clock
  readonly logger?: Logger
}

/** A token that was verified, and the key that it was verified with. */
interface VerifiedToken {
  readonly token: AccessToken
  readonly alg: string
  readonly key: Key
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
  readonly metadata: Partial<ResourceMetadata>
  readonly #issuer: string
  readonly #keys: KeySource
  readonly #expected: VerifyJwtOptions
  readonly #cache: TokenCache<VerifiedToken> | undefined

  /** @throws ConfigurationError with every problem at once. */
  constructor(options: JwtValidatorOptions) {
    const problems = findProblems(options)
    if (problems.length > 0) throw new ConfigurationError('JwtValidator', problems)
    const { transport = defaultTransport(), clock = Date.now, logger, cache } = options
    this.#keys = findIssuerKeys(options, { transport, clock, logger: createLogger(logger) })
    const { issuer, audience, algorithms = asymmetricAlgorithms(this.#keys.registry), leeway = 30 } = options
    this.#issuer = issuer
    this.#expected = { issuer, audience, algorithms, leeway, clock, typ: 'at+jwt', required: REQUIRED }
    this.#cache = cache && new TokenCache(cache, clock)
    this.metadata = { authorization_servers: [issuer] }
  }

  /** Whether it says that it is a JWT of this issuer. What is not true of it, `validate` finds out. */
  recognizes(token: string): boolean {
    try {
      return parseUnverifiedJwt(token).unverifiedClaims.iss === this.#issuer
    } catch {
      return false
    }
  }

  async validate(value: string): Promise<AccessToken> {
    try {
      const verified = await (this.#cache === undefined
        ? this.#verify(value)
        : this.#cache.get(
            value,
            () => this.#verify(value),
            (remembered) => this.#isStillGood(remembered),
          ))
      return verified.token
    } catch (error) {
      throw error instanceof JoseError ? toTokenRefusal(error) : error
    }
  }

  /** Forgets a token that was revoked, or all of them, where they are remembered. */
  async forget(value?: string): Promise<void> {
    await this.#cache?.forget(value)
  }

  async #verify(value: string): Promise<VerifiedToken> {
    const { claims, header, key } = await verifyJwt(value, this.#keys, this.#expected)
    return { token: toAccessToken(claims), alg: header.alg, key }
  }

  /** A key that was taken away, or fetched anew, takes what it signed with it. */
  async #isStillGood({ alg, key }: VerifiedToken): Promise<boolean> {
    const { kid } = key
    const current = await this.#keys.select({ alg, ...(kid !== undefined && { kid }) })
    return current.includes(key)
  }
}

function findProblems({ issuer, audience, algorithms, leeway, cache, ...options }: JwtValidatorOptions): string[] {
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
  return [...problems, ...findIssuerKeyProblems(options), ...findTokenCacheProblems(cache)]
}
