import { OAuth2Error } from '../../oauth2/errors.ts'
import { parseScope } from '../../oauth2/scope.ts'
import type {
  ApprovalContext,
  AuthorizationContext,
  ClientStore,
  Extension,
  ServerHandle,
  ServerRegistry,
  TokenResponseContext,
  TokenStore,
} from '../../oauth2/server/index.ts'
import type { ServerMetadata } from '../../oauth2/server-metadata.ts'
import type { Seconds } from '../../util/clock.ts'
import { ConfigurationError } from '../../util/configuration-error.ts'
import type { Duration } from '../../util/duration.ts'
import { toSeconds } from '../../util/duration.ts'
import { CLAIMS_OF_SCOPE } from '../claims.ts'
import type { OpenIdProviderMetadata } from '../discovery.ts'
import { isAuthenticationRequest, readAuthenticationRequest } from './authentication-request.ts'
import { DiscoveryEndpoint } from './discovery-endpoint.ts'
import { findProblem } from './find-problem.ts'
import { issueIdToken } from './id-token.ts'
import { idTokenAlgorithm, signingAlgorithms } from './signing-algorithms.ts'
import type { ClaimsOfScope, LoadClaims } from './user-claims.ts'
import { UserinfoEndpoint } from './userinfo-endpoint.ts'

export interface OpenIdConnectOptions {
  /** Looks a person up by the subject that approvals name. */
  readonly claims: LoadClaims
  /** How long an ID token may be taken for true. Defaults to one hour. */
  readonly idTokenLifetime?: Duration
  /** Scopes of your own and the claims they ask for, beside the standard ones: `{ groups: ['groups'] }`. */
  readonly claimsOfScope?: ClaimsOfScope
  /** The authentication contexts that approvals may name in `acr`. */
  readonly acrValues?: readonly string[]
}

/**
 * Makes an authorization server an OpenID provider: ID tokens, userinfo and discovery.
 *
 * @example
 * server.registerExtension(OpenIDConnect, { claims: (subject) => users.find(subject) })
 * @spec OIDC Core §3.1
 */
export class OpenIDConnect implements Extension<ClientStore & TokenStore> {
  readonly name = 'openid-connect'
  readonly scopes: readonly string[]
  /** Those of the specification. One of your own may be meant for an API, too. */
  readonly personalScopes: readonly string[] = [...Object.keys(CLAIMS_OF_SCOPE), 'offline_access']
  readonly #options: OpenIdConnectOptions
  readonly #claimsOfScope: ClaimsOfScope
  readonly #idTokenLifetime: Seconds

  /** @throws ConfigurationError */
  constructor(options: OpenIdConnectOptions) {
    const { idTokenLifetime = '1h' } = options
    const problems = findProblem(() => toSeconds(idTokenLifetime), 'idTokenLifetime')
    if (problems.length > 0) throw new ConfigurationError('OpenIDConnect', problems)
    this.#options = options
    this.#claimsOfScope = { ...CLAIMS_OF_SCOPE, ...options.claimsOfScope }
    this.#idTokenLifetime = toSeconds(idTokenLifetime)
    this.scopes = [...Object.keys(this.#claimsOfScope), 'offline_access']
  }

  /** @throws ConfigurationError where no key can sign ID tokens. */
  install(registry: ServerRegistry<ClientStore & TokenStore>): void {
    if (signingAlgorithms(registry.server.keys).length === 0) {
      throw new ConfigurationError('OpenIDConnect', [
        '"keys" of the server must hold a private key that signs ID tokens, such as KeySet.generate(["RS256"])',
      ])
    }
    registry.registerEndpoint(new UserinfoEndpoint(this.#options.claims, this.#claimsOfScope))
    registry.registerEndpoint(new DiscoveryEndpoint())
  }

  /**
   * What cannot be read is refused before anybody is asked to sign in. `display`, `ui_locales`, `claims_locales`,
   * `acr_values` and `claims` are wishes: they need no support, and have none here.
   *
   * @spec OIDC Core §3.1.2.2
   */
  async onAuthorizationRequest({ server, authorization }: AuthorizationContext): Promise<void> {
    if (!isAuthenticationRequest(authorization)) return
    await readAuthenticationRequest(server, authorization)
    if (idTokenAlgorithm(authorization.client, server.keys) === undefined) {
      throw new OAuth2Error('server_error', 'this server has no key for the ID token algorithm of the client', {
        reason: 'id_token_key_missing',
      })
    }
  }

  /**
   * An approval must fit what the client demanded. How old a sign-in may be is the concern of whoever asked the person,
   * since a fresh one grows old while they decide; that there is a time at all is checked here.
   *
   * @spec OIDC Core §3.1.2.1
   */
  async onAuthorizationApproval({ server, authorization, approval }: ApprovalContext): Promise<void> {
    if (!isAuthenticationRequest(authorization)) return
    const { maxAge, subject } = await readAuthenticationRequest(server, authorization)
    if (subject !== undefined && subject !== approval.subject) {
      throw new OAuth2Error('login_required', 'the person is not the one that "id_token_hint" names', {
        reason: 'other_person',
      })
    }
    const needsTime = maxAge !== undefined || authorization.client.require_auth_time === true
    if (needsTime && approval.authTime === undefined) {
      throw new OAuth2Error('login_required', 'the client asks when the person signed in, which is not known', {
        reason: 'sign_in_time_unknown',
      })
    }
  }

  /** Tokens about a person who signed in for `openid` go with an ID token. @spec OIDC Core §3.1.3.3 */
  async onTokenResponse(context: TokenResponseContext): Promise<void> {
    const { subject, signedIn = true, askedScope = context.accessToken.scope } = context.decision
    if (subject === undefined || !signedIn || !parseScope(askedScope).includes('openid')) return
    context.response.id_token = await issueIdToken(context, subject, this.#idTokenLifetime)
  }

  /** @spec OIDC Discovery §3 */
  onMetadata(metadata: ServerMetadata, server: ServerHandle): void {
    const members: Partial<OpenIdProviderMetadata> = {
      scopes_supported: withoutVainScopes(metadata.scopes_supported ?? this.scopes, metadata),
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: signingAlgorithms(server.keys),
      ...(this.#options.acrValues === undefined ? {} : { acr_values_supported: this.#options.acrValues }),
      claim_types_supported: ['normal'],
      claims_supported: [...new Set(Object.values(this.#claimsOfScope).flat())],
      claims_parameter_supported: false,
      request_parameter_supported: false,
      request_uri_parameter_supported: false,
    }
    Object.assign(metadata, members)
  }
}

/** Offline access is what refresh tokens give. @spec OIDC Core §11 */
function withoutVainScopes(scopes: readonly string[], { grant_types_supported: grants }: ServerMetadata): string[] {
  return scopes.filter((scope) => scope !== 'offline_access' || grants?.includes('refresh_token'))
}
