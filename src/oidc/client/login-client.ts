import { randomToken } from '../../crypto/random.ts'
import { outgoingFetch, type Transport } from '../../http/fetch.ts'
import type { RequestParameters } from '../../http/form.ts'
import { isHttpsOrLoopback, parseUrl } from '../../http/url.ts'
import { createSignatureRegistry, type SignatureAlgorithm } from '../../jose/algorithms/signature-registry.ts'
import { importPublicKey, type PublicKey } from '../../jose/jwk/public-key.ts'
import type { RemoteKeys } from '../../jose/jwks/remote-keys.ts'
import type { ClientAuthentication } from '../../oauth2/client/auth/client-auth.ts'
import { PublicClient } from '../../oauth2/client/auth/none.ts'
import {
  type AuthorizationCallback,
  isAuthorizationCallback,
  readCallback,
  validateCallback,
} from '../../oauth2/client/callback.ts'
import { ClientError } from '../../oauth2/client/errors.ts'
import type { TokenSet } from '../../oauth2/client/token-set.ts'
import { codeChallengeOf, createCodeVerifier } from '../../oauth2/pkce.ts'
import type { Clock, Seconds } from '../../util/clock.ts'
import { ConfigurationError } from '../../util/configuration-error.ts'
import { silentLogger } from '../../util/logger.ts'
import type { OpenIdTokenSet } from './client.ts'
import { exchangeCode } from './exchange-code.ts'
import { validateIdToken } from './id-token.ts'
import { publishedKeys } from './published-keys.ts'

/** What has to be known of a provider to log in with it, spelled as in its metadata. */
export interface LoginProvider {
  readonly issuer: string
  readonly authorization_endpoint: string
  readonly token_endpoint: string
  readonly jwks_uri: string
  readonly authorization_response_iss_parameter_supported?: boolean
}

export interface LoginClientOptions {
  readonly provider: LoginProvider
  readonly clientId: string
  readonly redirectUri: string
  /** `new ClientSecretBasic(secret)`; by default the client is a public one. */
  readonly tokenEndpointAuthMethod?: ClientAuthentication
  /** The algorithms that the provider signs ID tokens with: `[rs256]`. */
  readonly algorithms: readonly SignatureAlgorithm[]
  /** Default `openid`. */
  readonly scope?: string
  /** How far the provider's clock may be from ours; 30 seconds. */
  readonly clockTolerance?: Seconds
  /** Default: over `fetch`. */
  readonly transport?: Transport
  readonly clock?: Clock
}

/** Where to send the browser, and what has to be kept until it comes back. */
export interface LoginStart {
  readonly url: string
  readonly state: string
  readonly nonce: string
  readonly codeVerifier: string
}

type Settings = Required<LoginClientOptions>

/**
 * A login with one provider and nothing else, for bundles that have to be small: the small door beside `OpenIdClient`,
 * and as strict. What is known of the provider is written down instead of discovered, nothing is logged, and the
 * algorithms are handed over.
 *
 * @example
 * const client = new LoginClient({ provider, clientId, redirectUri, algorithms: [rs256] })
 * const { url, state, nonce, codeVerifier } = await client.createAuthorizationUrl()
 * // … keep the three, send the browser to url; when it comes back:
 * const callback = client.validateCallback(request.url, { state })
 * const { userinfo } = await client.fetchToken(callback, { codeVerifier, nonce })
 * @spec OIDC Core §3.1
 */
export class LoginClient {
  readonly #settings: Settings
  readonly #keys: RemoteKeys<PublicKey>

