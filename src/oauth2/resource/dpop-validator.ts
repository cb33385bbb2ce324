import type { HttpRequest } from '../../http/request.ts'
import { pathOf } from '../../http/request.ts'
import type { Header } from '../../http/response.ts'
import { isHttpsOrLoopback, parseUrl } from '../../http/url.ts'
import type { AlgorithmName } from '../../jose/jwk/index.ts'
import { type Clock, nowInSeconds, type Seconds } from '../../util/clock.ts'
import { ConfigurationError } from '../../util/configuration-error.ts'
import { type Duration, isDuration, toSeconds } from '../../util/duration.ts'
import { type DpopNonceOptions, DpopNonces } from '../dpop-nonce.ts'
import { DPOP_ALGORITHMS } from '../dpop-proof.ts'
import { type DpopNonceCheck, type DpopProof, readDpopHeader, verifyDpopProof } from '../dpop-verification.ts'
import { OAuth2Error } from '../errors.ts'
import type { ResourceMetadata } from '../resource-metadata.ts'
import type { ReplayStore } from '../server/store.ts'
import type { AccessToken } from './access-token.ts'
import { ReplayMemory } from './replay-memory.ts'
import type { TokenValidator } from './token-validator.ts'

export interface DpopValidatorOptions {
  /**
   * Under which URL clients reach the API: `https://api.example`, or `https://example.com/api` where a proxy takes `/api`
   * away. Proofs name the URL of their request; what the request says about it (`Host`) is not to be trusted.
   */
  readonly baseUrl: string
  /** What proofs may be signed with. Default: every algorithm that needs no shared secret. */
  readonly algorithms?: readonly AlgorithmName[]
  /** How far clocks may be apart, and how long a proof may take to arrive. Default 1 minute. */
  readonly window?: Duration
  /**
   * Nonces of this resource keep proofs from being made ahead; all instances need the same secrets. Unless `required` is
   * `false`, a proof without one is sent back for it. Absent: there are none.
   *
   * @spec RFC 9449 §9
   */
  readonly nonces?: DpopNonceOptions & { readonly required?: boolean }
  /** Remembers proofs, so that each counts once. Default: the memory of this process; several instances need a store. */
  readonly replayStore?: ReplayStore
  readonly clock?: Clock
}

/**
 * Accepts tokens that are bound to a key, from whoever proves to have it; another validator knows about the tokens.
 *
 * @example
 * const tokens = new JwtValidator({ issuer: 'https://op.example', audience: 'https://api.example' })
 * new ResourceProtector().registerTokenValidator(new DpopValidator(tokens, { baseUrl: 'https://api.example' }))
 * @spec RFC 9449 §7
 */
export class DpopValidator implements TokenValidator {
  readonly tokenType = 'DPoP'
  readonly confirms = ['jkt'] as const
  readonly challenge: Readonly<Record<string, string>>
  readonly metadata: Partial<ResourceMetadata>
  readonly recognizes?: (token: string) => boolean
  readonly #tokens: TokenValidator
  readonly #baseUrl: string
  readonly #algorithms: readonly AlgorithmName[]
  readonly #window: Seconds
  readonly #clock: Clock
  readonly #nonces: DpopNonces | undefined
  readonly #nonceCheck: DpopNonceCheck | false
  readonly #replayStore: ReplayStore

  /** @throws ConfigurationError with every problem at once. */
  constructor(tokens: TokenValidator, options: DpopValidatorOptions) {
    const problems = findProblems(options)
    if (problems.length > 0) throw new ConfigurationError('DpopValidator', problems)
    const { baseUrl, algorithms = DPOP_ALGORITHMS, window = '1m', nonces, clock = Date.now } = options
    this.#tokens = tokens
    if (tokens.recognizes !== undefined) this.recognizes = tokens.recognizes.bind(tokens)
    this.#baseUrl = baseUrl.replace(/\/$/, '')
    this.#algorithms = algorithms
    this.#window = toSeconds(window)
    this.#clock = clock
    this.#nonces = nonces && new DpopNonces(nonces)
    this.#nonceCheck = toCheck(this.#nonces, nonces?.required ?? true)
    this.#replayStore = options.replayStore ?? new ReplayMemory(clock)
    this.challenge = { ...tokens.challenge, algs: algorithms.join(' ') }
    this.metadata = { ...tokens.metadata, dpop_signing_alg_values_supported: algorithms }
  }

