import { randomToken } from '../../../crypto/random.ts'
import { equalsInConstantTime } from '../../../crypto/timing-safe.ts'
import { OAuth2Error } from '../../errors.ts'
import { codeChallengeOf, isCodeVerifier } from '../../pkce.ts'
import type { AuthorizationRequest } from '../authorization/request.ts'
import type { RequestContext, TokenContext } from '../context.ts'
import type { AuthorizationParameters, GrantDecision } from '../decisions.ts'
import type { AuthorizationGrant, TokenGrant } from '../grant.ts'
import type { AuthorizationCodeRecord, GrantRecord } from '../records.ts'
import type { AuthorizationCodeStore, TokenCommit } from '../store.ts'
import { tokenId } from '../tokens/token-id.ts'
import { decideRedemption } from './decide-redemption.ts'

type Context = TokenContext<AuthorizationCodeStore>

/**
 * The authorization code grant: a person agrees in the browser, the client redeems the code directly.
 *
 * A code is bound to its client, its redirect URI and its PKCE challenge, lives for a minute and is redeemed once. A proof
 * that fails burns it; a second use ends what the first one gave.
 *
 * @spec RFC 6749 §4.1
 * @spec RFC 9700 §2.1.1
 */
export class AuthorizationCodeGrant
  implements TokenGrant<AuthorizationCodeStore>, AuthorizationGrant<AuthorizationCodeStore>
{
  readonly grantType = 'authorization_code'
  readonly parameters = ['code', 'redirect_uri', 'code_verifier'] as const
  readonly responseTypes = ['code'] as const
  readonly defaultResponseMode = 'query'
  readonly metadata = { code_challenge_methods_supported: ['S256'] } as const

  /** Issues the code. @spec RFC 6749 §4.1.2 */
  async authorize(
    { store, server, now }: RequestContext<AuthorizationCodeStore>,
    { client, redirectUri, redirectUriSent, codeChallenge, binding }: AuthorizationRequest,
    grant: GrantRecord,
  ): Promise<AuthorizationParameters> {
    const code = randomToken(32)
    const record: AuthorizationCodeRecord = {
      id: await tokenId(code),
      client_id: client.client_id,
      grant,
      created_at: now,
      expires_at: now + server.lifetimes.authorizationCode,
    }
    if (redirectUriSent) record.redirect_uri = redirectUri
    if (codeChallenge !== undefined) record.code_challenge = codeChallenge
    if (binding.jkt !== undefined) record.dpop_jkt = binding.jkt
    await store.saveAuthorizationCode(record)
    return { code }
  }

  /**
   * Checks a code, in an order that matters: whose it is, before anything is revoked on its account; whether it was used;
   * then the proofs, which may be tried once.
   *
   * @spec RFC 6749 §4.1.3
   */
  async grant(context: Context): Promise<GrantDecision> {
    const code = context.params.get('code')
    if (code === undefined) throw new OAuth2Error('invalid_request', 'code is missing', { reason: 'code_missing' })
    const record = await context.store.findAuthorizationCode(await tokenId(code))
    if (record === undefined) throw gone()
    if (record.client_id !== context.client.client_id) {
      throw new OAuth2Error('invalid_grant', 'code was issued to another client', { reason: 'code_foreign' })
    }
    if (record.consumed_at !== undefined) throw await this.#replay(context, record)
    if (record.expires_at <= context.now) throw gone()
    const problem =
      findRedirectProblem(context, record) ??
      (await findPkceProblem(context, record)) ??
      findKeyProblem(context, record)
    if (problem !== undefined) throw await this.#burn(context, record, problem)
    return decideRedemption(context, record.grant, (tokens) => this.#redeem(context, record, tokens))
  }

  /** Uses the code up and writes the tokens in one step. Of parallel redemptions one wins; the others are replays. */
  async #redeem(context: Context, record: AuthorizationCodeRecord, tokens: TokenCommit): Promise<undefined> {
    const keepUntil = Math.max(record.expires_at, tokens.refreshToken ? record.grant.expires_at : lastsUntil(tokens))
    const outcome = await context.store.consumeAuthorizationCode(record.id, { at: context.now, keepUntil, tokens })
    if (outcome === 'replayed') throw await this.#replay(context, record)
    if (outcome === 'gone') throw gone()
  }

  /** The code leaked, or its client is broken: what it was exchanged for ends. @spec RFC 6749 §4.1.2 */
  async #replay({ store, server, now, requestId }: Context, record: AuthorizationCodeRecord): Promise<OAuth2Error> {
    const { client_id: clientId, grant } = record
    const revoked = await store.revokeGrant(grant.id, now)
    const family = { clientId, subject: grant.subject, grantId: grant.id, requestId }
    server.emit('code.replayed', family)
    if (revoked) server.emit('token.revoked', { ...family, by: 'replay' })
    return new OAuth2Error('invalid_grant', 'code was used before: the tokens it was exchanged for are revoked', {
      reason: 'code_replayed',
    })
  }

  /**
   * Whoever holds the code does not get to guess: its first use is its last, also where the proof fails. If somebody else
   * redeemed it meanwhile, this is the second use.
   *
   * @spec RFC 9700 §4.2.4
   */
  async #burn(context: Context, record: AuthorizationCodeRecord, problem: OAuth2Error): Promise<OAuth2Error> {
    const use = { at: context.now, keepUntil: record.expires_at }
    const outcome = await context.store.consumeAuthorizationCode(record.id, use)
    return outcome === 'replayed' ? this.#replay(context, record) : problem
  }
}

