import type { RequestParameters } from '../../../http/form.ts'
import { type HttpRequest, queryOf } from '../../../http/request.ts'
import type { HttpResponse } from '../../../http/response.ts'
import { type Awaitable, isPending } from '../../../util/awaitable.ts'
import { OAuth2Error } from '../../errors.ts'
import type { RequestContext } from '../context.ts'
import { createContext, type ServerCore } from '../core.ts'
import { logRefusal, toOAuth2Error } from '../error-response.ts'
import type { ClientStore } from '../store.ts'
import { checkClient } from './checks/client.ts'
import { checkDuplicates, checkTargetOnce } from './checks/duplicates.ts'
import { checkPkce } from './checks/pkce.ts'
import { checkRedirectUri } from './checks/redirect-uri.ts'
import { checkReferenceOnce } from './checks/reference.ts'
import { checkRequestObject } from './checks/request-object.ts'
import { checkResource } from './checks/resource.ts'
import { checkResponseMode } from './checks/response-mode.ts'
import { checkResponseType } from './checks/response-type.ts'
import { checkScope } from './checks/scope.ts'
import { refuseAuthorization } from './decision.ts'
import type { PageCheck, PipelineRules, ProvenDraft, RedirectCheck, UnprovenDraft } from './draft.ts'
import { AuthorizationRefusal } from './refusal.ts'
import type { AuthorizationRequest, ResumedRequest } from './request.ts'
import { showToPerson } from './response.ts'

/**
 * THE TABLE: what an authorization request goes through, in this order.
 *
 * Above the line errors are shown to the person on a page, because nobody has proven to be the client yet. Below it they
 * are sent to the client by redirect. What extensions check (`onAuthorizationRequest`) comes after the last row.
 */
const BEFORE_RESOLUTION: readonly PageCheck[] = [
  checkTargetOnce, //    client_id and redirect_uri sent once      RFC 6749 §3.1
  checkClient, //        client_id names a client                  RFC 6749 §4.1.2.1
  checkReferenceOnce, // request or request_uri, one of them       RFC 9101 §5
]
// Here extensions resolve what was pushed or signed: from now on the parameters are that request's.
const ABOVE_THE_LINE: readonly PageCheck[] = [
  checkTargetOnce, //    also in what was resolved                 RFC 6749 §3.1
  checkRedirectUri, //   redirect_uri is one of the client's       RFC 6749 §3.1.2.3, RFC 8252 §7.3
]
// ──────────────────── the line: the redirect URI is proven ────────────────────
const BELOW_THE_LINE: readonly RedirectCheck[] = [
  checkDuplicates, //    every other parameter sent once           RFC 6749 §3.1
  checkRequestObject, // request, request_uri, registration        OIDC Core §3.1.2.6
  checkResponseType, //  supported, and the client's               RFC 6749 §3.1.1
  checkResponseMode, //  supported, and fit for the type           OAuth 2.0 Multiple Response Types §2.1
  checkScope, //         well-formed, known, allowed               RFC 6749 §3.3
  checkResource, //      known, and the client's                   RFC 8707 §2.1
  checkPkce, //          an S256 challenge                         RFC 7636 §4.3, RFC 9700 §2.1.1
]

/**
 * Runs the table, then the extensions' checks.
 *
 * @throws AuthorizationRefusal with the page or redirect to answer with.
 * @spec RFC 6749 §4.1.1
 */
export function checkAuthorizationRequest<S extends ClientStore, R>(
  core: ServerCore<S>,
  http: HttpRequest,
  toAnswer: (response: HttpResponse) => R,
  requestId?: string,
  resumed?: ResumedRequest,
): Promise<AuthorizationRequest<R>> {
  const context = createContext(core, http, requestId)
  return core.trails.follow(context, () => checkOrRefuse(core, context, toAnswer, resumed))
}

async function checkOrRefuse<S extends ClientStore, R>(
  core: ServerCore<S>,
  context: RequestContext<S>,
  toAnswer: (response: HttpResponse) => R,
  resumed: ResumedRequest | undefined,
): Promise<AuthorizationRequest<R>> {
  const draft = await proveTargetOrShow(core, context, resumed)
  try {
    return { ...(await runChecks(core, context, draft)), toAnswer }
  } catch (error) {
    const refusal = toOAuth2Error(error, context.requestId)
    throw new AuthorizationRefusal(refusal, await refuseAuthorization(core, draft, refusal))
  }
}

/**
 * The same table for a request that its client sends ahead. There is no browser yet that could be answered: what is wrong
 * is thrown as it is.
 *
 * @param pushedId under which it will be kept.
 * @throws OAuth2Error
 * @spec RFC 9126 §2.1
 */
export async function checkPushedRequest<S extends ClientStore>(
  core: ServerCore<S>,
  http: HttpRequest,
  params: RequestParameters,
  pushedId: string,
  requestId?: string,
): Promise<AuthorizationRequest> {
  const context = createContext(core, http, requestId)
  const draft = await proveTarget(core, context, { params, source: {}, isReference: true })
  return runChecks(core, context, { ...draft, source: { ...draft.source, pushedId } })
}

