import type { Transport } from '../../http/fetch.ts'
import { checkIssuer, isHttpsOrLoopback, parseUrl } from '../../http/url.ts'
import type { KeySource } from '../../jose/jwks/index.ts'
import type { Clock } from '../../util/clock.ts'
import { type Duration, isDuration } from '../../util/duration.ts'
import type { Logger } from '../../util/logger.ts'
import type { IntrospectionJwtExpectations } from '../introspection-jwt.ts'
import type { IntrospectionAuthentication } from './introspection-auth.ts'
import { findIssuerKeyProblems } from './issuer-keys.ts'
import { findTokenCacheProblems, type TokenCacheOptions } from './token-cache.ts'

/** Answers have to be JWTs that the server signed. @spec RFC 9701 §5 */
export interface SignedAnswerOptions {
  /** Who we are to the server: the audience of its answers. */
  readonly clientId: string
  /** What answers may be signed with. Default: every algorithm that needs no shared secret. */
  readonly algorithms?: readonly string[]
  /** Where the server's keys are. Absent: its metadata say so. */
  readonly jwksUri?: string
  /** The server's keys themselves, where they are known. */
  readonly keys?: KeySource
  /** Our keys and the algorithms they are for, where answers come encrypted: then one that is not is refused. */
  readonly decryption?: NonNullable<IntrospectionJwtExpectations['decryption']>
}

export interface IntrospectionValidatorOptions {
  /** The authorization server, as it names itself. Needed unless `introspectionEndpoint` is given. */
  readonly issuer?: string
  /** Where to ask. Absent: the metadata of the issuer say so. */
  readonly introspectionEndpoint?: string
  /** This resource, as tokens name it; one of several names is enough. */
  readonly audience: string | readonly string[]
  /** Accepts tokens of which the server does not say who they are for. Default: no. */
  readonly allowMissingAudience?: boolean
  /** How to prove who we are: `clientSecretBasic(id, secret)`, `privateKeyJwt(id, key)`, or a function of your own. */
  readonly authentication: IntrospectionAuthentication
  readonly signedAnswers?: SignedAnswerOptions
  /**
   * Remembers what was said of tokens that are active; one that is revoked goes on being accepted for that long. Default:
   * the server is asked about every request.
   */
  readonly cache?: TokenCacheOptions
  /** How far the server's clock may be from ours. Default 30 s. */
  readonly leeway?: Duration
  /** Default: 5 s and 64 KiB an answer, no redirects. */
  readonly transport?: Transport
  readonly clock?: Clock
  readonly logger?: Logger
}

export function findIntrospectionProblems(options: IntrospectionValidatorOptions): string[] {
  const { audience, authentication, signedAnswers, leeway = 0, cache } = options
  const problems = findTargetProblems(options)
  if (!audience || audience.length === 0)
    problems.push('"audience" is missing: expected the name of this API in its tokens')
  if (typeof authentication !== 'function')
    problems.push('"authentication" is missing: expected a function such as clientSecretBasic(id, secret)')
  if (signedAnswers !== undefined && options.issuer === undefined)
    problems.push('"signedAnswers" are asked for without "issuer": expected the name of who signs them')
  if (!isDuration(leeway)) problems.push('"leeway" must be a whole number of seconds or a text such as "30s"')
  return [...problems, ...findIssuerKeyProblems(signedAnswers ?? {}), ...findTokenCacheProblems(cache)]
}

function findTargetProblems({ issuer, introspectionEndpoint }: IntrospectionValidatorOptions): string[] {
  const problems: string[] = []
  if (issuer === undefined && introspectionEndpoint === undefined)
    problems.push('"issuer" and "introspectionEndpoint" are both missing: expected one of them')
  const issuerProblem = issuer === undefined ? undefined : checkIssuer(issuer)
  if (issuerProblem !== undefined) problems.push(`"issuer" ${issuerProblem}`)
  if (introspectionEndpoint === undefined) return problems
  const url = parseUrl(introspectionEndpoint)
  if (url === undefined || !isHttpsOrLoopback(url))
    problems.push('"introspectionEndpoint" must be https, or http on a loopback address')
  return problems
}
