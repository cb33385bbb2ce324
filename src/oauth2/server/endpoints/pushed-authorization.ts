import { randomToken } from '../../../crypto/random.ts'
import { NO_STORE } from '../../../http/cache-control.ts'
import { RequestParameters } from '../../../http/form.ts'
import { type HttpResponse, json } from '../../../http/response.ts'
import { OAuth2Error } from '../../errors.ts'
import { formatPushedReference } from '../../pushed-request.ts'
import type { ServerMetadata } from '../../server-metadata.ts'
import { checkDuplicates } from '../authorization/checks/duplicates.ts'
import type { AuthorizationRequest } from '../authorization/request.ts'
import type { RequestContext } from '../context.ts'
import type { Endpoint } from '../endpoint.ts'
import type { Client, PushedRequestRecord } from '../records.ts'
import type { PushedRequestStore } from '../store.ts'
import { tokenId } from '../tokens/token-id.ts'

type Context = RequestContext<PushedRequestStore>

/** They prove who pushes, and are no part of what is pushed. @spec RFC 9126 §2.1 */
const CREDENTIALS: readonly string[] = ['client_secret', 'client_assertion', 'client_assertion_type']

/**
 * Where clients send their authorization requests ahead: authenticated, unseen by the browser, and checked before anybody
 * is sent anywhere.
 *
 * @spec RFC 9126 §2
 */
export class PushedAuthorizationEndpoint implements Endpoint<PushedRequestStore> {
  readonly name = 'pushed_authorization'
  readonly path = '/par'
  readonly methods = ['POST'] as const
  readonly cors = 'public'

  metadata(url: string): Partial<ServerMetadata> {
    return { pushed_authorization_request_endpoint: url }
  }

  /** @spec RFC 9126 §2.1 */
  async handle(context: Context): Promise<HttpResponse> {
    const { server, request, requestId } = context
    const form = await request.form()
    checkDuplicates({ params: form })
    const { client } = await server.authenticateClient(request, form, context)
    if (form.get('request_uri') !== undefined) {
      throw new OAuth2Error('invalid_request', 'request_uri must not be pushed', { reason: 'pushed_request_uri' })
    }
    const reference = randomToken(32)
    const id = await tokenId(reference)
    const authorization = await server.checkPushedRequest(request, readPushed(form, client), id, requestId)
    // Whoever authenticated is who the request is from: no other client's may be pushed.
    if (authorization.client.client_id !== client.client_id)
      throw new Error('the request of another client was checked')
    const record = toRecord(context, id, authorization)
    await context.store.savePushedRequest(record)
    const { client_id: clientId, signed = false } = record
    server.emit('authorization.pushed', { clientId, signed, requestId })
    const answer = { request_uri: formatPushedReference(reference), expires_in: record.expires_at - context.now }
    return json(201, answer, NO_STORE)
  }
}

/**
 * What is left without the credentials. Beside a request object there need not be anything else: where no `client_id`
 * stands outside, it is that of whoever authenticated, and the object has to say the same.
 *
 * @spec RFC 9126 §3
 */
function readPushed(form: RequestParameters, { client_id: clientId }: Client): RequestParameters {
  const entries = entriesOf(form).filter(([name]) => !CREDENTIALS.includes(name))
  if (form.has('request') && !form.has('client_id')) entries.push(['client_id', clientId])
  return RequestParameters.fromEntries(entries)
}

function entriesOf(params: RequestParameters): [name: string, value: string][] {
  return params.names().flatMap((name) => params.all(name).map((value): [string, string] => [name, value]))
}

/** What was resolved is kept, not what it was resolved from: it is not looked at again when the browser comes. */
function toRecord({ now, server }: Context, id: string, authorization: AuthorizationRequest): PushedRequestRecord {
  const { client, params, source, binding } = authorization
  const entries = entriesOf(params)
  // The key that was proven here is the one that the code is bound to, named or not. @spec RFC 9449 §10.1
  if (binding.jkt !== undefined && !params.has('dpop_jkt')) entries.push(['dpop_jkt', binding.jkt])
  return {
    id,
    client_id: client.client_id,
    parameters: RequestParameters.fromEntries(entries).toString(),
    ...(source.signed === true && { signed: true }),
    created_at: now,
    expires_at: now + server.lifetimes.pushedRequest,
  }
}
