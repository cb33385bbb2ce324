import type { Transport } from '../../../http/fetch.ts'
import { ConfigurationError } from '../../../util/configuration-error.ts'
import { type Duration, isDuration, toSeconds } from '../../../util/duration.ts'
import { OAuth2Error } from '../../errors.ts'
import { isScopeSubset, parseScope } from '../../scope.ts'
import type { TokenResponse } from '../../token-response.ts'
import { isConfidential } from '../client-rules.ts'
import type { TokenContext } from '../context.ts'
import type { GrantDecision } from '../decisions.ts'
import type { TokenGrant } from '../grant.ts'
import type { Actor, GrantRecord } from '../records.ts'
import type { GrantStore, TokenCommit, TokenStore } from '../store.ts'
import { checkDepth, checkMayAct, identitiesOf, identityOfClient, prependActor } from '../token-exchange/actor.ts'
import { type ExchangedToken, TOKEN_TYPES } from '../token-exchange/exchanged-token.ts'
import {
  type ExchangeApproval,
  type ExchangePolicy,
  type ExchangeRequest,
  readExchangeScope,
} from '../token-exchange/policy.ts'
import { readToken, type TokenReader } from '../token-exchange/read-token.ts'
import { approveTargets, type ExchangeTargets, readTargets } from '../token-exchange/targets.ts'
import { isJwt } from '../tokens/jwt.ts'
import { type TrustedIssuer, TrustedIssuers } from '../trusted-issuers.ts'

export interface TokenExchangeOptions {
  /** Who may exchange what for what. There is no default: without a yes it is no. */
  readonly policy: ExchangePolicy
  /** Others whose JWTs are taken as subject and actor tokens. Default: none, only tokens of this server are. */
  readonly issuers?: readonly TrustedIssuer[]
  /** How many may have acted in a token, the latest included. Default 4. */
  readonly maxActors?: number
  /** Whether clients that cannot prove who they are may exchange tokens. Default `false`. @spec RFC 8693 §5 */
  readonly allowPublicClients?: boolean
  /** How far the issuers' clocks may be from ours. Default 30 s. */
  readonly leeway?: Duration
  /** How `jwksUri` is fetched. */
  readonly transport?: Transport
}

type Context = TokenContext<TokenStore & GrantStore>

/** What the policy decides about, and the family that the new token joins. */
interface CheckedRequest extends ExchangeRequest {
  readonly targets: ExchangeTargets
  readonly grant: GrantRecord | undefined
}

/**
 * Token exchange: a client gets a token for another service in exchange for one that it has.
 *
 * The new token never outlives the subject token, never has more scope, and belongs to the same family: revoking the
 * person's grant ends it too. There is no refresh token.
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

  async grant(context: Context): Promise<GrantDecision> {
    if (!this.#allowPublicClients && !isConfidential(context.client)) {
      throw new OAuth2Error('unauthorized_client', 'token exchange is for clients that have credentials', {
        reason: 'exchange_client_public',
      })
    }
    const issuedType = readRequestedType(context)
    const request = await this.#check(context)
    const { grant: _, targets: __, ...asked } = request
    const approval = await this.#policy(asked)
    if (!approval) {
      throw new OAuth2Error('invalid_request', 'the policy of this server does not allow this exchange', {
        reason: 'exchange_denied',
      })
    }
    const act = this.#findActor(context, request, approval)
    return decide(context, request, approval, act, issuedType)
  }

  async #check(context: Context): Promise<CheckedRequest> {
    const { client, params, server } = context
    const subject = await this.#readSubject(context)
    const actor = await this.#readActor(context)
    const { issuer } = server
    checkMayAct(subject, actor === undefined ? [identityOfClient(client, issuer)] : identitiesOf(actor, issuer))
    const grant = await findFamily(context, subject)
    const targets = await readTargets(context)
    const scope = readExchangeScope(params.get('scope'), client, server.scopes, subject)
    const { resource, audience } = targets
    return { client, subject, ...(actor === undefined ? {} : { actor }), resource, audience, scope, grant, targets }
  }

  #readSubject(context: Context): Promise<ExchangedToken> {
    const token = required(context, 'subject_token')
    return readToken(context, 'subject_token', token, required(context, 'subject_token_type'), this.#reader)
  }

  /** @spec RFC 8693 §2.1 */
  async #readActor(context: Context): Promise<ExchangedToken | undefined> {
    const { params } = context
    const token = params.get('actor_token')
    if (token === undefined) {
      if (!params.has('actor_token_type')) return undefined
      throw new OAuth2Error('invalid_request', 'actor_token_type must not be sent without actor_token', {
        reason: 'exchange_actor_type_alone',
      })
    }
    const actor = await readToken(context, 'actor_token', token, required(context, 'actor_token_type'), this.#reader)
    if (actor.act === undefined) return actor
    // Two chains do not make one: who acted in the actor's name would be lost.
    throw new OAuth2Error('invalid_request', 'actor_token must be of the actor alone, with nobody acting for them', {
      reason: 'exchange_actor_delegated',
    })
  }

  /** Those who acted before stay named, also where nobody is added: impersonation does not wash a token clean. */
  #findActor({ server }: Context, request: CheckedRequest, approval: ExchangeApproval): Actor | undefined {
    const { subject, actor, client } = request
    const [named] = actor === undefined ? [] : identitiesOf(actor, server.issuer)
    const acting = named ?? (approval.actor === 'client' ? identityOfClient(client, server.issuer) : undefined)
    const act = acting === undefined ? subject.act : prependActor(acting, subject.act)
    checkDepth(act, this.#maxActors)
    return act
  }
}

function decide(
  context: Context,
  request: CheckedRequest,
  approval: ExchangeApproval,
  act: Actor | undefined,
  issuedType: string,
): GrantDecision {
  const { subject, grant, targets } = request
  return {
    ...subjectOf(request),
    ...approveTargets(targets, approval, approvedScope(request, approval)),
    ...(act === undefined ? {} : { act }),
    ...(grant === undefined ? {} : { grant }),
    signedIn: false,
    expiresAt: Math.min(subject.expiresAt, approval.expiresAt ?? subject.expiresAt),
    commit: (tokens, response) => commit(context, tokens, response, issuedType),
  }
}

/** A token that a client has for itself is about that client. @spec RFC 9068 §3 */
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
  { store }: Context,
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
  if (tokens.accessToken !== undefined && !(await store.saveTokens(tokens))) throw ended()
}

/** @spec RFC 8693 §2.1 */
function readRequestedType({ params }: Context): string {
  const type = params.get('requested_token_type') ?? TOKEN_TYPES.accessToken
  if (type === TOKEN_TYPES.accessToken || type === TOKEN_TYPES.jwt) return type
  throw new OAuth2Error('invalid_request', 'requested_token_type is not one that this server issues', {
    reason: 'exchange_requested_type_unsupported',
  })
}

/** The family of the subject token, which the new one joins. Tokens without one are on their own. */
async function findFamily({ store }: Context, { grantId }: ExchangedToken): Promise<GrantRecord | undefined> {
  if (grantId === undefined) return undefined
  const grant = await store.findGrant(grantId)
  if (grant === undefined) throw ended()
  return grant
}

function required({ params }: Context, name: string): string {
  const value = params.get(name)
  if (value !== undefined) return value
  throw new OAuth2Error('invalid_request', `${name} is missing`, { reason: 'exchange_parameter_missing' })
}

function ended(): OAuth2Error {
  return new OAuth2Error('invalid_request', 'subject_token was revoked', { reason: 'exchange_token_ended' })
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
