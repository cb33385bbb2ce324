import type { RequestParameters } from '../../http/form.ts'
import type { HttpRequest } from '../../http/request.ts'
import { isPending } from '../../util/awaitable.ts'
import { OAuth2Error } from '../errors.ts'
import type { ClientAuthContext, ClientAuthMethod } from './client-auth.ts'
import type { AuthenticatedClient, RequestContext, RequestOrigin } from './context.ts'
import { createContext, type ServerCore } from './core.ts'
import { DEVICE_CODE_GRANT } from './device/device-code.ts'
import { lookUpClient } from './find-client.ts'
import { attemptOf, checkRateLimit } from './rate-limit.ts'
import type { Client } from './records.ts'
import type { ClientStore } from './store.ts'

/** Stands in for a client that does not exist, so that looking for it costs the same. No credentials are its. */
const NOBODY: Client = { client_id: '' }

interface Claim<S> {
  readonly clientId: string
  readonly method: ClientAuthMethod<S>
}

/** Why a claim is refused, for the event and the log. */
interface Problem {
  readonly reason: string
  readonly detail?: string
}

/**
 * Proves which client is asking: exactly one kind of credentials, of the kind that the client is registered with.
 * To the outside every failure is the same; the event and the log say which it was.
 *
 * @throws OAuth2Error `invalid_client`, or `invalid_request` for more than one kind of credentials.
 * @spec RFC 6749 §2.3
 */
export async function authenticateClient<S extends ClientStore>(
  core: ServerCore<S>,
  request: HttpRequest,
  params: RequestParameters,
  origin?: RequestOrigin,
): Promise<AuthenticatedClient> {
  const context = createContext(core, request, origin?.requestId, origin?.endpoint)
  const { server, store, requestId } = context
  const claim = await identifyClient(core, toAuthContext(context, params, nothingSlow))
  if (claim === undefined) {
    throw refusal(core, requestId, undefined, { reason: 'client_credentials_missing' }, challengeFor(core, request))
  }
  const { clientId, method } = claim
  const found = lookUpClient(store, clientId)
  const client = isPending(found) ? await found : found
  const problem = await findProblem(
    client,
    claim,
    toAuthContext(context, params, async () =>
      checkRateLimit(core, { kind: 'client-secret', clientId, ...attemptOf(context) }),
    ),
  )
  if (problem !== undefined || client === undefined) {
    throw refusal(core, requestId, clientId, problem ?? { reason: 'client_unknown' }, method.challenge)
  }
  server.emit('client.authenticated', { clientId, method: method.name, requestId })
  // Asked here already: without a limit there is neither an attempt to describe nor an answer to wait for.
  if (core.settings.rateLimit !== undefined) {
    await checkRateLimit(core, { kind: 'client', clientId, ...attemptOf(context) }, tooManyCode(params))
  }
  return { client, method: method.name }
}

function toAuthContext<S>(
  { server, request, store, now }: RequestContext<S>,
  params: RequestParameters,
  beforeSlowWork: ClientAuthContext['beforeSlowWork'],
): ClientAuthContext<S> {
  return { server, request, params, store, issuer: server.issuer, now, beforeSlowWork }
}

/** Nothing is worked on for a client before it is known which. */
async function nothingSlow(): Promise<void> {}

/** A device that polls goes on after `slow_down`, and gives up after anything else. @spec RFC 8628 §3.5 */
function tooManyCode(params: RequestParameters): 'temporarily_unavailable' | 'slow_down' {
  return params.get('grant_type') === DEVICE_CODE_GRANT ? 'slow_down' : 'temporarily_unavailable'
}

/**
 * What is wrong with a claim, or nothing. The credentials are compared even when the client is unknown or registered for
 * another method: the time taken tells neither.
 */
async function findProblem<S>(
  client: Client | undefined,
  { method }: Claim<S>,
  context: ClientAuthContext<S>,
): Promise<Problem | undefined> {
  const registered = client && (client.token_endpoint_auth_method ?? 'client_secret_basic') === method.name
  let isRight = false
  let fault: unknown
  try {
    isRight = await method.verify(registered ? client : NOBODY, context)
  } catch (error) {
    fault = error
  }
  const problem = fault === undefined ? undefined : toProblem(fault)
  if (client === undefined) return { reason: 'client_unknown' }
  if (!registered) {
    return { reason: 'client_auth_method_mismatch', detail: `client is not registered for ${method.name}` }
  }
  if (isRight) return undefined
  return problem ?? { reason: 'client_credentials_wrong' }
}

/** A method that knows more than yes and no throws it: for us, not for the client. */
function toProblem(error: unknown): Problem {
  if (!(error instanceof OAuth2Error) || error.code !== 'invalid_client') throw error
  return { reason: error.reason ?? 'client_credentials_wrong', detail: error.description }
}

/**
 * Who the request says it is from. A `client_id` beside credentials is no second method, but it must not contradict them.
 *
 * @spec RFC 6749 §2.3
 */
async function identifyClient<S>(core: ServerCore<S>, context: ClientAuthContext<S>): Promise<Claim<S> | undefined> {
  let claim: Claim<S> | undefined
  for (const method of core.registry.clientAuthMethods.values()) {
    // A client_id alone is also what other methods come with: `none` is what is left.
    if (claim !== undefined && method.name === 'none') continue
    const identified = method.identify(context)
    const clientId = isPending(identified) ? await identified : identified
    if (clientId === undefined) continue
    if (claim !== undefined && claim.method.name !== 'none') throw severalMethods()
    claim = { clientId, method }
  }
  if (countCredentials(context) > 1) throw severalMethods()
  const stated = context.params.get('client_id')
  if (claim !== undefined && stated !== undefined && stated !== claim.clientId) {
    throw new OAuth2Error('invalid_request', 'client_id must be the client that the credentials belong to', {
      reason: 'client_id_mismatch',
    })
  }
  return claim
}

/** Also those that no method here reads: what was meant is then not known. */
function countCredentials({ request, params }: ClientAuthContext): number {
  const inHeader = request.header('authorization') !== undefined
  return Number(inHeader) + Number(params.has('client_secret')) + Number(params.has('client_assertion'))
}

function severalMethods(): OAuth2Error {
  return new OAuth2Error('invalid_request', 'request must use one client authentication method, not several', {
    reason: 'client_credentials_several',
  })
}

/** A client that tried the header is answered by the header's rules. @spec RFC 6749 §5.2 */
function challengeFor<S>(core: ServerCore<S>, request: HttpRequest): string | undefined {
  if (request.header('authorization') === undefined) return undefined
  return core.registry.clientAuthMethods.get('client_secret_basic')?.challenge
}

/** 401 needs a challenge (RFC 9110 §15.5.2); where there is none to give, the answer is 400. @spec RFC 6749 §5.2 */
function refusal<S>(
  core: ServerCore<S>,
  requestId: string,
  clientId: string | undefined,
  problem: Problem,
  challenge: string | undefined,
): OAuth2Error {
  core.server.emit('client.refused', { clientId, reason: problem.reason, requestId })
  const options = challenge === undefined ? { status: 400 } : { challenge }
  return new OAuth2Error('invalid_client', 'client authentication failed', { ...problem, ...options })
}