/** The redirect URI that the authorization request named has to be named again. @spec RFC 6749 §4.1.3 */
function findRedirectProblem({ params }: Context, { redirect_uri }: AuthorizationCodeRecord): OAuth2Error | undefined {
  if (redirect_uri === undefined || params.get('redirect_uri') === redirect_uri) return undefined
  return refuse('redirect_uri must be the one of the authorization request', 'code_redirect_uri_mismatch')
}

/**
 * The verifier must fit the challenge that the code was issued for. A verifier without challenge is the mark of a
 * downgrade, and so is a code without challenge for a client that must use one: a store that lost the column.
 *
 * @spec RFC 7636 §4.6
 * @spec RFC 9700 §4.8.2
 */
async function findPkceProblem(
  { params, server, client }: Context,
  { code_challenge: challenge }: AuthorizationCodeRecord,
): Promise<OAuth2Error | undefined> {
  const verifier = params.get('code_verifier')
  if (challenge === undefined) {
    if (verifier !== undefined) {
      const problem = 'code_verifier must not be sent for a code that was issued without a code_challenge'
      return refuse(problem, 'code_verifier_unexpected')
    }
    return server.requiresPkce(client)
      ? refuse('code was issued without a code_challenge, which this client must use', 'code_challenge_lost')
      : undefined
  }
  if (verifier === undefined) return refuse('code_verifier is missing', 'code_verifier_missing')
  if (!isCodeVerifier(verifier)) {
    return refuse('code_verifier must be 43 to 128 unreserved characters', 'code_verifier_malformed')
  }
  const fits = equalsInConstantTime(await codeChallengeOf(verifier), challenge)
  return fits ? undefined : refuse('code_verifier does not fit the code_challenge', 'code_verifier_wrong')
}

/** @spec RFC 9449 §10 */
function findKeyProblem({ binding }: Context, { dpop_jkt }: AuthorizationCodeRecord): OAuth2Error | undefined {
  if (dpop_jkt === undefined || dpop_jkt === binding.jkt) return undefined
  return refuse('code is bound to a key that was not proven', 'code_key_mismatch')
}

function gone(): OAuth2Error {
  return refuse('code is unknown or has expired', 'code_gone')
}

function refuse(description: string, reason: string): OAuth2Error {
  return new OAuth2Error('invalid_grant', description, { reason })
}

function lastsUntil({ accessToken }: TokenCommit): number {
  return accessToken?.expires_at ?? 0
}
