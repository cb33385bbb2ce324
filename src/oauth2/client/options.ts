import type { Transport } from '../../http/fetch.ts'
import type { Awaitable } from '../../util/awaitable.ts'
import type { Clock, Seconds } from '../../util/clock.ts'
import type { Logger } from '../../util/logger.ts'
import type { AuthorizationDetail } from '../authorization-details.ts'
import type { ServerMetadata } from '../server-metadata.ts'
import type { TokenEndpointAuthMethod } from './auth/choose.ts'
import type { ClientAuthentication, ClientAuthenticationContext, ClientCredentials } from './auth/client-auth.ts'
import type { ComplianceHooks } from './compliance.ts'
import type { Discovery } from './discovery-urls.ts'
import type { IssuerMatcher } from './issuer-matcher.ts'
import type { MetadataStore } from './metadata-store.ts'
import type { ProofOfPossession } from './proof-of-possession.ts'
import type { RefreshLock } from './refresh-lock.ts'
import type { RequestSigner } from './request-signer.ts'
import type { TokenSet } from './token-set.ts'
import type { WireParameters } from './wire-parameters.ts'

/** A client's own way to say who it is: what to add to a request. */
export type CustomAuthentication = (context: ClientAuthenticationContext) => Awaitable<ClientCredentials>

/** A method of client authentication: one of the usual names or of `clientAuthMethods`, an object, or a function. */
export type AuthMethodChoice =
  | TokenEndpointAuthMethod
  | (string & Record<never, never>)
  | ClientAuthentication
  | CustomAuthentication

/** Where a Bearer token goes. @spec RFC 6750 §2 */
export type TokenPlacement = 'header' | 'query' | 'body'

/** A client, and the authorization server that it is registered at. */
export interface OAuth2ClientOptions {
  clientId: string
  clientSecret?: string
  /**
   * Defaults to what the server supports: `client_secret_basic` with a secret, `none` without. What needs more than a secret is
   * an object (`new PrivateKeyJwt(key)`); a way of your own is one too, or a function.
   */
  tokenEndpointAuthMethod?: AuthMethodChoice
  /** The same for the revocation endpoint, where it is another. Default: as at the token endpoint. */
  revocationEndpointAuthMethod?: AuthMethodChoice
  /**
   * Further methods, to be chosen by their names. Where no name is given, the first one that the server lists; where it
   * lists none of them, the first one.
   */
  clientAuthMethods?: readonly ClientAuthentication[]

  /** The authorization server's identifier. Without endpoints it is also where they are discovered. */
  issuer?: string
  /**
   * For a server with an issuer for each of its tenants, such as `issuerTemplate('https://login.microsoftonline.com/{tenantid}/v2.0')`:
   * stands in the place of the comparison with the one issuer.
   */
  acceptIssuer?: IssuerMatcher
  /** Keeps what the server says about itself beyond the process: `storedMetadata(store, { secret })`. */
  metadataStore?: MetadataStore
  /** Where the server describes itself. */
  serverMetadataUrl?: string
  /** The authorization endpoint; stands above what is discovered. */
  authorizeUrl?: string
  /** The token endpoint; stands above what is discovered. */
  accessTokenUrl?: string
  /** Where tokens are renewed, for a server that has an address of its own for it. Default: the token endpoint. */
  refreshTokenUrl?: string
  /** What else is known about the server, spelled as on the wire; stands above what is discovered. */
  serverMetadata?: Partial<ServerMetadata>

