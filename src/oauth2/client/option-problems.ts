import { checkIssuer, isHttpsOrLoopback, parseUrl } from '../../http/url.ts'
import type { Seconds } from '../../util/clock.ts'
import { isAuthorizationDetails } from '../authorization-details.ts'
import { isResourceIndicator } from '../resource-indicator.ts'
import { isScope } from '../scope.ts'
import { TOKEN_ENDPOINT_AUTH_METHODS } from './auth/choose.ts'
import { PROTECTED_PARAMETERS } from './authorization-parameters.ts'
import type { OAuth2ClientOptions } from './options.ts'
import { findMetadataProblem } from './server-metadata.ts'

/** Everything that is wrong with the options, each in a sentence. */
export function findOptionProblems(options: OAuth2ClientOptions): string[] {
  return [
    ...findAuthenticationProblems(options),
    ...findAddressProblems(options),
    ...findServerProblems(options),
    ...findRequestProblems(options),
    ...findParameterProblems(options),
    ...findChoiceProblems(options),
    ...findSpanProblems({ leeway: options.leeway }),
  ]
}

function findAuthenticationProblems(options: OAuth2ClientOptions): string[] {
  const { clientId, clientSecret } = options
  const problems: string[] = []
  if (typeof clientId !== 'string' || clientId === '')
    problems.push('"clientId" is missing: expected the identifier given by the provider')
  if (Object.hasOwn(options, 'clientSecret') && !clientSecret) {
    // Most likely an environment variable that is not set. Going on as a public client would only fail later.
    problems.push('"clientSecret" is there but empty: expected the secret, or nothing at all for a public client')
  }
  return [
    ...problems,
    ...findMethodProblems('tokenEndpointAuthMethod', options),
    ...findMethodProblems('revocationEndpointAuthMethod', options),
  ]
}

function findMethodProblems(
  name: 'tokenEndpointAuthMethod' | 'revocationEndpointAuthMethod',
  options: OAuth2ClientOptions,
): string[] {
  const { [name]: method, clientSecret, clientAuthMethods = [] } = options
  const own = clientAuthMethods.map((it) => it.method)
  if (typeof method !== 'string' || own.includes(method)) return []
  const known = [...TOKEN_ENDPOINT_AUTH_METHODS, ...own]
  if (!known.includes(method)) return [`"${name}" is unknown: expected one of ${known.join(', ')}, or an object`]
  if (method === 'none' && clientSecret !== undefined && name === 'tokenEndpointAuthMethod')
    return [`"${name}" is none, which sends no secret: leave "clientSecret" out`]
  return method !== 'none' && clientSecret === undefined ? [`"clientSecret" is missing: "${name}" is ${method}`] : []
}

const ADDRESSES = ['serverMetadataUrl', 'authorizeUrl', 'accessTokenUrl', 'refreshTokenUrl', 'apiBaseUrl'] as const

/** Nothing secret goes over plain http to another machine. @spec RFC 9700 §2.6 */
function findAddressProblems(options: OAuth2ClientOptions): string[] {
  return ADDRESSES.filter((name) => options[name] !== undefined)
    .filter((name) => !isSecureUrl(options[name] ?? ''))
    .map((name) => `"${name}" must be an absolute URL with https, or http on a loopback host`)
}

function isSecureUrl(text: string): boolean {
  const url = parseUrl(text)
  return url !== undefined && isHttpsOrLoopback(url) && url.username === '' && url.password === ''
}

function findServerProblems(options: OAuth2ClientOptions): string[] {
  const { issuer, serverMetadataUrl, authorizeUrl, accessTokenUrl, serverMetadata } = options
  const isKnown = [issuer, serverMetadataUrl, authorizeUrl, accessTokenUrl, serverMetadata].some(
    (it) => it !== undefined,
  )
  if (!isKnown)
    return ['the authorization server is not named: expected "serverMetadataUrl", "issuer" or "accessTokenUrl"']
  const claimed = serverMetadata?.issuer ?? issuer
  if (issuer !== undefined && claimed !== issuer) return ['"serverMetadata" names another issuer than "issuer"']
  const problem = claimed === undefined ? undefined : checkIssuer(claimed)
  const member = findMetadataProblem(serverMetadata ?? {})
  return [
    ...(problem === undefined ? [] : [`"issuer" ${problem}`]),
    ...(member === undefined
      ? []
      : [`"${member.name}" in "serverMetadata" is invalid: expected ${member.expectation}`]),
  ]
}

/** A span that is no number (`Number(process.env.LEEWAY)`) compares with nothing, so that what it loosens is never true. */
export function findSpanProblems(spans: Readonly<Record<string, Seconds | undefined>>): string[] {
  return Object.entries(spans)
    .filter(([, span]) => span !== undefined && !(Number.isSafeInteger(span) && span >= 0))
    .map(([name]) => `"${name}" must be a whole number of seconds`)
}

/**
 * @spec RFC 6749 §3.3
 * @spec RFC 8707 §2
 * @spec RFC 9396 §2
 */
function findRequestProblems({ scope, redirectUri, resource, authorizationDetails }: OAuth2ClientOptions): string[] {
  const problems: string[] = []
  const text = typeof scope === 'string' ? scope : (scope ?? []).join(' ')
  if (!isScope(text)) problems.push('"scope" must be names without quotes or backslashes, separated by spaces')
  if (redirectUri !== undefined && parseUrl(redirectUri) === undefined)
    problems.push('"redirectUri" must be an absolute URI')
  if (![resource ?? []].flat().every(isResourceIndicator))
    problems.push('"resource" must be an absolute URI without fragment, or a list of such')
  if (authorizationDetails !== undefined && !isAuthorizationDetails(authorizationDetails))
    problems.push('"authorizationDetails" must be a list of objects with a "type"')
  return problems
}

/** What says which request it is, who makes it, and with what right. */
const GRANT_PARAMETERS: readonly string[] = [
  'grant_type',
  'client_id',
  'client_secret',
  'client_assertion',
  'client_assertion_type',
  'code',
  'code_verifier',
  'refresh_token',
]

/** Parameters that are the same for every request, and so must be none that protects a single one. */
const FIXED_PARAMETERS: Readonly<
  Record<'authorizeParams' | 'accessTokenParams' | 'refreshTokenParams', readonly string[]>
> = {
  authorizeParams: [...PROTECTED_PARAMETERS, 'nonce', 'max_age'],
  accessTokenParams: GRANT_PARAMETERS,
  refreshTokenParams: GRANT_PARAMETERS,
}

function findParameterProblems(options: OAuth2ClientOptions): string[] {
  return (['authorizeParams', 'accessTokenParams', 'refreshTokenParams'] as const).flatMap((option) =>
    Object.keys(options[option] ?? {})
      .filter((name) => FIXED_PARAMETERS[option].includes(name))
      .map((name) => `"${name}" cannot be set through "${option}": the client sets it for each request`),
  )
}

const CHOICES = {
  codeChallengeMethod: ['S256', 'none'],
  pushedAuthorizationRequests: ['auto', 'always', 'never'],
  tokenPlacement: ['header', 'query', 'body'],
} as const

/** A value with a typo in it, which JavaScript lets pass, would be taken for the default or for its opposite. */
function findChoiceProblems(options: OAuth2ClientOptions): string[] {
  return (['codeChallengeMethod', 'pushedAuthorizationRequests', 'tokenPlacement'] as const)
    .filter((name) => options[name] !== undefined && !CHOICES[name].some((choice) => choice === options[name]))
    .map((name) => `"${name}" must be one of ${CHOICES[name].join(', ')}`)
}
