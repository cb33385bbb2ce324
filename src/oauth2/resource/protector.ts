import { fromFetch, type HttpRequest } from '../../http/request.ts'
import { type Header, type HttpResponse, toFetch } from '../../http/response.ts'
import type { Router } from '../../http/router.ts'
import { nowInSeconds } from '../../util/clock.ts'
import { ConfigurationError } from '../../util/configuration-error.ts'
import { createLogger, type Logger } from '../../util/logger.ts'
import { OAuth2Error } from '../errors.ts'
import { findPresentedToken, type PresentedToken } from '../presented-token.ts'
import { type ResourceMetadata, resourceMetadataUrl } from '../resource-metadata.ts'
import type { AccessToken } from './access-token.ts'
import { refuse } from './challenge.ts'
import { buildResourceMetadata, routeMetadata } from './own-metadata.ts'
import { findProtectorProblems, type ResourceProtectorOptions } from './protector-options.ts'
import {
  type Alternatives,
  checkRequirements,
  normalizeRequirement,
  type Requirement,
  type Requirements,
} from './requirement.ts'
import type { TokenValidator } from './token-validator.ts'
import { TokenValidators } from './token-validators.ts'

/**
 * Either a token, with headers that belong into the answer to the request (a new nonce, say), or the response to send in
 * its place.
 */
export type Protection<R extends { readonly headers: unknown }, T = AccessToken> =
  | { readonly token: T; readonly headers: R['headers']; readonly response?: never }
  | { readonly token?: never; readonly headers?: never; readonly response: R }

/** What is found by a requirement: a token, unless it may let a request pass without one. */
export type TokenFor<Q extends Requirement> = Q extends Alternatives | (Requirements & { readonly optional?: false })
  ? AccessToken
  : AccessToken | undefined

const NO_HEADERS: readonly Header[] = []

/**
 * Guards an API: requests come in with an access token that is valid and allows enough, or they are answered.
 *
 * @example
 * const protector = new ResourceProtector({ realm: 'api' })
 *   .registerTokenValidator(new JwtValidator({ issuer: 'https://op.example', audience: 'https://api.example' }))
 * const { token, response } = await protector.protect(request, 'profile')
 * if (response) return response
 * return Response.json({ hello: token.subject })
 * @spec RFC 6750 §3
 */
export class ResourceProtector {
  readonly #options: ResourceProtectorOptions
  readonly #validators: TokenValidators = new TokenValidators()
  readonly #logger: Logger
  readonly #metadataUrl: string | undefined
  readonly #route: Router | undefined

  /** @throws ConfigurationError with every problem at once. */
  constructor(options: ResourceProtectorOptions = {}) {
    const problems = findProtectorProblems(options)
    if (problems.length > 0) throw new ConfigurationError('ResourceProtector', problems)
    this.#options = options
    this.#logger = createLogger(options.logger)
    if (options.resource === undefined) return
    this.#metadataUrl = resourceMetadataUrl(options.resource)
    this.#route = routeMetadata(this.#metadataUrl, () => this.metadata())
  }

  /**
   * Says who knows about tokens of one type: bearer tokens, or those that are bound to a key. Of several for one type, each
   * but the last has to recognize its own.
   *
   * @throws ConfigurationError
   */
  registerTokenValidator(validator: TokenValidator): this {
    this.#validators.add(validator)
    return this
  }

  /**
   * Looks for the token that a request is allowed by. What the request did wrong comes back as a response; what else goes
   * wrong is thrown.
   *
   * @param requirement what the token must allow: every scope of a string, or of any one string of a list; or more.
   */
  protect<Q extends Requirement = ''>(request: Request, requirement?: Q): Promise<Protection<Response, TokenFor<Q>>>
  protect<Q extends Requirement = ''>(
    request: HttpRequest,
    requirement?: Q,
  ): Promise<Protection<HttpResponse, TokenFor<Q>>>
  async protect(
    request: Request | HttpRequest,
    requirement: Requirement = {},
  ): Promise<Protection<Response, AccessToken | undefined> | Protection<HttpResponse, AccessToken | undefined>> {
    const requirements = normalizeRequirement(requirement)
    if (!('headers' in request)) return this.#decide(request, requirements)
    const { token, headers, response } = await this.#decide(this.#read(request), requirements)
    return response === undefined ? { token, headers: toHeaders(headers) } : { response: toFetch(response) }
  }

