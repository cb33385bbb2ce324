import { randomToken } from '../../crypto/random.ts'
import { decodeUnverifiedJwt } from '../../jose/jwt/index.ts'
import { type AuthorizationCallback, isAuthorizationCallback } from '../../oauth2/client/callback.ts'
import { OAuth2Client } from '../../oauth2/client/client.ts'
import type { CodeExchange } from '../../oauth2/client/code-exchange.ts'
import { getEndpoint } from '../../oauth2/client/endpoint-request.ts'
import { ClientError } from '../../oauth2/client/errors.ts'
import type { RenewalOptions } from '../../oauth2/client/renewal-options.ts'
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
import type { ProviderTokenExpectations } from './provider-token.ts'
import { ProviderTokens } from './provider-tokens.ts'
import { readUserinfo, type Userinfo } from './userinfo.ts'

/**
 * A token set, and who logged in. `id_token` is always the signed one: where it came encrypted, the one that was in it,
 * which is also what a logout needs as its hint.
 */
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
  readonly #options: OpenIdClientOptions
  readonly #tokens: ProviderTokens

  constructor(options: OpenIdClientOptions) {
    super(toOAuth2Options(options), ['openid-configuration', 'oauth-authorization-server'])
    this.#options = options
    this.#tokens = new ProviderTokens(options, this.settings)
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
    const idToken = await this.#tokens.openAgain(idTokenOf(token))
    return this.#validate(idToken, { ...expected, accessToken: token.access_token })
  }

  /**
   * Opens and verifies what the provider signed for this client beside ID tokens: with the same keys, under the same rules.
   *
   * @throws ClientError `keys_unavailable`, `id_token_not_encrypted` …, and what `verify` throws.
   */
  async verifyWithProvider<T>(
    token: string,
    verify: (signed: string, expected: ProviderTokenExpectations) => Promise<T>,
  ): Promise<T> {
    const signed = await this.#tokens.open(token)
    return this.#tokens.verify(await this.metadata(), (expected) => verify(signed, expected))
  }

  /** Whether it is the provider that calls itself so. */
  async isIssuer(issuer: string): Promise<boolean> {
    const metadata = await this.metadata()
    const { acceptIssuer } = this.settings
    return acceptIssuer === undefined
      ? metadata.issuer === issuer
      : acceptIssuer(issuer, { where: 'response', metadata })
  }

  /**
   * Asks the provider about the person. The answer must be about the one who logged in.
   *
   * @throws ClientError `userinfo_refused`, `userinfo_invalid`, `userinfo_subject_mismatch` …
   * @spec OIDC Core §5.3
   */
  async userinfo(token: OpenIdTokenSet): Promise<Userinfo> {
    const provider = await this.metadata()
    const endpoint = getEndpoint(provider, 'userinfo_endpoint')
    const protection = this.#tokens.userinfoProtection(provider)
    const accept = protection === undefined ? 'application/json' : 'application/jwt'
    const response = await this.send('userinfo', 'GET', endpoint, { token, headers: { accept } })
    return readUserinfo(response, { endpoint, protection, subject: this.#whoLoggedIn(token)?.sub })
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
    const signed = await this.#tokens.open(idTokenOf(token))
    const { nonce, maxAge, acrValues } = exchange
    const idToken = await this.#validate(signed, {
      ...{ nonce, maxAge, acrValues, accessToken: token.access_token },
      ...(isAuthorizationCallback(grant) && bindingOf(grant)),
    })
    return { token: { ...token, id_token: signed, userinfo: idToken.claims }, idToken }
  }

  protected override subjectOf(token: OpenIdTokenSet): string | undefined {
    return this.#whoLoggedIn(token)?.sub
  }

  /** A renewed ID token must be about the same person; where there is none, the one of the login stays. */
  protected override async acceptRenewed(token: TokenSet, previous: OpenIdTokenSet): Promise<OpenIdTokenSet> {
    const before = this.#whoLoggedIn(previous)
    if (before === undefined) return token
    if (token.id_token === undefined) return { ...token, ...pickIdentity(previous) }
    const signed = await this.#tokens.open(token.id_token)
    const { claims } = await this.#validate(signed, { accessToken: token.access_token, renews: before })
    return { ...token, id_token: signed, userinfo: claims }
  }

  async #validate(idToken: string, expected: LoginBinding): Promise<ValidatedIdToken> {
    const maxTokenAge = this.#options.idTokenMaxAge
    const validate = (common: ProviderTokenExpectations): Promise<ValidatedIdToken> =>
      validateIdToken(idToken, { ...expected, maxTokenAge, ...common })
    return this.#tokens.verify(await this.metadata(), validate)
  }

  /** By the claims that were validated at the login, or where only the ID token was kept, by that. */
  #whoLoggedIn({ userinfo, id_token: idToken }: OpenIdTokenSet): RenewedClaims | undefined {
    if (userinfo !== undefined) return userinfo
    return idToken !== undefined && asksForLogin(this.settings.scope) ? readAgain(idToken) : undefined
  }
}

/** What an ID token is held to beyond what holds for every token of its provider. */
type LoginBinding = Omit<IdTokenExpectations, keyof ProviderTokenExpectations | 'maxTokenAge'>

/** The token must come from the issuer that brought the code. @spec RFC 9207 §2.4 */
function bindingOf({ code, state, parameters }: AuthorizationCallback): LoginBinding {
  return { code, state, responseIssuer: parameters.get('iss') }
}

function idTokenOf({ id_token: idToken }: TokenSet): string {
  if (idToken !== undefined) return idToken
  throw new ClientError('id_token_missing', '"id_token" in the token response is missing: "scope" had openid')
}

/** The claims of an ID token that was validated when it came. */
function readAgain(idToken: string): RenewedClaims | undefined {
  try {
    const { iss, sub, nonce } = decodeUnverifiedJwt(idToken).claims
    if (sub === undefined) return undefined
    return { sub, ...(iss !== undefined && { iss }), ...(typeof nonce === 'string' && { nonce }) }
  } catch (error) {
    throw toIdTokenError(error)
  }
}

type RenewedClaims = NonNullable<IdTokenExpectations['renews']>

function pickIdentity({ id_token, userinfo }: OpenIdTokenSet): Partial<OpenIdTokenSet> {
  return { ...(id_token !== undefined && { id_token }), ...(userinfo !== undefined && { userinfo }) }
}
