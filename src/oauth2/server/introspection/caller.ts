import type { RequestParameters } from '../../../http/form.ts'
import { findBearerToken } from '../../bearer.ts'
import { OAuth2Error } from '../../errors.ts'
import { parseScope } from '../../scope.ts'
import { insufficientScope, invalidToken } from '../bearer-refusal.ts'
import { isConfidential } from '../client-rules.ts'
import type { AuthenticatedClient, RequestContext } from '../context.ts'
import { findClient } from '../find-client.ts'
import type { Client } from '../records.ts'
import type { ClientStore, TokenStore } from '../store.ts'
import { findAccessToken } from '../tokens/find-access-token.ts'

/** Who asks about a token. */
export interface IntrospectionCaller {
  /** Its name: the audience of answers that are JWTs. */
  readonly id: string
  /** Absent: it is no client, but was let in by `authorize`. */
  readonly client?: Client
  /** The resources that it is, as they stand in `aud` of tokens, besides those that the server knows to be its. */
  readonly resources?: readonly string[]
}

/** @spec RFC 7662 §2.3 A refusal here is a 401, and that has a challenge. */
const CHALLENGE = 'Basic realm="oauth", charset="UTF-8"'

/**
 * The client that authenticated. One that cannot prove who it is may not ask: it could be anybody, trying out tokens.
 *
 * @throws OAuth2Error `invalid_client`
 * @spec RFC 7662 §2.1
 */
export async function authenticateCaller(
  context: RequestContext,
  params: RequestParameters,
): Promise<IntrospectionCaller> {
  const { client } = await authenticate(context, params)
  if (!isConfidential(client)) {
    throw new OAuth2Error('invalid_client', 'client must prove who it is to introspect tokens', {
      reason: 'introspection_client_public',
      challenge: CHALLENGE,
    })
  }
  return { id: client.client_id, client }
}

async function authenticate(context: RequestContext, params: RequestParameters): Promise<AuthenticatedClient> {
  try {
    return await context.server.authenticateClient(context.request, params, context)
  } catch (error) {
    throw error instanceof OAuth2Error && error.code === 'invalid_client' ? withChallenge(error) : error
  }
}

function withChallenge({ code, description, reason, detail, challenge }: OAuth2Error): OAuth2Error {
  return new OAuth2Error(code, description, {
    ...(reason !== undefined && { reason }),
    ...(detail !== undefined && { detail }),
    challenge: challenge ?? CHALLENGE,
  })
}

/**
 * The client whose access token the request carries, if it carries one; the token must have this scope. One that is bound
 * to a key is worth nothing without the proof, which is not asked for here.
 *
 * @throws OAuth2Error `invalid_token`, `insufficient_scope`
 * @spec RFC 7662 §2.1
 * @spec RFC 6750 §3.1
 */
export async function findBearerCaller(
  context: RequestContext<ClientStore & TokenStore>,
  scope: string,
): Promise<IntrospectionCaller | undefined> {
  const token = await findBearerToken(context.request)
  if (token === undefined) return undefined
  const record = await findAccessToken(context, token)
  const client = record && (await findClient(context.store, record.client_id))
  if (record === undefined || client === undefined || record.cnf !== undefined) {
    throw invalidToken({
      description: 'access token is not one of this server, has ended or is bound to a key',
      reason: 'introspection_token_invalid',
    })
  }
  if (!parseScope(record.scope).includes(scope)) {
    throw insufficientScope({
      description: 'access token does not have the scope to introspect tokens',
      reason: 'introspection_scope_missing',
      scope,
    })
  }
  return { id: client.client_id, client }
}
