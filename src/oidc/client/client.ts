import { randomToken } from '../../crypto/random.ts'
import { decodeUnverifiedJwt } from '../../jose/jwt/index.ts'
import { type AuthorizationCallback, isAuthorizationCallback } from '../../oauth2/client/callback.ts'
import { type CodeExchange, OAuth2Client, type RenewalOptions } from '../../oauth2/client/client.ts'
import { getEndpoint } from '../../oauth2/client/endpoint-request.ts'
import { ClientError } from '../../oauth2/client/errors.ts'
import type { TokenParameters } from '../../oauth2/client/token-request.ts'
import type { TokenSet } from '../../oauth2/client/token-set.ts'
import type { Seconds } from '../../util/clock.ts'
import { ConfigurationError } from '../../util/configuration-error.ts'
import type { IdTokenClaims } from '../id-token.ts'
import { type IdTokenExpectations, type ValidatedIdToken, validateIdToken } from './id-token.ts'
import { toIdTokenError } from './id-token-failure.ts'
import { type LoginUrl, type LoginUrlOptions, toLoginParameters } from './login-url.ts'
import { buildLogoutUrl, type LogoutUrl, type LogoutUrlOptions } from './logout.ts'
import { asksForLogin, type KnownProvider, type OpenIdClientOptions, toOAuth2Options } from './options.ts'
import { ProviderKeys } from './provider-keys.ts'
import { readUserinfo, type Userinfo } from './userinfo.ts'

/** A token set, and who logged in. */
export interface OpenIdTokenSet extends TokenSet {
  /** The claims of the validated ID token. */
  userinfo?: IdTokenClaims
}

/** What an ID token of a login is held to. */
export interface LoginExpectations {
  /** The one that `createAuthorizationUrl` returned. */
  readonly nonce?: string | undefined
  /** The one of the request. */
  readonly maxAge?: Seconds | undefined
  /** Authentication context classes of which the ID token must name one. */
  readonly acrValues?: readonly string[] | undefined
}

export type LoginExchange = CodeExchange & LoginExpectations

/** A token set with the ID token that was validated on the way, and the report of the checks that ran. */
export interface Login {
  readonly token: OpenIdTokenSet
  readonly idToken?: ValidatedIdToken
}

const DEFAULT_TOLERANCE: Seconds = 30

/** Parameters that an ID token is held to. */
const COMPARED: readonly string[] = ['nonce', 'max_age']

/**
 * An OAuth 2 client that also logs people in: it sends a nonce, and validates the ID token that comes back, signature
 * included, before anybody sees the token set.
 *
 * @example
 * const client = new OpenIdClient({ clientId, clientSecret, issuer: 'https://op.example', redirectUri, scope: 'openid email' })
 * const { url, state, codeVerifier, nonce } = await client.createAuthorizationUrl()
 * // … when the browser comes back:
 * const callback = await client.validateCallback(request.url, { state })
 * const token = await client.fetchToken(callback, { codeVerifier, nonce })
 * token.userinfo?.email
 * @spec OIDC Core §3.1
 */
export class OpenIdClient extends OAuth2Client {
  readonly #keys: ProviderKeys
  readonly #signedResponseAlg: string | undefined
  readonly #clockTolerance: Seconds

  constructor(options: OpenIdClientOptions) {
    super(toOAuth2Options(options), ['openid-configuration', 'oauth-authorization-server'])
    const { clientSecret, transport, clock, logger } = this.settings
    this.#keys = new ProviderKeys({ jwks: options.jwks, clientSecret, transport, clock, logger })
    this.#signedResponseAlg = options.idTokenSignedResponseAlg
    this.#clockTolerance = options.clockTolerance ?? DEFAULT_TOLERANCE
  }

  /** What is known about the provider. */
  override metadata(): Promise<KnownProvider> {
    return super.metadata()
  }

  /** @spec OIDC Core §3.1.2.1 */
  override async createAuthorizationUrl(options: LoginUrlOptions = {}): Promise<LoginUrl> {
    const bypassed = COMPARED.filter((name) => options.parameters?.[name] !== undefined)
    if (bypassed.length > 0) {
      throw new ConfigurationError(
        'createAuthorizationUrl',
        bypassed.map((name) => `"${name}" has an option of its own, and is compared only then`),
      )
    }
    const isLogin = asksForLogin(options.scope ?? this.settings.scope)
    const nonce = options.nonce ?? (isLogin ? randomToken() : undefined)
    const parameters = { ...options.parameters, ...toLoginParameters(options), ...(nonce !== undefined && { nonce }) }
    const url = await super.createAuthorizationUrl({ ...options, parameters })
    return { ...url, ...(nonce !== undefined && { nonce }) }
  }

  override async fetchToken(
    grant: AuthorizationCallback | TokenParameters,
    exchange: LoginExchange = {},
  ): Promise<OpenIdTokenSet> {
    const { token } = await this.fetchLogin(grant, exchange)
    return token
  }

  override refreshToken(token: OpenIdTokenSet, options?: RenewalOptions): Promise<OpenIdTokenSet> {
    return super.refreshToken(token, options)
  }

  override ensureActiveToken(token: OpenIdTokenSet, options?: RenewalOptions): Promise<OpenIdTokenSet> {
    return super.ensureActiveToken(token, options)
  }

