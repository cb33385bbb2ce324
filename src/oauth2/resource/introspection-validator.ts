import { defaultTransport } from '../../http/default-transport.ts'
import type { Transport } from '../../http/fetch.ts'
import { asymmetricAlgorithms } from '../../jose/algorithms/accepted.ts'
import type { Clock, Seconds } from '../../util/clock.ts'
import { ConfigurationError } from '../../util/configuration-error.ts'
import { toSeconds } from '../../util/duration.ts'
import { createLogger } from '../../util/logger.ts'
import { OAuth2Error } from '../errors.ts'
import type { IntrospectionResponse } from '../introspection.ts'
import { readIntrospectionJwt } from '../introspection-jwt.ts'
import type { ResourceMetadata } from '../resource-metadata.ts'
import { type AccessToken, toAccessToken } from './access-token.ts'
import {
  findIntrospectionProblems,
  type IntrospectionValidatorOptions,
  type SignedAnswerOptions,
} from './introspection-options.ts'
import { askAbout, IntrospectionFailure, type ReadSignedAnswer } from './introspection-request.ts'
import { findIssuerKeys } from './issuer-keys.ts'
import { type IssuerMetadataOptions, IssuerUrl } from './issuer-metadata.ts'
import { cannotVerify } from './jwt-refusal.ts'
import { TokenCache } from './token-cache.ts'
import type { TokenValidator } from './token-validator.ts'

/**
 * Accepts tokens that their authorization server says are active, and for this resource: opaque ones, of any server that
 * can be asked.
 *
 * @example
 * new IntrospectionValidator({
 *   issuer: 'https://op.example',
 *   audience: 'https://api.example',
 *   authentication: clientSecretBasic('orders-api', secret),
 * })
 * @spec RFC 7662 §2.2
 */
export class IntrospectionValidator implements TokenValidator {
  readonly metadata: Partial<ResourceMetadata>
  readonly #options: IntrospectionValidatorOptions
  readonly #audience: readonly string[]
  readonly #leeway: Seconds
  readonly #clock: Clock
  readonly #transport: Transport
  readonly #findEndpoint: () => Promise<string> | string
  readonly #readSigned: ReadSignedAnswer | undefined
  readonly #cache: TokenCache<{ readonly token: AccessToken }> | undefined

  /** @throws ConfigurationError with every problem at once. */
  constructor(options: IntrospectionValidatorOptions) {
    const problems = findIntrospectionProblems(options)
    if (problems.length > 0) throw new ConfigurationError('IntrospectionValidator', problems)
    const { issuer, audience, leeway = 30, clock = Date.now, cache } = options
    this.#options = options
    this.#audience = [audience].flat()
    this.#leeway = toSeconds(leeway)
    this.#clock = clock
    this.#transport = options.transport ?? defaultTransport({ timeout: 5, maxBytes: 65_536 })
    const surroundings = { transport: this.#transport, clock, logger: createLogger(options.logger) }
    this.#findEndpoint = endpointOf(options, surroundings)
    this.#readSigned = options.signedAnswers && reader(options.signedAnswers, issuer ?? '', surroundings)
    this.#cache = cache && new TokenCache(cache, clock)
    this.metadata = issuer === undefined ? {} : { authorization_servers: [issuer] }
  }

  async validate(value: string): Promise<AccessToken> {
    if (this.#cache === undefined) return this.#ask(value)
    const { token } = await this.#cache.get(value, async () => ({ token: await this.#ask(value) }))
    return token
  }

  /** Forgets a token that was revoked, or all of them, where they are remembered. */
  async forget(value?: string): Promise<void> {
    await this.#cache?.forget(value)
  }

  /** @throws OAuth2Error */
  async #ask(value: string): Promise<AccessToken> {
    const { issuer, authentication } = this.#options
    const endpoint = await this.#locate()
    const response = await askAbout(
      value,
      { endpoint, issuer },
      authentication,
      this.#transport,
      this.#readSigned,
    ).catch((error: unknown) => {
      throw error instanceof IntrospectionFailure ? cannotVerify(error.reason, error) : error
    })
    if (response.active !== true) throw refuse('access token is unknown, has expired or was revoked', 'token_unknown')
    this.#check(response)
    return describe(response)
  }

  async #locate(): Promise<string> {
    try {
      return await this.#findEndpoint()
    } catch (cause) {
      throw cannotVerify('introspection_unavailable', cause)
    }
  }

  /** The server's word counts for what it says; that the token is for us, and now, is for us to see. @spec RFC 7662 §4 */
  #check({ iss, aud, exp, nbf }: IntrospectionResponse): void {
    const { issuer, allowMissingAudience } = this.#options
    const now = this.#clock() / 1000
    if (iss !== undefined && issuer !== undefined && iss !== issuer)
      throw refuse('access token is of another issuer', 'token_issuer')
    const isForUs =
      aud === undefined ? allowMissingAudience : [aud].flat().some((name) => this.#audience.includes(name))
    if (isForUs !== true) throw refuse('access token is for another resource', 'token_audience')
    if (exp !== undefined && !(now < exp + this.#leeway)) throw refuse('access token has expired', 'token_expired')
    if (nbf !== undefined && !(nbf <= now + this.#leeway))
      throw refuse('access token is not valid yet', 'token_not_yet_valid')
  }
}

function endpointOf(
  { issuer, introspectionEndpoint }: IntrospectionValidatorOptions,
  surroundings: IssuerMetadataOptions,
): () => Promise<string> | string {
  if (introspectionEndpoint !== undefined) return () => introspectionEndpoint
  const url = new IssuerUrl(issuer ?? '', 'introspection_endpoint', surroundings)
  return () => url.find()
}

/** @spec RFC 9701 §5 */
function reader(
  { clientId: audience, algorithms = asymmetricAlgorithms(), decryption, ...where }: SignedAnswerOptions,
  issuer: string,
  surroundings: IssuerMetadataOptions,
): ReadSignedAnswer {
  const keys = findIssuerKeys({ issuer, ...where }, surroundings)
  const expected = { issuer, audience, algorithms, clock: surroundings.clock, ...(decryption && { decryption }) }
  return (jwt) => readIntrospectionJwt(jwt, keys, expected)
}

function describe(response: IntrospectionResponse): AccessToken {
  const { active: _, token_type: tokenType, aud, ...claims } = response
  const token = toAccessToken({
    ...claims,
    ...(aud !== undefined && { aud: typeof aud === 'string' ? aud : [...aud] }),
  })
  return tokenType === undefined ? token : { ...token, tokenType }
}

function refuse(description: string, reason: string): OAuth2Error {
  return new OAuth2Error('invalid_token', description, { reason })
}
