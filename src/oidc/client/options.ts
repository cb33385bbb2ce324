import { isHttpsOrLoopback, parseUrl } from '../../http/url.ts'
import type { PublicJwks } from '../../jose/jwks/index.ts'
import { findSpanProblems } from '../../oauth2/client/option-problems.ts'
import type { OAuth2ClientOptions } from '../../oauth2/client/options.ts'
import { parseScope } from '../../oauth2/scope.ts'
import { encodeUtf8 } from '../../util/bytes.ts'
import type { Seconds } from '../../util/clock.ts'
import { ConfigurationError } from '../../util/configuration-error.ts'
import type { OpenIdProviderMetadata } from '../discovery.ts'
import type { Decryption } from './decryption.ts'
import type { ReplayStore } from './replay-store.ts'

/** What the client knows about the provider: discovered, given, or both. */
export type KnownProvider = Partial<OpenIdProviderMetadata>

/** A client and its provider. With `openid` in its scope it logs people in; without, it is a plain OAuth 2 client. */
export interface OpenIdClientOptions extends OAuth2ClientOptions {
  serverMetadata?: KnownProvider
  /** Stands above what is discovered. */
  userinfoEndpoint?: string
  /** Where people log out at the provider; stands above what is discovered. */
  endSessionEndpoint?: string
  /** Where the provider publishes its keys; stands above what is discovered. */
  jwksUri?: string
  /** The provider's keys themselves, where they are known beforehand. */
  jwks?: PublicJwks
  /**
   * The one algorithm to accept for ID tokens, as the client is registered; an HMAC one (`HS256`) is checked with the
   * client's secret. Default: what the provider lists, without HMAC and without `none`; where it lists nothing, `RS256`.
   */
  idTokenSignedResponseAlg?: string
  /** Opens ID tokens, where the client is registered for encrypted ones: `new TokenDecryption(key)`. */
  idTokenDecryption?: Decryption
  /** How long ago an ID token may have been issued. Default: as long as it has not expired. */
  idTokenMaxAge?: Seconds
  /** The algorithm of userinfo answers, where the client is registered for signed ones: then they must be. */
  userinfoSignedResponseAlg?: string
  /** Opens userinfo answers, where the client is registered for encrypted ones: then they must be. */
  userinfoDecryption?: Decryption
  /** Where it is kept which logout tokens were used, for several processes. Default: the memory of this one. */
  replayStore?: ReplayStore
  /** How far the provider's clock may be from ours; 30 seconds. */
  clockTolerance?: Seconds
}

/** The options of the OAuth 2 client under it. @throws ConfigurationError with every problem at once. */
export function toOAuth2Options(options: OpenIdClientOptions): OAuth2ClientOptions {
  const problems = [
    ...findAddressProblems(options),
    ...findAlgorithmProblems(options),
    ...findKeyProblems(options),
    ...findSpanProblems({ clockTolerance: options.clockTolerance, idTokenMaxAge: options.idTokenMaxAge }),
  ]
  if (problems.length > 0) throw new ConfigurationError('OpenIdClient', problems)
  const { userinfoEndpoint, endSessionEndpoint, jwksUri, serverMetadata } = options
  if ((userinfoEndpoint ?? endSessionEndpoint ?? jwksUri) === undefined) return options
  const members: KnownProvider = {
    ...serverMetadata,
    ...(userinfoEndpoint !== undefined && { userinfo_endpoint: userinfoEndpoint }),
    ...(endSessionEndpoint !== undefined && { end_session_endpoint: endSessionEndpoint }),
    ...(jwksUri !== undefined && { jwks_uri: jwksUri }),
  }
  return { ...options, serverMetadata: members }
}

/** Whether a scope asks for a login. @spec OIDC Core §3.1.2.1 */
export function asksForLogin(scope: string | readonly string[]): boolean {
  return (typeof scope === 'string' ? parseScope(scope) : scope).includes('openid')
}

function findAddressProblems(options: OpenIdClientOptions): string[] {
  return (['userinfoEndpoint', 'endSessionEndpoint', 'jwksUri'] as const)
    .filter((name) => {
      const url = options[name] === undefined ? undefined : parseUrl(options[name])
      return options[name] !== undefined && (url === undefined || !isHttpsOrLoopback(url))
    })
    .map((name) => `"${name}" must be an absolute URL with https, or http on a loopback host`)
}

/**
 * @spec OIDC Core §3.1.3.7
 * @spec RFC 7518 §3.2
 */
function findAlgorithmProblems(options: OpenIdClientOptions): string[] {
  return (['idTokenSignedResponseAlg', 'userinfoSignedResponseAlg'] as const).flatMap((name) => {
    const alg = options[name]
    if (alg === 'none') return [`"${name}" must not be none: what has no signature proves nothing`]
    if (alg === undefined || !alg.startsWith('HS')) return []
    const bytes = Number(alg.slice(2)) / 8
    if (encodeUtf8(options.clientSecret ?? '').length >= bytes) return []
    return [`"clientSecret" is too short for "${name}" ${alg}: expected at least ${bytes} bytes`]
  })
}

/** Without discovery it must be said who signs the ID tokens, and with which keys. */
function findKeyProblems(options: OpenIdClientOptions): string[] {
  const {
    serverMetadata = {},
    serverMetadataUrl,
    authorizeUrl,
    accessTokenUrl,
    idTokenSignedResponseAlg: alg,
  } = options
  const isGiven = (authorizeUrl ?? accessTokenUrl ?? serverMetadata.token_endpoint) !== undefined
  if (!isGiven || serverMetadataUrl !== undefined || !asksForLogin(options.scope ?? '')) return []
  const problems: string[] = []
  if ((options.issuer ?? serverMetadata.issuer) === undefined) {
    problems.push('"issuer" is missing: "scope" has openid, and an ID token is only accepted from its issuer')
  }
  const hasKeys =
    (options.jwks ?? options.jwksUri ?? serverMetadata.jwks_uri) !== undefined || alg?.startsWith('HS') === true
  if (!hasKeys)
    problems.push('"jwksUri" is missing: "scope" has openid, and the signature of an ID token has to be verified')
  return problems
}
