import { OAuth2Error } from '../../errors.ts'
import { formatScope, isScopeSubset, parseScope } from '../../scope.ts'
import type { TokenResponse } from '../../token-response.ts'
import { isConfidential } from '../client-rules.ts'
import type { TokenContext } from '../context.ts'
import type { GrantDecision, RepeatedAnswer } from '../decisions.ts'
import type { TokenGrant } from '../grant.ts'
import type { GrantRecord, RefreshTokenRecord } from '../records.ts'
import { narrowTarget } from '../requested-resource.ts'
import type { RefreshTokenStore, TokenCommit } from '../store.ts'
import { isBindingProven } from '../tokens/binding.ts'
import { findRefreshToken } from '../tokens/find-refresh-token.ts'
import { openAnswer, sealAnswer } from '../tokens/sealed-answer.ts'

export interface RefreshTokenOptions {
  /**
   * Whether a refresh token is exchanged for a new one at each use. Default `true`. With `false` confidential clients keep
   * theirs until it expires, however often it is used; public clients rotate all the same.
   *
   * @spec RFC 9700 §4.14.2
   */
  readonly rotate?: boolean
}

type Context = TokenContext<RefreshTokenStore>

/** A refresh token that was found to be the client's, and what the client asks for with it. */
interface Attempt {
  readonly token: string
  readonly record: RefreshTokenRecord
  readonly scope: string
  /** What tells this answer from those to other requests with the same token. */
  readonly asked: string
}

/**
 * The refresh token grant. A token is exchanged once; whoever presents it again shortly after (two tabs, a lost answer)
 * gets the same answer again, whoever presents it later ends the family: one of the two holders stole it.
 *
 * @spec RFC 6749 §6
 * @spec RFC 9700 §4.14.2
 */
export class RefreshTokenGrant implements TokenGrant<RefreshTokenStore> {
  readonly grantType = 'refresh_token'
  readonly parameters = ['refresh_token', 'scope'] as const
  readonly #rotate: boolean

  constructor(options: RefreshTokenOptions = {}) {
    this.#rotate = options.rotate ?? true
  }

  async grant(context: Context): Promise<GrantDecision | RepeatedAnswer> {
    const { params, store, client, now } = context
    const token = params.get('refresh_token')
    if (token === undefined) {
      throw new OAuth2Error('invalid_request', 'refresh_token is missing', { reason: 'refresh_token_missing' })
    }
    const record = await findRefreshToken(store, token)
    if (record === undefined || record.expires_at <= now) throw gone()
    // Whose it is comes first: what another client presents changes nothing.
    if (record.client_id !== client.client_id) {
      throw new OAuth2Error('invalid_grant', 'refresh_token was issued to another client', {
        reason: 'refresh_token_foreign',
      })
    }
    if (!isBindingProven(record.cnf, context.binding)) {
      throw new OAuth2Error('invalid_grant', 'refresh_token is bound to a key that was not proven', {
        reason: 'refresh_token_key_mismatch',
      })
    }
    const scope = formatScope(parseScope(params.get('scope') ?? record.scope))
    const attempt = {
      token,
      record,
      scope,
      asked: [scope, context.binding.jkt ?? '', ...params.all('resource').sort()].join('\n'),
    }
    if (record.rotated_at !== undefined) return { repeat: await answerAgain(context, attempt) }
    if (attempt.scope === '' && params.has('scope')) {
      throw new OAuth2Error('invalid_scope', 'scope must be a list of scope tokens separated by spaces', {
        reason: 'scope_malformed',
      })
    }
    if (!isScopeSubset(parseScope(attempt.scope), parseScope(record.scope))) {
      throw new OAuth2Error('invalid_scope', 'scope must be part of what was granted', { reason: 'scope_not_granted' })
    }
    const grant = await store.findGrant(record.grant_id)
    if (grant === undefined) throw gone()
    const decision = await decide(context, attempt, grant)
    return this.#rotate || !isConfidential(client)
      ? rotate(context, attempt, decision)
      : keep(context, attempt, decision)
  }
}

/** The new tokens replace the presented one, which keeps the answer for a second caller. */
function rotate(context: Context, attempt: Attempt, decision: GrantDecision): GrantDecision {
  return {
    ...decision,
    refreshable: true,
    commit: (tokens, response) => exchange(context, attempt, tokens, response),
  }
}

/** The presented token stays; the answer repeats it for clients that store answers as they come. */
function keep({ store }: Context, attempt: Attempt, decision: GrantDecision): GrantDecision {
  return {
    ...decision,
    async commit(tokens, response) {
      if (!(await store.saveTokens(tokens))) throw gone()
      response.refresh_token = attempt.token
      return undefined
    },
  }
}

/** @spec RFC 8707 §2.2 */
async function decide(context: Context, { scope }: Attempt, grant: GrantRecord): Promise<GrantDecision> {
  return {
    ...(grant.subject === undefined ? {} : { subject: grant.subject }),
    ...(await narrowTarget(context, grant, scope)),
    grant,
  }
}

/** Of parallel calls one wins; the others are answered as it was. */
async function exchange(
  context: Context,
  attempt: Attempt,
  tokens: TokenCommit,
  response: TokenResponse,
): Promise<TokenResponse | undefined> {
  const { store, now } = context
  const { token, record, asked } = attempt
  const successorResponse = await sealAnswer(token, asked, response)
  const outcome = await store.rotateRefreshToken(record.id, { at: now, successorResponse, tokens })
  if (outcome === 'done') return undefined
  const winner = outcome === 'replayed' ? await store.findRefreshToken(record.id) : undefined
  if (winner === undefined) throw gone()
  return answerAgain(context, { ...attempt, record: winner })
}

/**
 * Answers a token that was exchanged before: inside the window with the same answer, if it is for the same scope; after it
 * the family ends.
 */
async function answerAgain(context: Context, { token, record, asked }: Attempt): Promise<TokenResponse> {
  const { server, now, requestId } = context
  const { client_id: clientId, grant_id: grantId, rotated_at: rotatedAt = 0, successor_response: sealed = '' } = record
  const withinWindow = now < rotatedAt + server.lifetimes.refreshReplay
  server.emit('refresh.replayed', { clientId, subject: record.subject, grantId, withinWindow, requestId })
  if (!withinWindow) throw await endFamily(context, record)
  const answer = await openAnswer(token, asked, sealed)
  if (answer === undefined) {
    throw new OAuth2Error('invalid_grant', 'refresh_token was exchanged before, for another scope, resource or key', {
      reason: 'refresh_token_exchanged_otherwise',
    })
  }
  return answer.expires_in === undefined ? answer : { ...answer, expires_in: answer.expires_in - (now - rotatedAt) }
}

/** @spec RFC 9700 §4.14.2 */
async function endFamily({ store, server, now, requestId }: Context, record: RefreshTokenRecord): Promise<OAuth2Error> {
  const { client_id: clientId, grant_id: grantId, subject } = record
  if (await store.revokeGrant(grantId, now)) {
    server.emit('token.revoked', { clientId, subject, grantId, by: 'replay', requestId })
  }
  return new OAuth2Error('invalid_grant', 'refresh_token was exchanged before: all tokens of its grant are revoked', {
    reason: 'refresh_token_replayed',
  })
}

function gone(): OAuth2Error {
  return new OAuth2Error('invalid_grant', 'refresh_token is unknown, has expired or was revoked', {
    reason: 'refresh_token_gone',
  })
}