async function runChecks<S>(
  core: ServerCore<S>,
  context: RequestContext<S>,
  draft: ProvenDraft,
): Promise<AuthorizationRequest> {
  await runAll(BELOW_THE_LINE, draft)
  const authorization = toRequest(draft)
  for (const extension of core.registry.extensions) {
    if (extension.onAuthorizationRequest) await extension.onAuthorizationRequest({ ...context, authorization })
  }
  return authorization
}

/** Most checks need nothing that is elsewhere: they are over when they return. */
async function runAll<D>(checks: readonly ((draft: D) => Awaitable<void>)[], draft: D): Promise<void> {
  for (const check of checks) {
    const done = check(draft)
    if (isPending(done)) await done
  }
}

async function proveTargetOrShow<S extends ClientStore>(
  core: ServerCore<S>,
  context: RequestContext<S>,
  resumed: ResumedRequest | undefined,
): Promise<ProvenDraft> {
  try {
    const given = resumed ?? { params: await readParameters(context.request), source: {}, isReference: true }
    return await proveTarget(core, context, given)
  } catch (error) {
    const refusal = toOAuth2Error(error, context.requestId)
    logRefusal(context, refusal)
    throw new AuthorizationRefusal(refusal, await showToPerson(core, context, refusal))
  }
}

/** Errors have nowhere to go yet: the person sees them, or whoever pushed the request. */
async function proveTarget<S extends ClientStore>(
  core: ServerCore<S>,
  context: RequestContext<S>,
  { params, source, isReference = false }: ResumedRequest,
): Promise<ProvenDraft> {
  const draft: UnprovenDraft = { params, source, rules: rulesOf(core) }
  await runAll(BEFORE_RESOLUTION, draft)
  if (isReference) await resolve(core, context, draft)
  await runAll(ABOVE_THE_LINE, draft)
  return crossTheLine(draft, context)
}

/** Lets extensions take the parameters from where they are; each sees what those before it found. */
async function resolve<S>(core: ServerCore<S>, context: RequestContext<S>, draft: UnprovenDraft): Promise<void> {
  const { client } = draft
  if (client === undefined) throw new Error('the checks before resolution found no client')
  for (const extension of core.registry.extensions) {
    if (extension.resolveAuthorizationRequest === undefined) continue
    const { params, source } = draft
    const resolved = await extension.resolveAuthorizationRequest({ ...context, client, params, source })
    if (resolved !== undefined) Object.assign(draft, resolved)
  }
  // The outer client_id decided whose keys were asked; what it is in the inside must be the same.
  if (draft.params.get('client_id') !== client.client_id) {
    throw new OAuth2Error('invalid_request', 'client_id must be the same inside and outside of the request', {
      reason: 'client_id_mismatch',
    })
  }
}

/**
 * POST carries the parameters in its body. A consent form that posts back to the URL it was shown under has them in the
 * query still: then that is where they are taken from, never from both.
 *
 * @spec OIDC Core §3.1.2.1
 */
function readParameters(request: HttpRequest): Awaitable<RequestParameters> {
  const query = queryOf(request)
  return request.method === 'POST' && !query.has('client_id') ? request.form() : query
}

function crossTheLine(
  { params, source, rules, client, redirectUri }: UnprovenDraft,
  context: RequestContext,
): ProvenDraft {
  if (client === undefined || redirectUri === undefined) throw new Error('the checks above the line proved no target')
  return {
    client,
    redirectUri,
    redirectUriSent: params.has('redirect_uri'),
    responseMode: findResponseMode(params, rules),
    state: params.duplicates.includes('state') ? undefined : params.get('state'),
    params,
    source,
    binding: {},
    http: context.request,
    receivedAt: context.now,
    requestId: context.requestId,
    rules,
    responseType: '',
    scope: '',
    resource: [],
    codeChallenge: undefined,
  }
}

/**
 * Without the rules it was checked by. Written out: to spread all members but one takes longer than most checks.
 * `Required`, so that none can be forgotten.
 */
function toRequest(draft: ProvenDraft): Required<AuthorizationRequest> {
  const { client, redirectUri, redirectUriSent, responseMode, state, params, source, binding, http } = draft
  const { receivedAt, requestId, responseType, scope, resource, codeChallenge } = draft
  return {
    client,
    redirectUri,
    redirectUriSent,
    responseMode,
    state,
    params,
    source,
    binding,
    http,
    receivedAt,
    requestId,
    responseType,
    scope,
    resource,
    codeChallenge,
    toAnswer: (response) => response,
  }
}

/** Where the answer goes, errors about the mode itself included: the mode asked for if it can be used, else the type's. */
function findResponseMode(params: RequestParameters, rules: PipelineRules): string {
  const fallback = rules.findGrant(params.get('response_type') ?? '')?.defaultResponseMode ?? 'query'
  const requested = params.duplicates.includes('response_mode') ? undefined : params.get('response_mode')
  if (requested === undefined || !rules.hasResponseMode(requested)) return fallback
  return requested === 'query' ? fallback : requested
}

function rulesOf<S extends ClientStore>({ settings, registry, server }: ServerCore<S>): PipelineRules {
  return {
    store: settings.store,
    scopes: server.scopes,
    requiresPkce: settings.requiresPkce,
    findGrant: (responseType) => registry.findAuthorizationGrant(responseType),
    hasResponseMode: (name) => registry.responseModes.has(name),
    findResource: (resource, client) => server.findResource(resource, client),
  }
}
