import { RequestParameters } from '../../../http/form.ts'
import type { Seconds } from '../../../util/clock.ts'
import { type Duration, toSeconds } from '../../../util/duration.ts'
import { OAuth2Error } from '../../errors.ts'
import { parsePushedReference } from '../../pushed-request.ts'
import type { ServerMetadata } from '../../server-metadata.ts'
import type { ResolvedRequest } from '../authorization/request.ts'
import { PushedAuthorizationEndpoint } from '../endpoints/pushed-authorization.ts'
import type {
  ApprovalContext,
  AuthorizationContext,
  Extension,
  ResolutionContext,
  ServerRegistry,
} from '../extension.ts'
import type { PushedRequestRecord } from '../records.ts'
import type { PushedRequestStore } from '../store.ts'
import { tokenId } from '../tokens/token-id.ts'

export interface PushedAuthorizationOptions {
  /** Whether all authorization requests have to be pushed. Default: those of clients that are registered so. */
  readonly required?: boolean
  /** How long a person may take, from arriving in the browser to having decided. Default 1 hour. */
  readonly decisionTime?: Duration
}

/**
 * Pushed authorization requests: clients send their requests ahead to an endpoint of their own (`/par`) and the browser
 * carries a reference. It is good for its client, for a short while, and for one code.
 *
 * @example
 * server.registerExtension(PushedAuthorization, { required: true })
 * @spec RFC 9126 §4
 */
export class PushedAuthorization implements Extension<PushedRequestStore> {
  readonly name = 'pushed-authorization'
  /** Late: a request that another extension refuses to have approved is not used up. */
  readonly order = 100
  readonly #required: boolean
  readonly #decisionTime: Seconds

  constructor(options: PushedAuthorizationOptions = {}) {
    this.#required = options.required ?? false
    this.#decisionTime = toSeconds(options.decisionTime ?? '1h')
  }

  install(registry: ServerRegistry<PushedRequestStore>): void {
    registry.registerEndpoint(new PushedAuthorizationEndpoint())
  }

  /**
   * Takes the parameters from what was pushed, and from nowhere else. It may arrive again (the person reloads the page)
   * until it is used; the time to decide begins with an arrival in time, and not again with later ones.
   *
   * @spec RFC 9126 §4
   */
  async resolveAuthorizationRequest(
    context: ResolutionContext<PushedRequestStore>,
  ): Promise<ResolvedRequest | undefined> {
    const id = await findId(context)
    if (id === undefined) return undefined
    const { store, now, server } = context
    const record = checkUsable(await store.findPushedRequest(id), context)
    const isInTime = now < record.created_at + server.lifetimes.pushedRequest
    if (isInTime) await store.extendPushedRequest(id, now + this.#decisionTime)
    const { parameters, signed } = record
    return {
      params: RequestParameters.parse(parameters),
      source: { pushedId: id, ...(signed === true && { signed }) },
    }
  }

  /** @spec RFC 9126 §4 */
  onAuthorizationRequest({ authorization }: AuthorizationContext): void {
    const { client, source } = authorization
    const isRequired = this.#required || client.require_pushed_authorization_requests === true
    if (!isRequired || source.pushedId !== undefined) return
    throw new OAuth2Error('invalid_request', 'authorization request must be pushed to the server first', {
      reason: 'pushed_request_required',
    })
  }

  /** Of parallel approvals one gets a code. @spec RFC 9126 §4 */
  async onAuthorizationApproval({ authorization, store, now }: ApprovalContext<PushedRequestStore>): Promise<void> {
    const { pushedId } = authorization.source
    if (pushedId === undefined) return
    const outcome = await store.consumePushedRequest(pushedId, now)
    if (outcome !== 'done') throw unusable(outcome === 'replayed' ? 'pushed_request_used' : 'pushed_request_unknown')
  }

  /** @spec RFC 9126 §5 */
  onMetadata(metadata: ServerMetadata): void {
    if (this.#required) metadata.require_pushed_authorization_requests = true
  }
}

/** Named by the browser, or by a request that waited for a person and kept the reference only. */
async function findId({ params, source }: ResolutionContext): Promise<string | undefined> {
  if (source.pushedId !== undefined) return source.pushedId
  const reference = parsePushedReference(params.get('request_uri') ?? '')
  return reference === undefined ? undefined : tokenId(reference)
}

/** A reference of another client is looked at like one that does not exist. @spec RFC 9126 §2.2 */
function checkUsable(record: PushedRequestRecord | undefined, { client, now }: ResolutionContext): PushedRequestRecord {
  if (record === undefined || record.expires_at <= now) throw unusable('pushed_request_unknown')
  if (record.client_id !== client.client_id) throw unusable('pushed_request_foreign')
  if (record.consumed_at !== undefined) throw unusable('pushed_request_used')
  return record
}

function unusable(reason: string): OAuth2Error {
  return new OAuth2Error('invalid_request_uri', 'request_uri is unknown, has expired or was used before', { reason })
}
