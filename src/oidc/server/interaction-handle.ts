import { randomId } from '../../crypto/random.ts'
import { Sealer } from '../../crypto/sealed.ts'
import { RequestParameters } from '../../http/form.ts'
import { OAuth2Error } from '../../oauth2/errors.ts'
import type { AuthorizationRequest, RequestContext, RequestSource } from '../../oauth2/server/index.ts'
import type { Seconds } from '../../util/clock.ts'
import type { JsonValue } from '../../util/json.ts'
import { isJsonObject } from '../../util/json.ts'
import type { SeenSession } from './interaction-policy.ts'

/** How long a person may take to sign in and to decide. */
const LIFETIME: Seconds = 3600
/** How long an expired handle still leads back to the client, and a finished one is remembered. */
const AFTERLIFE: Seconds = 86_400
/** A handle travels in a URL, a third longer than what it carries. Many servers take no URL of more than 8 KB. */
const MAX_PARAMETERS = 5600

/**
 * An authorization request that waits for a person. It carries all there is to know, so that it can be taken up in
 * another browser or after a restart. It gives nothing to whoever finds it: what counts in the end is the session of the
 * browser that it is opened in.
 */
export interface InteractionHandle extends SeenSession {
  readonly id: string
  /** The parameters of the authorization request, as a form. */
  readonly parameters: string
  /** They are too many to travel: only `client_id` is here, the rest where the source says. */
  readonly isReference: boolean
  /** Where they came from. */
  readonly source: RequestSource
  /** The request came as a form of another site, hence without cookies: what the browser has is not known yet. */
  readonly isUnseen: boolean
}

/** Whether the time to answer is up. */
export function isExpired(handle: InteractionHandle, now: Seconds): boolean {
  return now >= handle.createdAt + LIFETIME
}

/** From when on nothing at all can be done with a handle; until then it has to be remembered that it was finished. */
export function endOf(handle: InteractionHandle): Seconds {
  return handle.createdAt + LIFETIME + AFTERLIFE
}

/** Writes handles, and reads those that were written here. */
export class InteractionHandles {
  readonly #sealer: Sealer

  /** @throws ConfigurationError where a secret is too short. */
  constructor(secrets: string | readonly string[]) {
    this.#sealer = new Sealer(secrets, { purpose: 'interaction' })
  }

  /**
   * The text of a new handle.
   *
   * @param session what the browser has: a session, none, or `undefined` where that cannot be seen.
   * @throws OAuth2Error `invalid_request` where the request is too long to be carried along.
   */
  open(context: RequestContext, request: AuthorizationRequest, session: string | null | undefined): Promise<string> {
    return this.#sealer.seal({
      id: randomId(),
      ...carry(request),
      source: { ...request.source },
      session: session ?? null,
      isUnseen: session === undefined,
      createdAt: context.now,
    })
  }

  /** The handle that a text stands for, whatever its age; nothing where it was not written here. */
  async read(text: string | undefined): Promise<InteractionHandle | undefined> {
    return text === undefined ? undefined : toHandle(await this.#sealer.unseal(text))
  }
}

/** What was pushed is kept by the server and need not be carried. @spec RFC 9126 §4 */
function carry({ params, source, client }: AuthorizationRequest): { parameters: string; isReference: boolean } {
  const parameters = params.toString()
  if (parameters.length <= MAX_PARAMETERS) return { parameters, isReference: false }
  if (source.pushedId === undefined) {
    throw new OAuth2Error('invalid_request', 'authorization request is too long to wait for a person', {
      reason: 'request_too_long',
    })
  }
  return { parameters: RequestParameters.fromEntries([['client_id', client.client_id]]).toString(), isReference: true }
}

function toHandle(value: JsonValue | undefined): InteractionHandle | undefined {
  if (!isJsonObject(value)) return undefined
  const { id, parameters, isReference, source, session, isUnseen, createdAt } = value
  if (typeof id !== 'string' || typeof parameters !== 'string' || typeof createdAt !== 'number') return undefined
  return {
    id,
    parameters,
    isReference: isReference === true,
    source: readSource(source),
    session: typeof session === 'string' ? session : null,
    isUnseen: isUnseen === true,
    createdAt,
  }
}

function readSource(value: JsonValue | undefined): RequestSource {
  const { pushedId, signed } = isJsonObject(value) ? value : {}
  return { ...(typeof pushedId === 'string' && { pushedId }), ...(signed === true && { signed }) }
}