  /** @throws ConfigurationError with every problem at once. */
  constructor(options: LoginClientOptions) {
    const problems = findProblems(options)
    if (problems.length > 0) throw new ConfigurationError('LoginClient', problems)
    const transport = options.transport ?? outgoingFetch()
    const clock = options.clock ?? Date.now
    const authentication = options.tokenEndpointAuthMethod ?? new PublicClient()
    const { scope = 'openid', clockTolerance = 30 } = options
    this.#settings = { ...options, scope, clockTolerance, transport, clock, tokenEndpointAuthMethod: authentication }
    const registry = createSignatureRegistry(...options.algorithms)
    this.#keys = publishedKeys(options.provider.jwks_uri, {
      ...{ registry, transport, clock, logger: silentLogger },
      importKey: (jwk) => importPublicKey(jwk, registry),
    })
  }

  /**
   * @param parameters further ones, spelled as on the wire (`prompt`, `login_hint`). A `max_age` is but a wish: nothing is held to it.
   * @spec OIDC Core §3.1.2.1
   * @spec RFC 7636 §4.3
   */
  async createAuthorizationUrl(parameters: Readonly<Record<string, string>> = {}): Promise<LoginStart> {
    const { provider, clientId, redirectUri, scope } = this.#settings
    const [state, nonce, codeVerifier] = [randomToken(), randomToken(), createCodeVerifier()]
    const url = new URL(provider.authorization_endpoint)
    const own = {
      ...{ response_type: 'code', client_id: clientId, redirect_uri: redirectUri, scope, state, nonce },
      ...{ code_challenge: await codeChallengeOf(codeVerifier), code_challenge_method: 'S256' },
    }
    for (const [name, value] of Object.entries({ ...parameters, ...own })) url.searchParams.set(name, value)
    return { url: url.href, state, nonce, codeVerifier }
  }

  /**
   * Checks what came back from the provider: the only way to something that `fetchToken` redeems.
   *
   * @param response the URL that was called, which may be a path and query alone, or the parameters of a form post.
   * @throws ClientError `callback_invalid`, `state_mismatch`, `issuer_mismatch`, `authorization_refused` …
   */
  validateCallback(response: string | RequestParameters, { state }: Pick<LoginStart, 'state'>): AuthorizationCallback {
    const { provider, clientId } = this.#settings
    const { issuer, authorization_response_iss_parameter_supported: issuerRequired } = provider
    return validateCallback(readCallback(response), { clientId, state, issuer, issuerRequired })
  }

  /**
   * Redeems the code, and validates the ID token that comes for it before anybody sees the token set.
   *
   * @throws ClientError `token_refused`, `id_token_…`, `keys_unavailable` …
   * @spec OIDC Core §3.1.3
   */
  async fetchToken(
    callback: AuthorizationCallback,
    { codeVerifier, nonce }: Pick<LoginStart, 'codeVerifier' | 'nonce'>,
  ): Promise<OpenIdTokenSet> {
    const { provider, clientId } = this.#settings
    if (!isAuthorizationCallback(callback) || callback.clientId !== clientId || callback.issuer !== provider.issuer) {
      throw new ConfigurationError('fetchToken', ['the callback was not validated by this client'])
    }
    const token = await exchangeCode(this.#settings, callback.code, codeVerifier)
    return { ...token, userinfo: await this.#validate(token, nonce, callback) }
  }

  async #validate(
    token: TokenSet,
    nonce: string,
    { code, state }: AuthorizationCallback,
  ): Promise<NonNullable<OpenIdTokenSet['userinfo']>> {
    const { id_token: idToken, access_token: accessToken } = token
    if (idToken === undefined) throw new ClientError('id_token_missing', '"id_token" in the token response is missing')
    const { provider, clientId, algorithms, clock, clockTolerance } = this.#settings
    const { claims } = await validateIdToken(idToken, {
      ...{ keys: this.#keys, algorithms: algorithms.map(({ name }) => name), issuer: provider.issuer },
      ...{ clientId, nonce, accessToken, code, state, clock, clockTolerance },
    })
    return claims
  }
}

const ADDRESSES = ['issuer', 'authorization_endpoint', 'token_endpoint', 'jwks_uri'] as const

/** Nothing secret goes over plain http to another machine. @spec RFC 9700 §2.6 */
function findProblems({ provider, clientId, redirectUri, scope = 'openid', algorithms }: LoginClientOptions): string[] {
  const problems = ADDRESSES.filter((name) => !isSecure(provider[name])).map(
    (name) => `"${name}" must be an absolute URL with https, or http on a loopback host`,
  )
  if (!clientId || !redirectUri) problems.push('"clientId" and "redirectUri" must not be empty')
  if (!scope.split(' ').includes('openid')) problems.push('"scope" must have openid: a login has an ID token')
  // Who knows the secret of an HMAC algorithm can sign with it, and a provider's published keys hold none.
  if (algorithms.length === 0 || algorithms.some(({ kty }) => kty === 'oct')) {
    problems.push('"algorithms" must be those that the provider signs with its published keys')
  }
  return problems
}

function isSecure(text: string): boolean {
  const url = parseUrl(text)
  return url !== undefined && isHttpsOrLoopback(url)
}
