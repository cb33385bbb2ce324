import { OAuth2Error } from '../../errors.ts'
import type { PresentedToken } from '../../presented-token.ts'
import type { RequestContext } from '../context.ts'
import type { ServerCore } from '../core.ts'
import type { AccessTokenRecord, Confirmation } from '../records.ts'
import type { TokenStore } from '../store.ts'
import { isBindingProven } from './binding.ts'
import { findAccessToken } from './find-access-token.ts'

/**
 * The record of an access token that a request to one of the server's own resources came with; nothing where it is not
 * ours, has expired or was revoked. Extensions look at the proofs that came with it.
 *
 * @throws OAuth2Error where it is bound to what was not proven, or is presented as bound and is not.
 * @spec RFC 9449 §7.1
 */
export async function authenticateToken<S extends TokenStore>(
  { registry, settings }: ServerCore<S>,
  context: RequestContext,
  presented: PresentedToken,
): Promise<AccessTokenRecord | undefined> {
  const { store } = settings
  const { server, now } = context
  const accessToken = await findAccessToken({ server, store, now }, presented.token)
  if (accessToken === undefined) return undefined
  const binding: Confirmation = {}
  for (const extension of registry.extensions) {
    if (extension.onTokenPresented === undefined) continue
    await extension.onTokenPresented({ ...context, store, presented, accessToken, binding })
  }
  const isDpop = presented.scheme.toLowerCase() === 'dpop'
  // RFC 9449 §7.2: as a bearer token, what is bound would be worth what it was bound to prevent.
  if (isBindingProven(accessToken.cnf, binding) && isDpop === (accessToken.cnf?.jkt !== undefined)) return accessToken
  throw new OAuth2Error(
    'invalid_token',
    'access token must be presented as it was issued, with a proof if it is bound',
    {
      reason: 'access_token_binding',
    },
  )
}
