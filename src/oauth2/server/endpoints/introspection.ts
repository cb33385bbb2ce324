import type { HttpResponse } from '../../../http/response.ts'
import { type Awaitable, isPending } from '../../../util/awaitable.ts'
import { OAuth2Error } from '../../errors.ts'
import { INACTIVE, type IntrospectionResponse } from '../../introspection.ts'
import type { ServerMetadata } from '../../server-metadata.ts'
import { ClientKeys } from '../client-keys.ts'
import type { RequestContext, ServerHandle } from '../context.ts'
import type { Endpoint } from '../endpoint.ts'
import { answerIntrospection } from '../introspection/answer.ts'
import { authenticateCaller, findBearerCaller, type IntrospectionCaller } from '../introspection/caller.ts'
import { describeToken } from '../introspection/describe.ts'
import { findSharedResources, isOwner, narrowScope } from '../introspection/policy.ts'
import { findIntrospectedToken, type IntrospectedToken } from '../introspection/token.ts'
import { signingAlgorithms } from '../signing-algorithms.ts'
import type { ClientStore, RefreshTokenStore } from '../store.ts'

/** What introspection asks of the store. */
export type IntrospectionStore = ClientStore & RefreshTokenStore

export interface IntrospectionOptions {
  /**
   * Lets in callers that are no clients, such as resource servers with credentials of their own. Nothing: the caller has to
   * be a client that authenticates.
   */
  authorize?(context: RequestContext<IntrospectionStore>): Awaitable<IntrospectionCaller | undefined>
  /** Takes an access token with this scope in place of a client's credentials. Absent: no access token will do. */
  readonly bearerScope?: string
  /**
   * Whether the caller may know about this token. By default the client that it was issued to may, and the resources that
   * it is for; of refresh tokens only the client.
   */
  mayIntrospect?(caller: IntrospectionCaller, token: IntrospectedToken): Awaitable<boolean>
  /** Where the keys of callers come from whose answers are encrypted. Default: `new ClientKeys()`. @spec RFC 9701 §6 */
  readonly clientKeys?: ClientKeys
  /** What to call the person in `username`. Absent: it is not said. */
  username?(subject: string): Awaitable<string | undefined>
}

/** Encryption to a client's public key, with what every library knows. @spec RFC 9701 §7 */
const ENCRYPTION = {
  introspection_encryption_alg_values_supported: [
    'RSA-OAEP',
    'RSA-OAEP-256',
    'ECDH-ES',
    'ECDH-ES+A128KW',
    'ECDH-ES+A256KW',
  ],
  introspection_encryption_enc_values_supported: ['A128CBC-HS256', 'A256CBC-HS512', 'A128GCM', 'A256GCM'],
}

type Context = RequestContext<IntrospectionStore>

/**
 * Tells a resource server what a token is worth.
 *
 * @example
 * server.registerEndpoint(IntrospectionEndpoint)
 * @spec RFC 7662 §2.1
 */
export class IntrospectionEndpoint implements Endpoint<IntrospectionStore> {
  readonly name = 'introspection'
  readonly path = '/introspect'
  readonly methods = ['POST'] as const
  readonly #options: IntrospectionOptions
  readonly #clientKeys: ClientKeys

  constructor(options: IntrospectionOptions = {}) {
    this.#options = options
    this.#clientKeys = options.clientKeys ?? new ClientKeys()
  }

  metadata(url: string, { keys }: ServerHandle): Partial<ServerMetadata> {
    const algorithms = signingAlgorithms(keys)
    return {
      introspection_endpoint: url,
      ...(this.#options.bearerScope === undefined ? {} : { introspection_endpoint_auth_methods_supported: ['Bearer'] }),
      // What is not signed is not encrypted either.
      ...(algorithms.length === 0 ? {} : { introspection_signing_alg_values_supported: algorithms, ...ENCRYPTION }),
    }
  }

  async handle(context: Context): Promise<HttpResponse> {
    const params = await context.request.form()
    if (params.duplicates.length > 0) {
      throw new OAuth2Error('invalid_request', 'each parameter must be sent once', { reason: 'parameter_repeated' })
    }
    const { authorize, bearerScope } = this.#options
    // Most servers know no callers but clients, and have nobody to wait for.
    const isAsked = authorize !== undefined || bearerScope !== undefined
    const caller = (isAsked && (await this.#findCaller(context))) || (await authenticateCaller(context, params))
    const value = params.get('token')
    if (value === undefined) {
      throw new OAuth2Error('invalid_request', 'token is missing', { reason: 'introspection_token_missing' })
    }
    const token = await findIntrospectedToken(context, value, params.get('token_type_hint'))
    const response = token && (await this.#describe(context, caller, token))
    announce(context, caller, token, response)
    return answerIntrospection(context, caller, response ?? INACTIVE, this.#clientKeys)
  }

  async #findCaller(context: Context): Promise<IntrospectionCaller | undefined> {
    const { authorize, bearerScope } = this.#options
    const caller = await authorize?.(context)
    return caller ?? (bearerScope === undefined ? undefined : findBearerCaller(context, bearerScope))
  }

  /** Nothing where the caller may not know: it is told what it would be told of a token that does not exist. @spec RFC 7662 §2.2 */
  async #describe(
    context: Context,
    caller: IntrospectionCaller,
    token: IntrospectedToken,
  ): Promise<IntrospectionResponse | undefined> {
    const owns = isOwner(caller, token)
    const resources = owns ? [] : await findSharedResources(context, caller, token)
    // Whoever knows a refresh token that is not its own could use it: no policy makes that a resource's business.
    if (token.kind === 'refresh_token' && !owns) return undefined
    const ruled = this.#options.mayIntrospect?.(caller, token)
    const mayKnow = (isPending(ruled) ? await ruled : ruled) ?? (owns || resources.length > 0)
    if (!mayKnow) return undefined
    const { subject, scope } = token.record
    return describeToken(token, {
      issuer: context.server.issuer,
      scope: owns ? scope : narrowScope(scope, resources),
      username: subject === undefined ? undefined : await this.#options.username?.(subject),
    })
  }
}

function announce(
  { server, requestId }: RequestContext,
  { id: caller }: IntrospectionCaller,
  token: IntrospectedToken | undefined,
  response: IntrospectionResponse | undefined,
): void {
  const reason = response !== undefined ? undefined : token === undefined ? 'unknown' : 'not_permitted'
  server.emit('token.introspected', { caller, clientId: token?.client.client_id, reason, requestId })
}
