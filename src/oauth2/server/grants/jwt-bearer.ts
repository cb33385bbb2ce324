import type { Transport } from '../../../http/fetch.ts'
import type { RequestParameters } from '../../../http/form.ts'
import type { JwtClaims } from '../../../jose/jwt/index.ts'
import { isNonEmptyString } from '../../../util/assert.ts'
import type { Seconds } from '../../../util/clock.ts'
import { ConfigurationError } from '../../../util/configuration-error.ts'
import { type Duration, isDuration, toSeconds } from '../../../util/duration.ts'
import { AssertionError, verifyAssertion } from '../../assertion.ts'
import { OAuth2Error } from '../../errors.ts'
import { formatScope, isScopeSubset, parseScope } from '../../scope.ts'
import type { TokenContext } from '../context.ts'
import type { GrantDecision } from '../decisions.ts'
import type { TokenGrant } from '../grant.ts'
import { chooseTarget } from '../requested-resource.ts'
import { reduceScope } from '../requested-scope.ts'
import type { ReplayStore } from '../store.ts'
import { audienceOf, type KnownIssuer, mayPresent, type TrustedIssuer, TrustedIssuers } from '../trusted-issuers.ts'

/** An issuer whose assertions are exchanged for tokens. */
export interface AssertionIssuer extends TrustedIssuer {
  /**
   * The client that acts where a request names none: the assertion is all the proof there is. Default: none does, and
   * every client authenticates as it is registered.
   *
   * @spec RFC 7523 §2.1
   */
  readonly clientId?: string
}

export interface JwtBearerOptions {
  /** Whose assertions count, about whom and for what. */
  readonly issuers: readonly AssertionIssuer[]
  /** How long an assertion may live. Default 1 hour; each is accepted once, and remembered as long. */
  readonly maxLifetime?: Duration
  /** How far the issuers' clocks may be from ours. Default 30 s. */
  readonly leeway?: Duration
  /** How `jwksUri` is fetched. */
  readonly transport?: Transport
}

type Context = TokenContext<ReplayStore>

/**
 * The JWT bearer grant: somebody whom the server trusts has signed that the client may act for a person.
 *
 * There is no refresh token: who can get an assertion can get the next one.
 *
 * @example
 * server.registerGrant(JwtBearerGrant, {
 *   issuers: [{
 *     issuer: 'https://idp.example',
 *     jwksUri: 'https://idp.example/jwks',
 *     subject: ({ sub }) => users.findByIdp(sub),
 *     scope: 'calendar:read',
 *   }],
 * })
 * @spec RFC 7523 §2.1
 */
export class JwtBearerGrant implements TokenGrant<ReplayStore> {
  readonly grantType = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
  readonly parameters = ['assertion', 'scope'] as const
  readonly #issuers: TrustedIssuers
  readonly #clientIds: ReadonlyMap<string, string>
  readonly #maxLifetime: Seconds
  readonly #leeway: Seconds

  /** @throws ConfigurationError with every problem at once. */
  constructor(options: JwtBearerOptions) {
    const { issuers, maxLifetime = '1h', leeway = 30 } = options
    const durations = Object.entries({ maxLifetime, leeway })
    const problems = durations.filter(([, value]) => !isDuration(value)).map(([name]) => `"${name}" must be a duration`)
    if (problems.length > 0) throw new ConfigurationError('JwtBearerGrant', problems)
    this.#issuers = new TrustedIssuers('JwtBearerGrant', issuers, options.transport)
    this.#clientIds = new Map(
      issuers.flatMap(({ issuer, clientId }) => (clientId === undefined ? [] : [[issuer, clientId]])),
    )
    this.#maxLifetime = toSeconds(maxLifetime)
    this.#leeway = toSeconds(leeway)
  }

  /** Whose request it is that says nothing about its client: nothing in the assertion is proven yet. @spec RFC 7521 §4.1 */
  identifyClient(params: RequestParameters): string | undefined {
    const issuer = this.#issuers.find(params.get('assertion') ?? '')
    return issuer && this.#clientIds.get(issuer.issuer)
  }

  async grant(context: Context): Promise<GrantDecision> {
    const { params, client } = context
    const assertion = params.get('assertion')
    if (assertion === undefined) {
      throw new OAuth2Error('invalid_request', 'assertion is missing', { reason: 'assertion_missing' })
    }
    const issuer = this.#issuers.find(assertion)
    if (issuer === undefined || !mayPresent(issuer, client)) {
      throw new OAuth2Error('invalid_grant', 'assertion is not a JWT of an issuer that this client may present', {
        reason: 'assertion_issuer_unknown',
      })
    }
    const target = await chooseTarget(context, limitScope(params.get('scope'), context, issuer))
    const claims = await this.#verify(context, assertion, issuer)
    const subject = await issuer.subject(claims, client)
    if (!isNonEmptyString(subject)) {
      throw new OAuth2Error('invalid_grant', 'assertion is about nobody that this server knows', {
        reason: 'assertion_subject_unknown',
      })
    }
    return { subject, ...target, signedIn: false }
  }

  /** @spec RFC 7523 §3 */
  async #verify({ server, store, now }: Context, assertion: string, issuer: KnownIssuer): Promise<JwtClaims> {
    try {
      return await verifyAssertion(assertion, {
        purpose: 'assertion_grant',
        keys: issuer.keys,
        algorithms: issuer.algorithms,
        issuer: issuer.issuer,
        audience: audienceOf(issuer, server.issuer),
        types: [],
        required: ['sub'],
        maxLifetime: this.#maxLifetime,
        leeway: this.#leeway,
        now,
        rememberOnce: (key, expiresAt) => store.rememberOnce(key, expiresAt),
      })
    } catch (error) {
      throw error instanceof AssertionError ? toRefusal(error) : error
    }
  }
}

/**
 * What the issuer's word is good for. Asked for by name, anything else is an error, since the client relies on it; of what
 * a client gets without asking it is left out.
 *
 * @spec RFC 7521 §4.1
 */
function limitScope(
  requested: string | undefined,
  { client, server }: Context,
  { scope: ceiling }: KnownIssuer,
): string {
  const scope = reduceScope(requested ?? client.scope ?? ceiling, client, server.scopes)
  if (ceiling === undefined || isScopeSubset(parseScope(scope), parseScope(ceiling))) return scope
  if (requested === undefined) return formatScope(parseScope(scope).filter((one) => parseScope(ceiling).includes(one)))
  throw new OAuth2Error('invalid_scope', 'scope asks for more than the issuer of the assertion can give', {
    reason: 'assertion_scope_exceeded',
  })
}

/** Keys that cannot be had are not the assertion's fault. @spec RFC 7523 §3.1 */
function toRefusal(error: AssertionError): OAuth2Error {
  const { problem } = error
  return problem === 'keys_unavailable'
    ? new OAuth2Error('temporarily_unavailable', "the issuer's keys cannot be had now", {
        reason: 'assertion_keys_unavailable',
        cause: error,
        retryAfter: 5,
      })
    : new OAuth2Error('invalid_grant', error.message, { reason: `assertion_${problem}`, cause: error })
}
