import type { Transport } from '../../../http/fetch.ts'
import type { Seconds } from '../../../util/clock.ts'
import { ConfigurationError } from '../../../util/configuration-error.ts'
import { type Duration, isDuration, toSeconds } from '../../../util/duration.ts'
import { OAuth2Error } from '../../errors.ts'
import { isScopeSubset, parseScope } from '../../scope.ts'
import type { TokenResponse } from '../../token-response.ts'
import { isConfidential } from '../client-rules.ts'
import type { GrantDecision } from '../decisions.ts'
import type { TokenGrant } from '../grant.ts'
import type { Actor } from '../records.ts'
import type { GrantStore, TokenCommit, TokenStore } from '../store.ts'
import { checkDepth, identitiesOf, identityOfClient, prependActor } from '../token-exchange/actor.ts'
import { TOKEN_TYPES } from '../token-exchange/exchanged-token.ts'
import type { ExchangeApproval, ExchangePolicy, ExchangeRequest } from '../token-exchange/policy.ts'
import type { TokenReader } from '../token-exchange/read-token.ts'
import { type CheckedExchange, type ExchangeContext, readExchange, tokenEnded } from '../token-exchange/request.ts'
import { approveTargets } from '../token-exchange/targets.ts'
import { isJwt } from '../tokens/jwt.ts'
import { type TrustedIssuer, TrustedIssuers } from '../trusted-issuers.ts'

export interface TokenExchangeOptions {
  /** Who may exchange what for what. There is no default: without a yes it is no. */
  readonly policy: ExchangePolicy
  /** Others whose JWTs are taken as subject and actor tokens. Default: none, only tokens of this server are. */
  readonly issuers?: readonly TrustedIssuer[]
  /** How many may have acted in a token, the latest included. Default 4. */
  readonly maxActors?: number
  /** Whether clients that cannot prove who they are may exchange tokens. Default `false`. @spec RFC 8693 §2.1 */
  readonly allowPublicClients?: boolean
  /** How far the issuers' clocks may be from ours. Default 30 s. */
  readonly leeway?: Duration
  /** How `jwksUri` is fetched. */
  readonly transport?: Transport
}

/**
 * Token exchange: a client gets a token for another service in exchange for one that it has.
 *
 * The new token never outlives the subject token. Where that is an access token of this server, it never has more scope
 * than that either, and belongs to the same family: revoking the person's grant ends it too. ID tokens and JWTs of others
 * have no scope that means something here, and no family: what the client may have, and `scope` of the issuer, are the
 * bounds. There is no refresh token.
 *
 * @example
 * server.registerGrant(TokenExchangeGrant, {
 *   policy: ({ client, subject, resource }) =>
 *     client.client_id === 'gateway' && subject.audience.includes('https://gateway.example') ? { actor: 'client' } : undefined,
 * })
 * @spec RFC 8693 §2
 */
export class TokenExchangeGrant implements TokenGrant<TokenStore & GrantStore> {
  readonly grantType = 'urn:ietf:params:oauth:grant-type:token-exchange'
  readonly parameters = [
    'subject_token',
    'subject_token_type',
    'actor_token',
    'actor_token_type',
    'requested_token_type',
    'scope',
  ] as const
  readonly #policy: ExchangePolicy
  readonly #reader: TokenReader
  readonly #maxActors: number
  readonly #allowPublicClients: boolean

  /** @throws ConfigurationError with every problem at once. */
  constructor(options: TokenExchangeOptions) {
    const problems = findProblems(options)
    if (problems.length > 0) throw new ConfigurationError('TokenExchangeGrant', problems)
    this.#policy = options.policy
    const issuers = new TrustedIssuers('TokenExchangeGrant', options.issuers ?? [], options.transport)
    this.#reader = { issuers, leeway: toSeconds(options.leeway ?? 30) }
    this.#maxActors = options.maxActors ?? 4
    this.#allowPublicClients = options.allowPublicClients ?? false
  }