  /** What relative URLs of `get`, `post` … are relative to. */
  apiBaseUrl?: string
  /** What to ask for: space-separated, or a list. */
  scope?: string | readonly string[]
  redirectUri?: string
  /** `none` gives up the protection of the code and is for servers that refuse the parameter. Default `S256`. */
  codeChallengeMethod?: 'S256' | 'none'
  /** The resources that tokens are for, as URIs; calls may say others. @spec RFC 8707 §2 */
  resource?: string | readonly string[]
  /** What to ask for in detail; calls may say otherwise. @spec RFC 9396 §5 */
  authorizationDetails?: readonly AuthorizationDetail[]
  /** Further parameters of authorization requests, spelled as on the wire; those of a call stand above them. */
  authorizeParams?: WireParameters
  /** Further parameters of token requests, whatever the grant; those of a call stand above them. */
  accessTokenParams?: WireParameters
  /** Further parameters of the requests that renew tokens. */
  refreshTokenParams?: WireParameters
  /**
   * Whether the parameters of an authorization request go to the server first, and the browser carries a reference.
   * `auto`, the default: where the server requires it, and where it can be done and a URL is no good place for them: with
   * `requestObjects`, which are long, and with `authorizationDetails`, which say what somebody is about to do. That a
   * server lists the endpoint is no reason by itself: it would cost every login a request more.
   *
   * @spec RFC 9126 §5
   */
  pushedAuthorizationRequests?: 'auto' | 'always' | 'never'
  /** Signs authorization requests: `new RequestObjects(key)`. @spec RFC 9101 §4 */
  requestObjects?: RequestSigner
  /** Binds tokens to a key: `new Dpop(key)`. @spec RFC 9449 §5 */
  dpop?: ProofOfPossession
  /**
   * For APIs that do not look into the header. `query` puts access tokens into URLs, which logs and histories keep;
   * `body` goes with forms, other requests use the header. Tokens of the type DPoP have no other place than the header.
   * Default `header`.
   */
  tokenPlacement?: TokenPlacement
  /** How long before its end a token is renewed; 60 seconds, at most half of its lifetime. */
  leeway?: Seconds
  /**
   * Finds the token of whoever makes this request of the application, for calls that are given a `request` and no token.
   * It is asked again before and after a refresh: somebody else may have renewed the token in the meantime. (A method, as
   * `updateToken`, so that a function fits which knows what requests look like.)
   */
  fetchToken?(request: unknown): Awaitable<TokenSet | undefined>
  /**
   * Called with a renewed token, before anybody uses it: the place to store it. Of what it returns only `false` is looked at:
   * it was not stored, because another token has taken the place of `previous` already (compare-and-set).
   */
  updateToken?(token: TokenSet, previous: TokenSet, request?: unknown): Awaitable<unknown>
  /** Keeps several processes from renewing one token at once, such as `storeLock(store)`. */
  refreshLock?: RefreshLock
  /** Repairs what a provider does against the rules; several in their order. */
  compliance?: ComplianceHooks | readonly ComplianceHooks[]

  transport?: Transport
  /** How the client introduces itself. Default: the name and version of this package. Browsers keep their own. */
  userAgent?: string
  clock?: Clock
  logger?: Logger
}

/** The options after they were checked, with every default in its place. */
export interface ClientSettings {
  readonly clientId: string
  readonly clientSecret?: string
  /** Absent: chosen when the server's metadata are known. */
  readonly authentication?: ClientAuthentication
  /** At the revocation endpoint, where it is another. */
  readonly revocationAuthentication?: ClientAuthentication
  readonly clientAuthMethods: readonly ClientAuthentication[]
  readonly discovery?: Discovery
  /** What the developer said about the server. */
  readonly serverMetadata: Partial<ServerMetadata>
  readonly refreshTokenUrl?: string
  readonly apiBaseUrl?: string
  readonly scope: readonly string[]
  readonly redirectUri?: string
  readonly codeChallengeMethod: 'S256' | 'none'
  readonly resource: readonly string[]
  readonly authorizationDetails?: readonly AuthorizationDetail[]
  readonly authorizeParams: WireParameters
  readonly accessTokenParams: WireParameters
  readonly refreshTokenParams: WireParameters
  readonly pushedAuthorizationRequests: 'auto' | 'always' | 'never'
  readonly requestObjects?: RequestSigner
  readonly dpop?: ProofOfPossession
  readonly tokenPlacement: TokenPlacement
  readonly leeway: Seconds
  readonly fetchToken?: NonNullable<OAuth2ClientOptions['fetchToken']>
  readonly updateToken?: NonNullable<OAuth2ClientOptions['updateToken']>
  readonly refreshLock?: RefreshLock
  readonly acceptIssuer?: IssuerMatcher
  readonly metadataStore?: MetadataStore
  readonly compliance: readonly ComplianceHooks[]
  readonly transport: Transport
  readonly clock: Clock
  readonly logger: Logger
}