  /**
   * Validates the ID token of a token set.
   *
   * @throws ClientError `id_token_…`, `keys_unavailable`
   */
  async parseIdToken(token: TokenSet, expected: LoginExpectations = {}): Promise<ValidatedIdToken> {
    return this.#validate(token, expected)
  }

  /**
   * Asks the provider about the person. The answer must be about the one who logged in.
   *
   * @throws ClientError `userinfo_refused`, `userinfo_invalid`, `userinfo_subject_mismatch` …
   * @spec OIDC Core §5.3
   */
  async userinfo(token: OpenIdTokenSet): Promise<Userinfo> {
    const endpoint = getEndpoint(await this.metadata(), 'userinfo_endpoint')
    const response = await this.send('userinfo', 'GET', endpoint, { token, headers: { accept: 'application/json' } })
    return readUserinfo(response, { endpoint, subject: this.#whoLoggedIn(token)?.sub })
  }

  /** @spec OIDC RP-Initiated Logout §2 */
  async createLogoutUrl(options: LogoutUrlOptions = {}): Promise<LogoutUrl> {
    return buildLogoutUrl(getEndpoint(await this.metadata(), 'end_session_endpoint'), this.clientId, options)
  }

  /**
   * `fetchToken`, with what the validation of the ID token found.
   *
   * @param isLogin whether an ID token was asked for; one that nobody asked for is not looked at, and nothing is made of it.
   */
  protected async fetchLogin(
    grant: AuthorizationCallback | TokenParameters,
    exchange: LoginExchange,
    isLogin: boolean = exchange.nonce !== undefined || asksForLogin(exchange.scope ?? this.settings.scope),
  ): Promise<Login> {
    const token = await super.fetchToken(grant, exchange)
    if (!isLogin) return { token }
    if (token.id_token === undefined && !isAuthorizationCallback(grant)) return { token }
    const idToken = await this.#validate(token, exchange)
    return { token: { ...token, userinfo: idToken.claims }, idToken }
  }

  protected override subjectOf(token: OpenIdTokenSet): string | undefined {
    return this.#whoLoggedIn(token)?.sub
  }

  /** A renewed ID token must be about the same person; where there is none, the one of the login stays. */
  protected override async acceptRenewed(token: TokenSet, previous: OpenIdTokenSet): Promise<OpenIdTokenSet> {
    const before = this.#whoLoggedIn(previous)
    if (before === undefined) return token
    if (token.id_token === undefined) return { ...token, ...pickIdentity(previous) }
    const { claims } = await this.#validate(token, {}, before)
    return { ...token, userinfo: claims }
  }

  async #validate(token: TokenSet, expected: LoginExpectations, renews?: RenewedClaims): Promise<ValidatedIdToken> {
    const idToken = token.id_token
    if (idToken === undefined) {
      throw new ClientError('id_token_missing', '"id_token" in the token response is missing: "scope" had openid')
    }
    const provider = await this.metadata()
    const algorithms = algorithmsOf(provider, this.#signedResponseAlg)
    const { nonce, maxAge, acrValues } = expected
    const expectations = {
      ...this.#expectations(token, provider),
      algorithms,
      nonce,
      maxAge,
      acrValues,
      ...(renews && { renews }),
    }
    return this.#keys.use(provider, algorithms, (keys) => validateIdToken(idToken, { ...expectations, keys }))
  }

  /** By the claims that were validated at the login, or where only the ID token was kept, by that. */
  #whoLoggedIn({ userinfo, id_token: idToken }: OpenIdTokenSet): RenewedClaims | undefined {
    if (userinfo !== undefined) return userinfo
    return idToken !== undefined && asksForLogin(this.settings.scope) ? readAgain(idToken) : undefined
  }

  #expectations(token: TokenSet, { issuer }: KnownProvider): Omit<IdTokenExpectations, 'keys' | 'algorithms'> {
    if (issuer === undefined) {
      throw new ConfigurationError('OpenIdClient', [
        '"issuer" is missing: an ID token is only accepted from its issuer',
      ])
    }
    return {
      issuer,
      clientId: this.clientId,
      accessToken: token.access_token,
      clockTolerance: this.#clockTolerance,
      clock: this.settings.clock,
    }
  }
}

/** The claims of an ID token that was validated when it came. */
function readAgain(idToken: string): RenewedClaims | undefined {
  try {
    const { sub, nonce } = decodeUnverifiedJwt(idToken).claims
    return sub === undefined ? undefined : { sub, ...(typeof nonce === 'string' && { nonce }) }
  } catch (error) {
    throw toIdTokenError(error)
  }
}

type RenewedClaims = NonNullable<IdTokenExpectations['renews']>

/** Which algorithms the client accepts: never by what a token says, and never HMAC or `none` because a provider lists them. */
function algorithmsOf(provider: KnownProvider, chosen: string | undefined): readonly string[] {
  if (chosen !== undefined) return [chosen]
  const listed = provider.id_token_signing_alg_values_supported ?? []
  const asymmetric = listed.filter((name) => name !== 'none' && !name.startsWith('HS'))
  return asymmetric.length > 0 ? asymmetric : ['RS256']
}

function pickIdentity({ id_token, userinfo }: OpenIdTokenSet): Partial<OpenIdTokenSet> {
  return { ...(id_token !== undefined && { id_token }), ...(userinfo !== undefined && { userinfo }) }
}
