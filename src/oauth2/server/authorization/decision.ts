import type { HttpResponse } from '../../../http/response.ts'
import { OAuth2Error } from '../../errors.ts'
import { createApprovedGrant } from '../approved-grant.ts'
import { mayRefresh } from '../client-rules.ts'
import type { RequestContext } from '../context.ts'
import { createContext, type ServerCore } from '../core.ts'
import type { Approval, AuthorizationDecision, AuthorizationParameters, Denial } from '../decisions.ts'
import { logRefusal, toOAuth2Error } from '../error-response.ts'
import type { GrantRecord } from '../records.ts'
import { findLifetime, lifetimeOf } from '../tokens/shape.ts'
import { mayTellClient } from './error-target.ts'
import type { AuthorizationRequest, ProvenRequest } from './request.ts'
import { sendToClient, showToPerson } from './response.ts'

/** Turns the person's decision into the response that the client gets. Every error becomes a response. */
export function decideAuthorization<S>(
  core: ServerCore<S>,
  request: AuthorizationRequest<unknown>,
  decision: AuthorizationDecision,
): Promise<HttpResponse> {
  const context = createContext(core, request.http, request.requestId)
  return core.trails.follow(context, () => decide(core, context, request, decision))
}

async function decide<S>(
  core: ServerCore<S>,
  context: RequestContext<S>,
  request: AuthorizationRequest<unknown>,
  decision: AuthorizationDecision,
): Promise<HttpResponse> {
  try {
    if ('denied' in decision) {
      throw toRefusal(decision)
    }
    return await sendToClient(core, context, request, await authorize(core, context, request, decision))
  } catch (error) {
    return refuse(core, context, request, error, decision)
  }
}

function toRefusal({ error = 'access_denied', description, reason = 'denied' }: Denial): OAuth2Error {
  return new OAuth2Error(error, description ?? 'the person refused the request', { reason })
}

/** Tells the client, or the person where the client is not trusted so far, that the request failed. @spec RFC 6749 §4.1.2.1 */
export function refuseAuthorization<S>(
  core: ServerCore<S>,
  request: ProvenRequest,
  error: unknown,
): Promise<HttpResponse> {
  const context = createContext(core, request.http, request.requestId)
  return core.trails.follow(context, () => refuse(core, context, request, error))
}

async function refuse<S>(
  core: ServerCore<S>,
  context: RequestContext<S>,
  request: ProvenRequest,
  error: unknown,
  decision?: AuthorizationDecision,
): Promise<HttpResponse> {
  const refusal = toOAuth2Error(error, context.requestId)
  logRefusal(context, refusal, request.client.client_id)
  core.server.emit('authorization.denied', {
    clientId: request.client.client_id,
    error: refusal.code,
    reason: refusal.reason,
    requestId: context.requestId,
  })
  if (!mayTellClient(core, request, decision)) return showToPerson(core, context, refusal)
  try {
    return await sendToClient(core, context, request, refusal.toParameters())
  } catch (cause) {
    // Not even the refusal could be sent: a hook or a response mode failed.
    const failure = toOAuth2Error(cause, context.requestId)
    logRefusal(context, failure, request.client.client_id)
    return showToPerson(core, context, failure)
  }
}

async function authorize<S>(
  core: ServerCore<S>,
  context: RequestContext<S>,
  request: AuthorizationRequest<unknown>,
  approval: Approval,
): Promise<AuthorizationParameters> {
  const grant = core.registry.authorizationGrants.get(request.responseType)
  if (grant === undefined) throw new Error('the response type of a checked request is no longer registered')
  const authorization: AuthorizationRequest = { ...request, toAnswer: (response) => response }
  for (const extension of core.registry.extensions) {
    if (extension.onAuthorizationApproval)
      await extension.onAuthorizationApproval({ ...context, authorization, approval })
  }
  const record = await createGrant(core, context, request, approval)
  const parameters = await grant.authorize(context, authorization, record)
  core.server.emit('authorization.granted', {
    clientId: record.client_id,
    subject: approval.subject,
    scope: record.scope,
    grantId: record.id,
    requestId: context.requestId,
  })
  return parameters
}

/** Writes down what was agreed to. A grant without refresh tokens ends when its access token does. */
async function createGrant<S>(
  { settings, registry }: ServerCore<S>,
  { now }: RequestContext,
  { client, scope, resource, params }: AuthorizationRequest<unknown>,
  approval: Approval,
): Promise<GrantRecord> {
  const context = { client, grantType: 'authorization_code', audience: resource }
  const lifetime = mayRefresh(client, registry)
    ? lifetimeOf(settings, 'grant', context)
    : settings.lifetimes.authorizationCode + (await findLifetime(settings, 'accessToken', context))
  const nonce = params.get('nonce')
  return createApprovedGrant({ client, scope, resource, nonce, now, expiresAt: now + lifetime }, approval)
}