  /**
   * The token first: whoever has none cannot have proofs remembered.
   *
   * @spec RFC 9449 §7.1
   */
  async validate(value: string, request: HttpRequest): Promise<AccessToken> {
    const token = await this.#tokens.validate(value, request)
    const jkt = token.cnf?.jkt
    if (jkt === undefined) throw refuse('invalid_token', 'access token is bound to no key', 'dpop_token_unbound')
    const proof = await this.#verifyProof(value, request)
    if (proof.jkt === jkt) return token
    throw refuse('invalid_token', 'access token is bound to another key than the one proven', 'dpop_key_mismatch')
  }

  /** The nonce for the next request. @spec RFC 9449 §8.2 */
  async responseHeaders(): Promise<readonly Header[]> {
    const inner = (await this.#tokens.responseHeaders?.()) ?? []
    if (this.#nonces === undefined) return inner
    return [...inner, ['dpop-nonce', await this.#nonces.current(nowInSeconds(this.#clock))]]
  }

  async #verifyProof(accessToken: string, request: HttpRequest): Promise<DpopProof> {
    try {
      const proof = readDpopHeader(request)
      if (proof === undefined) throw refuse('invalid_dpop_proof', 'DPoP header is missing', 'dpop_header_missing')
      return await verifyDpopProof(proof, {
        method: request.method,
        url: this.#baseUrl + pathOf(request),
        now: nowInSeconds(this.#clock),
        algorithms: this.#algorithms,
        window: this.#window,
        rememberOnce: (key, expiresAt) => this.#replayStore.rememberOnce(key, expiresAt),
        nonces: this.#nonceCheck,
        accessToken,
      })
    } catch (error) {
      throw error instanceof OAuth2Error ? unauthorized(error) : error
    }
  }
}

function findProblems({ baseUrl, algorithms, window = 0 }: DpopValidatorOptions): string[] {
  const problems: string[] = []
  const url = parseUrl(baseUrl)
  if (url === undefined || !isHttpsOrLoopback(url) || /[?#]/.test(baseUrl))
    problems.push('"baseUrl" must be https, or http on a loopback address, without query or fragment')
  if (algorithms !== undefined && !areAsymmetric(algorithms))
    problems.push('"algorithms" must name at least one, and none that works with a shared secret')
  if (!isDuration(window)) problems.push('"window" must be a whole number of seconds or a text such as "1m"')
  return problems
}

/** @spec RFC 9449 §4.3 */
function areAsymmetric(algorithms: readonly AlgorithmName[]): boolean {
  return algorithms.length > 0 && algorithms.every((alg) => !alg.startsWith('HS'))
}

function toCheck(nonces: DpopNonces | undefined, required: boolean): DpopNonceCheck | false {
  if (nonces === undefined) return false
  return { required, lifetime: nonces.lifetime, accepts: (nonce, now) => nonces.accepts(nonce, now) }
}

/** At a resource a bad proof is a 401, with a challenge; at the token endpoint it is a 400. @spec RFC 9449 §7.1 */
function unauthorized({ code, description, reason, cause }: OAuth2Error): OAuth2Error {
  return new OAuth2Error(code, description, {
    status: 401,
    ...(reason !== undefined && { reason }),
    ...(cause !== undefined && { cause }),
  })
}

function refuse(code: 'invalid_token' | 'invalid_dpop_proof', description: string, reason: string): OAuth2Error {
  return new OAuth2Error(code, description, { status: 401, reason })
}
