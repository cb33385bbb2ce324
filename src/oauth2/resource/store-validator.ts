import type { KeySource } from '../../jose/jwks/index.ts'
import type { JwtClaims } from '../../jose/jwt/index.ts'
import { type Clock, nowInSeconds } from '../../util/clock.ts'
import { ConfigurationError } from '../../util/configuration-error.ts'
import { OAuth2Error } from '../errors.ts'
import type { ResourceMetadata } from '../resource-metadata.ts'
import type { AccessTokenRecord, GrantRecord } from '../server/records.ts'
import type { GrantStore, TokenStore } from '../server/store.ts'
import { isSpoiltToken } from '../token-format.ts'
import { jwtTokenId, tokenId } from '../token-id.ts'
import { type AccessToken, toAccessToken } from './access-token.ts'
import { JwtValidator } from './jwt-validator.ts'
import type { TokenValidator } from './token-validator.ts'

export interface StoreValidatorOptions {
  /**
   * What the server keeps its tokens in. With `findGrant` it is also known how the persons behind opaque tokens were
   * authenticated.
   */
  readonly store: Pick<TokenStore, 'findAccessToken'> & Partial<Pick<GrantStore, 'findGrant'>>
  /** This resource, as tokens name it; one of several names is enough. */
  readonly audience: string | readonly string[]
  /** Accepts opaque tokens that are for nobody in particular: of a server that has no `audience`. Default: no. */
  readonly allowMissingAudience?: boolean
  /** The server's name and its keys: needed where it issues JWTs too. */
  readonly issuer?: string
  readonly keys?: KeySource
  readonly clock?: Clock
}

/**
 * Accepts the tokens of a server whose store is at hand: opaque ones, and its JWTs. A token that was revoked is refused at
 * once, whatever it says about itself.
 *
 * @example
 * new StoreValidator({ store, audience: 'https://api.example' })
 */
export class StoreValidator implements TokenValidator {
  readonly metadata: Partial<ResourceMetadata>
  readonly #options: StoreValidatorOptions
  readonly #audience: readonly string[]
  readonly #jwts: JwtValidator | undefined

  /** @throws ConfigurationError with every problem at once. */
  constructor(options: StoreValidatorOptions) {
    const { issuer, audience, keys, clock } = options
    const problems = findProblems(options)
    if (problems.length > 0) throw new ConfigurationError('StoreValidator', problems)
    this.#options = options
    this.#audience = [audience].flat()
    if (issuer !== undefined && keys !== undefined)
      this.#jwts = new JwtValidator({ issuer, audience, keys, ...(clock && { clock }) })
    this.metadata = issuer === undefined ? {} : { authorization_servers: [issuer] }
  }

  /** Opaque tokens have no dot. What has one is never looked up by its text: it could be made of the name of a JWT. */
  async validate(value: string): Promise<AccessToken> {
    if (!value.includes('.')) return this.#validateOpaque(value)
    if (this.#jwts === undefined) throw refuse('access token is of no kind that is accepted here', 'token_unrecognized')
    return this.#validateJwt(this.#jwts, value)
  }

  /** One that belongs to a grant is kept like an opaque token, so that revocation reaches it. */
  async #validateJwt(jwts: JwtValidator, value: string): Promise<AccessToken> {
    const token = await jwts.validate(value)
    const { grant_id: grantId, jti = '' } = token.claims
    if (grantId !== undefined) await this.#find(await jwtTokenId(jti))
    return token
  }

  /** Who guesses, or sends half of a token, costs the store nothing. */
  async #validateOpaque(value: string): Promise<AccessToken> {
    if (isSpoiltToken('access_token', value)) throw unknownToken()
    const record = await this.#find(await tokenId(value))
    const { audience = [] } = record
    const isForUs = audience.some((name) => this.#audience.includes(name))
    if (!isForUs && !(audience.length === 0 && this.#options.allowMissingAudience === true)) {
      throw refuse('access token is for another resource', 'token_audience')
    }
    const grant = record.grant_id === undefined ? undefined : await this.#options.store.findGrant?.(record.grant_id)
    return toAccessToken(describe(record, grant, this.#options.issuer))
  }

  /** @throws OAuth2Error `invalid_token` */
  async #find(id: string): Promise<AccessTokenRecord> {
    const { store, clock = Date.now } = this.#options
    const record = await store.findAccessToken(id)
    if (record !== undefined && record.expires_at > nowInSeconds(clock)) return record
    throw unknownToken()
  }
}

function findProblems({ audience, issuer, keys }: StoreValidatorOptions): string[] {
  const problems: string[] = []
  if (!audience || audience.length === 0)
    problems.push('"audience" is missing: expected the name of this API in its tokens')
  if (keys !== undefined && issuer === undefined)
    problems.push('"keys" are given without "issuer": expected the name of the server too')
  return problems
}

/** What the token would say about itself if it could. @spec RFC 9068 §2.2 */
function describe(record: AccessTokenRecord, grant: GrantRecord | undefined, issuer: string | undefined): JwtClaims {
  const { auth_time, acr } = grant?.authentication ?? {}
  return {
    // First, so that none of the claims can stand for a member that is registered.
    ...record.claims,
    ...(issuer !== undefined && { iss: issuer }),
    sub: record.subject ?? record.client_id,
    client_id: record.client_id,
    scope: record.scope,
    aud: [...(record.audience ?? [])],
    iat: record.created_at,
    exp: record.expires_at,
    ...(auth_time !== undefined && { auth_time }),
    ...(acr !== undefined && { acr }),
    ...(record.cnf !== undefined && { cnf: record.cnf }),
    ...(record.act !== undefined && { act: record.act }),
  }
}

function unknownToken(): OAuth2Error {
  return refuse('access token is unknown, has expired or was revoked', 'token_unknown')
}

function refuse(description: string, reason: string): OAuth2Error {
  return new OAuth2Error('invalid_token', description, { reason })
}