  /**
   * What the resource says about itself: the sum of what is registered.
   *
   * @throws ConfigurationError where it has no name.
   * @spec RFC 9728 §2
   */
  metadata(): ResourceMetadata {
    const { resource } = this.#options
    if (resource === undefined) throw misused('"resource" is missing: expected the URL of this API')
    return buildResourceMetadata(resource, this.#options, this.#validators)
  }

  /** Whether this is a request for the document about the resource. */
  ownsMetadata(request: HttpRequest): boolean {
    return this.#route?.has(request) === true
  }

  /** Answers with the document about the resource; nothing where the request is for something else. @spec RFC 9728 §3 */
  handleMetadata(request: Request): Promise<Response | undefined>
  handleMetadata(request: HttpRequest): Promise<HttpResponse | undefined>
  async handleMetadata(request: Request | HttpRequest): Promise<Response | HttpResponse | undefined> {
    if (!('headers' in request)) return this.ownsMetadata(request) ? this.#route?.handle(request) : undefined
    const response = await this.handleMetadata(fromFetch(request))
    return response && toFetch(response)
  }

  async #decide(
    request: HttpRequest,
    requirements: Requirements,
  ): Promise<Protection<HttpResponse, AccessToken | undefined>> {
    let presented: PresentedToken | undefined
    try {
      presented = await this.#find(request)
      // A request without a token is told what it needs, not that it did anything wrong.
      if (presented === undefined && requirements.optional === true) return { token: undefined, headers: NO_HEADERS }
      if (presented === undefined) return { response: this.#refuse(requirements, undefined) }
      const token = await this.#validators.validate(presented, request)
      checkRequirements(token, requirements, nowInSeconds(this.#options.clock ?? Date.now))
      return { token, headers: [...cachingOf(presented), ...(await this.#validators.responseHeaders(presented))] }
    } catch (error) {
      if (!(error instanceof OAuth2Error)) throw error
      this.#log(error)
      const headers = presented && (await this.#validators.responseHeaders(presented))
      return { response: this.#refuse(requirements, presented, error, headers) }
    }
  }

  /** @throws OAuth2Error `invalid_request` */
  async #find(request: HttpRequest): Promise<PresentedToken | undefined> {
    const { types } = this.#validators
    if (types.length === 0) throw misused('no token validator is registered')
    return findPresentedToken(request, {
      schemes: types,
      body: this.#takesFrom('body'),
      query: this.#takesFrom('query'),
    })
  }

  #refuse(
    requirements: Requirements,
    presented: PresentedToken | undefined,
    error?: OAuth2Error,
    headers: readonly Header[] = NO_HEADERS,
  ): HttpResponse {
    return refuse({
      realm: this.#options.realm,
      validators: this.#validators,
      requirements,
      metadataUrl: this.#metadataUrl,
      scheme: presented?.scheme,
      headers,
      ...(error !== undefined && { error }),
    })
  }

  /** The handler behind may want to read the body too. */
  #read(request: Request): HttpRequest {
    const readsBody = this.#takesFrom('body') && request.method === 'POST' && !request.bodyUsed
    return fromFetch(readsBody ? request.clone() : request)
  }

  #takesFrom(place: 'body' | 'query'): boolean {
    return this.#options.tokenPlacement?.includes(place) === true
  }

  #log({ code, description, reason, detail, status, cause }: OAuth2Error): void {
    const fields = { error: code, description, reason, detail }
    if (status >= 500) this.#logger.error('access token could not be checked', { ...fields, cause })
    else this.#logger.info('request refused', fields)
  }
}

/** What came by a URL with a token in it is for nobody's cache. @spec RFC 6750 §2.3 */
function cachingOf({ place }: PresentedToken): readonly Header[] {
  return place === 'query' ? [['cache-control', 'private, no-store']] : NO_HEADERS
}

function toHeaders(headers: readonly Header[]): Headers {
  const result = new Headers()
  for (const [name, value] of headers) result.append(name, value)
  return result
}

function misused(problem: string): ConfigurationError {
  return new ConfigurationError('ResourceProtector', [problem])
}