  async grant(context: ExchangeContext): Promise<GrantDecision> {
    if (!this.#allowPublicClients && !isConfidential(context.client)) {
      throw new OAuth2Error('unauthorized_client', 'token exchange is for clients that have credentials', {
        reason: 'exchange_client_public',
      })
    }
    const checked = await readExchange(context, this.#reader)
    const approval = await this.#policy(checked.request)
    if (!approval) {
      throw new OAuth2Error('invalid_request', 'the policy of this server does not allow this exchange', {
        reason: 'exchange_denied',
      })
    }
    const act = findActor(context, checked.request, approval)
    checkDepth(act, this.#maxActors)
    return decide(context, checked, approval, act)
  }
}

/**
 * Those who acted before stay named, also where nobody is added: impersonation does not wash a token clean. A token that
 * says who may act was made to name them.
 *
 * @spec RFC 8693 §4.1
 * @spec RFC 8693 §4.4
 */
function findActor(
  { server }: ExchangeContext,
  request: ExchangeRequest,
  approval: ExchangeApproval,
): Actor | undefined {
  const { subject, actor, client } = request
  const namesClient = approval.actor === 'client' || subject.claims['may_act'] !== undefined
  const [named] = actor === undefined ? [] : identitiesOf(actor, server.issuer)
  const acting = named ?? (namesClient ? identityOfClient(client, server.issuer) : undefined)
  return acting === undefined ? subject.act : prependActor(acting, subject.act)
}

function decide(
  context: ExchangeContext,
  { request, targets, grant, issuedType }: CheckedExchange,
  approval: ExchangeApproval,
  act: Actor | undefined,
): GrantDecision {
  return {
    ...subjectOf(request),
    ...approveTargets(targets, approval, approvedScope(request, approval)),
    ...(act === undefined ? {} : { act }),
    ...(grant === undefined ? {} : { grant }),
    signedIn: false,
    expiresAt: findEnd(context, request, approval),
    commit: (tokens, response) => commit(context, tokens, response, issuedType),
  }
}

/** A subject token that the leeway let pass may have no time left to give. */
function findEnd({ now }: ExchangeContext, { subject }: ExchangeRequest, approval: ExchangeApproval): Seconds {
  const end = Math.floor(Math.min(subject.expiresAt, approval.expiresAt ?? subject.expiresAt))
  if (end > now) return end
  throw new OAuth2Error('invalid_request', 'subject_token has no time left for another token', {
    reason: 'exchange_token_expired',
  })
}

/** A token that a client has for itself is about that client. @spec RFC 9068 §2.2 */
function subjectOf({ subject, client }: ExchangeRequest): { subject?: string } {
  const name = subject.subject ?? subject.clientId
  return name === undefined || (subject.subject === undefined && name === client.client_id) ? {} : { subject: name }
}

function approvedScope({ scope: asked }: ExchangeRequest, { scope = asked }: ExchangeApproval): string {
  if (isScopeSubset(parseScope(scope), parseScope(asked))) return scope
  throw new TypeError('"scope" that the exchange policy allows must be part of what was asked for')
}

/** Writes the token if its family still lives. @spec RFC 8693 §2.2.1 */
async function commit(
  { store }: ExchangeContext,
  tokens: TokenCommit,
  response: TokenResponse,
  issuedType: string,
): Promise<undefined> {
  if (issuedType === TOKEN_TYPES.jwt && !isJwt(response.access_token)) {
    throw new OAuth2Error('invalid_request', 'requested_token_type cannot be had here: access tokens are no JWTs', {
      reason: 'exchange_requested_type_unsupported',
    })
  }
  response['issued_token_type'] = issuedType
  if (tokens.accessToken !== undefined && !(await store.saveTokens(tokens))) throw tokenEnded()
}

function findProblems({ policy, maxActors, leeway }: TokenExchangeOptions): string[] {
  return [
    ...(typeof policy === 'function' ? [] : ['"policy" must be a function that says who may exchange what']),
    ...(maxActors === undefined || (Number.isSafeInteger(maxActors) && maxActors >= 0)
      ? []
      : ['"maxActors" must be a whole number']),
    ...(leeway === undefined || isDuration(leeway) ? [] : ['"leeway" must be a duration']),
  ]
}
