import type { HttpRequest } from '../../http/request.ts'
import type { Header } from '../../http/response.ts'
import type { Awaitable } from '../../util/awaitable.ts'
import { ConfigurationError } from '../../util/configuration-error.ts'
import { OAuth2Error } from '../errors.ts'
import type { PresentedToken } from '../presented-token.ts'
import type { AccessToken } from './access-token.ts'
import type { TokenValidator } from './token-validator.ts'

/** The schemes of access tokens, as their registration spells them. */
const REGISTERED = ['Bearer', 'DPoP'] as const

/** Who knows about which tokens: by the scheme they come with, then by what they look like. */
export class TokenValidators {
  readonly #byType: Map<string, readonly TokenValidator[]> = new Map()
  #types: readonly string[] = []

  /** In the order in which they were first named. */
  get types(): readonly string[] {
    return this.#types
  }

  get all(): readonly TokenValidator[] {
    return [...this.#byType.values()].flat()
  }

  /** @throws ConfigurationError where one before it takes every token of the type. */
  add(validator: TokenValidator): void {
    const type = this.#spell(validator.tokenType ?? 'Bearer')
    const others = this.#of(type)
    const last = others.at(-1)
    if (last !== undefined && last.recognizes === undefined) {
      throw new ConfigurationError('ResourceProtector', [
        `a validator of ${type} tokens that takes all of them is registered already: register it last`,
      ])
    }
    this.#byType.set(type, [...others, validator])
    this.#types = [...this.#byType.keys()]
  }

  /** What challenges of one type say because of its validators; the first one's word counts. */
  challengeOf(type: string): Readonly<Record<string, string>> {
    return Object.assign(
      {},
      ...this.#of(type)
        .map(({ challenge }) => challenge)
        .reverse(),
    )
  }

  /** @throws OAuth2Error `invalid_token` */
  async validate({ scheme, token }: PresentedToken, request: HttpRequest): Promise<AccessToken> {
    const validator = this.#find(scheme, token)
    if (validator === undefined)
      throw refuse('access token is of no issuer that is accepted here', 'token_unrecognized')
    const validated = await validator.validate(token, request)
    checkPresentation(validated, scheme, validator)
    return validated
  }

  /** What goes with the answer to a request that came with such a token. */
  responseHeaders({ scheme, token }: PresentedToken): Awaitable<readonly Header[]> {
    return this.#find(scheme, token)?.responseHeaders?.() ?? []
  }

  #find(scheme: string, token: string): TokenValidator | undefined {
    const candidates = this.#of(scheme)
    // Where there is only one, what a token looks like is its own to find out.
    if (candidates.length === 1) return candidates[0]
    return candidates.find((validator) => validator.recognizes?.(token) ?? true)
  }

  #of(type: string): readonly TokenValidator[] {
    return this.#byType.get(type) ?? []
  }

  /** Schemes are compared without regard to case. @spec RFC 9110 §11.1 */
  #spell(type: string): string {
    return [...REGISTERED, ...this.#types].find((known) => known.toLowerCase() === type.toLowerCase()) ?? type
  }
}

/**
 * A token that is bound to a key is worth nothing without the proof, and is not to be had for less by another scheme.
 *
 * @spec RFC 9449 §7.1
 * @spec RFC 9449 §7.2
 */
function checkPresentation({ cnf = {}, tokenType }: AccessToken, scheme: string, validator: TokenValidator): void {
  const proven: readonly string[] = validator.confirms ?? []
  if (Object.keys(cnf).some((member) => !proven.includes(member))) {
    throw refuse('access token is bound to a key, whose possession was not proven', 'token_binding_unproven')
  }
  if (tokenType !== undefined && tokenType.toLowerCase() !== scheme.toLowerCase()) {
    throw refuse('access token is of another type than it was sent as', 'token_type_mismatch')
  }
}

function refuse(description: string, reason: string): OAuth2Error {
  return new OAuth2Error('invalid_token', description, { reason })
}
