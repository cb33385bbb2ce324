import { fromFetch, type HttpRequest } from '../../http/request.ts'
import { type HttpResponse, toFetch } from '../../http/response.ts'
import { ConfigurationError } from '../../util/configuration-error.ts'
import { findBearerToken, refuseBearer } from '../bearer.ts'
import { OAuth2Error } from '../errors.ts'
import type { AccessToken } from './access-token.ts'
import { hasRequiredScope, type RequiredScope, sufficientScope } from './required-scope.ts'
import type { TokenValidator } from './token-validator.ts'

export interface ResourceProtectorOptions {
  /** What the resource is called in challenges. */
  readonly realm?: string
}

/** Either a token, or the response to send in its place. */
export type Protection<R> =
  | { readonly token: AccessToken; readonly response?: never }
  | { readonly token?: never; readonly response: R }

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
  readonly #realm: string | undefined
  #validator: TokenValidator | undefined

  constructor(options: ResourceProtectorOptions = {}) {
    this.#realm = options.realm
  }

  /** Says who knows about bearer tokens. */
  registerTokenValidator(validator: TokenValidator): this {
    if (this.#validator !== undefined) throw misused('a validator of bearer tokens is registered already')
    this.#validator = validator
    return this
  }

  /**
   * Looks for the token that a request is allowed by. What the request did wrong comes back as a response; what else goes
   * wrong is thrown.
   *
   * @param scope what the token must allow: every scope of a string, or of any one string of a list.
   */
  protect(request: Request, scope?: RequiredScope): Promise<Protection<Response>>
  protect(request: HttpRequest, scope?: RequiredScope): Promise<Protection<HttpResponse>>
  async protect(
    request: Request | HttpRequest,
    scope: RequiredScope = '',
  ): Promise<Protection<Response> | Protection<HttpResponse>> {
    if (!('headers' in request)) return this.#decide(request, scope)
    const { token, response } = await this.#decide(fromFetch(request), scope)
    return response === undefined ? { token } : { response: toFetch(response) }
  }

  async #decide(request: HttpRequest, scope: RequiredScope): Promise<Protection<HttpResponse>> {
    const challenge = { realm: this.#realm, scope: sufficientScope(scope) }
    try {
      const token = await this.#authenticate(request)
      // A request without a token is told what it needs, not that it did anything wrong.
      if (token === undefined) return { response: refuseBearer(challenge) }
      if (hasRequiredScope(token.scopes, scope)) return { token }
      throw new OAuth2Error('insufficient_scope', 'access token does not allow what this request needs')
    } catch (error) {
      if (!(error instanceof OAuth2Error)) throw error
      return { response: refuseBearer({ ...challenge, error }) }
    }
  }

  async #authenticate(request: HttpRequest): Promise<AccessToken | undefined> {
    if (this.#validator === undefined) throw misused('no token validator is registered')
    const token = await findBearerToken(request)
    return token === undefined ? undefined : this.#validator.validate(token, request)
  }
}

function misused(problem: string): ConfigurationError {
  return new ConfigurationError('ResourceProtector', [problem])
}
