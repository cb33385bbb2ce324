import type { Awaitable } from '../../../util/awaitable.ts'
import type { Seconds } from '../../../util/clock.ts'
import { OAuth2Error } from '../../errors.ts'
import { formatScope, isScopeSubset, parseScope } from '../../scope.ts'
import type { Client } from '../records.ts'
import { reduceScope } from '../requested-scope.ts'
import type { ExchangedToken } from './exchanged-token.ts'

/** Somebody asks for a token in exchange for another. All that is here was checked; whether it may be is not. */
export interface ExchangeRequest {
  /** Who asks. */
  readonly client: Client
  /** On whose behalf. */
  readonly subject: ExchangedToken
  /** Who will act for them. Absent: nobody is named, and whoever gets the token is taken for the subject. */
  readonly actor?: ExchangedToken
  /** The services that the token is asked for: by name (`audience`) … */
  readonly audience: readonly string[]
  /** … and by address (`resource`), of which the server knows each. */
  readonly resource: readonly string[]
  /** What is asked for, space-separated: no more than the subject token has, and than the client may have. */
  readonly scope: string
}

/** What the policy allows. */
export interface ExchangeApproval {
  /** Part of what was asked for. Default: all of it. */
  readonly scope?: string
  /** Who may accept the new token. Default: the services that it was asked for. */
  readonly audience?: readonly string[]
  /** Never later than this, and never later than the subject token in any case. */
  readonly expiresAt?: Seconds
  /** Names the client as the one who acts, where there is no actor token. Default: nobody is. */
  readonly actor?: 'client'
}

/**
 * Decides about exchanges. Nothing: no. To say no in other words, or that a service is out of reach, it throws
 * `OAuth2Error` (`invalid_target`, `unauthorized_client`).
 */
export type ExchangePolicy = (request: ExchangeRequest) => Awaitable<ExchangeApproval | undefined>

/**
 * What is asked for: by name no more than the subject token has; without a word, what it and the client may both have.
 *
 * @throws OAuth2Error `invalid_scope`
 * @spec RFC 8693 §2.1
 */
export function readExchangeScope(
  requested: string | undefined,
  client: Client,
  known: readonly string[] | undefined,
  { scope: ceiling }: Pick<ExchangedToken, 'scope'>,
): string {
  if (requested === undefined) return inherit(client, ceiling)
  const scope = reduceScope(requested, client, known)
  if (ceiling === undefined || isScopeSubset(parseScope(scope), parseScope(ceiling))) return scope
  throw new OAuth2Error('invalid_scope', 'scope asks for more than the subject_token has', {
    reason: 'exchange_scope_exceeded',
  })
}

function inherit({ scope: allowed }: Client, ceiling = ''): string {
  if (allowed === undefined) return ceiling
  return formatScope(parseScope(ceiling).filter((scope) => parseScope(allowed).includes(scope)))
}
