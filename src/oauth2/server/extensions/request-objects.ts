import type { Transport } from '../../../http/fetch.ts'
import { guardedFetch } from '../../../http/ssrf.ts'
import { JoseError } from '../../../jose/errors.ts'
import type { AlgorithmName } from '../../../jose/jwk/index.ts'
import type { JwtClaims } from '../../../jose/jwt/index.ts'
import type { Seconds } from '../../../util/clock.ts'
import { type Duration, toSeconds } from '../../../util/duration.ts'
import { AssertionError, verifyAssertion } from '../../assertion.ts'
import { OAuth2Error } from '../../errors.ts'
import { parsePushedReference } from '../../pushed-request.ts'
import { REQUEST_OBJECT_TYPES, readRequestParameters } from '../../request-object.ts'
import type { ServerMetadata } from '../../server-metadata.ts'
import type { ResolvedRequest } from '../authorization/request.ts'
import { ClientKeys } from '../client-keys.ts'
import type { ServerHandle } from '../context.ts'
import type { AuthorizationContext, Extension, ResolutionContext } from '../extension.ts'
import type { Client } from '../records.ts'
import {
  CONTENT_ENCRYPTIONS,
  decryptionKeys,
  decryptRequestObject,
  isEncrypted,
  keyManagementAlgorithms,
} from '../request-objects/decrypt.ts'
import { fetchRequestObject } from '../request-objects/fetch.ts'
import type { ReplayStore } from '../store.ts'

/** None with a secret, and `none` not at all. */
const ALGORITHMS = ['ES256', 'EdDSA', 'Ed25519', 'PS256', 'RS256', 'ES384', 'PS384', 'ES512', 'PS512'] as const

export interface RequestObjectsOptions {
  /** Whether all authorization requests have to be signed. Default: those of clients that are registered so. */
  readonly required?: boolean
  /** What may be signed with, where a client's registration does not say. */
  readonly algorithms?: readonly AlgorithmName[]
  /** Whether `typ` has to say that it is a request object. Default `false`: `JWT` and none are taken too. */
  readonly requireType?: boolean
  /** Whether a request object has to expire. Default `true`; with `singleUse` it always has to. */
  readonly requireExpiration?: boolean
  /** How long one may live that has to expire. Default 1 hour. */
  readonly maxLifetime?: Duration
  /**
   * Whether each is accepted once, by its `jti`. Default `false`: a page that is loaded again would be refused. Where
   * requests are pushed nobody loads them again.
   */
  readonly singleUse?: boolean
  /** How far the clients' clocks may be apart from ours. Default 30 s. */
  readonly leeway?: Duration
  /** Where the keys of clients come from. Default: their `jwks`, or their `jwks_uri` through `guardedFetch()`. */
  readonly clientKeys?: ClientKeys
  /**
   * Whether request objects are fetched from where `request_uri` says, if the client registered that address. Default
   * `false`. A transport replaces `guardedFetch()`.
   */
  readonly byReference?: boolean | Transport
}

/**
 * Request objects: the parameters of an authorization request in a JWT that the client signed, and encrypted where the
 * server has a key for that. Nobody on the way can change them, and what stands beside them counts for nothing.
 *
 * @example
 * server.registerExtension(RequestObjects, { required: true })
 * @spec RFC 9101 §5
 */
export class RequestObjects implements Extension<ReplayStore> {
  readonly name = 'request-objects'
  /** After extensions whose metadata says that there are none. */
  readonly order = 10
  readonly #options: RequestObjectsOptions
  readonly #algorithms: readonly string[]
  readonly #maxLifetime: Seconds
  readonly #leeway: Seconds
  readonly #clientKeys: ClientKeys
  readonly #transport: Transport | undefined

  constructor(options: RequestObjectsOptions = {}) {
    const { byReference = false, requireExpiration = true, singleUse = false } = options
    this.#options = options
    this.#algorithms = options.algorithms ?? ALGORITHMS
    // What is taken once has to be remembered as long as it lives: then that must end.
    const isBounded = requireExpiration || singleUse
    this.#maxLifetime = isBounded ? toSeconds(options.maxLifetime ?? '1h') : Number.POSITIVE_INFINITY
    this.#leeway = toSeconds(options.leeway ?? 30)
    this.#clientKeys = options.clientKeys ?? new ClientKeys()
    this.#transport = typeof byReference === 'function' ? byReference : byReference ? guardedFetch() : undefined
  }

  /**
   * Takes the parameters from the request object, and only from there.
   *
   * @spec RFC 9101 §6.3
   */
  async resolveAuthorizationRequest(context: ResolutionContext<ReplayStore>): Promise<ResolvedRequest | undefined> {
    const received = await this.#receive(context)
    if (received === undefined) return undefined
    const { server, client, source } = context
    const signed = isEncrypted(received) ? await decryptRequestObject(received, server.keys) : received
    const claims = await this.#verify(signed, context)
    checkContent(claims, client)
    return { params: readRequestParameters(claims), source: { ...source, signed: true } }
  }

  /** By value, or by a reference to elsewhere; a reference to what was pushed is not ours. */
  async #receive({ params, client }: ResolutionContext): Promise<string | undefined> {
    const uri = params.get('request_uri')
    if (uri === undefined) return params.get('request')
    if (this.#transport === undefined || parsePushedReference(uri) !== undefined) return undefined
    return fetchRequestObject(uri, client, this.#transport)
  }

  /** @spec RFC 9101 §6.2 */
  async #verify(jwt: string, { client, server, store, now }: ResolutionContext<ReplayStore>): Promise<JwtClaims> {
    const { requireType = false, singleUse = false } = this.#options
    try {
      return await verifyAssertion(jwt, {
        purpose: 'request_object',
        keys: await this.#clientKeys.find(client),
        algorithms: this.#algorithmsOf(client),
        issuer: client.client_id,
        audience: [server.issuer],
        types: REQUEST_OBJECT_TYPES,
        requireType,
        maxLifetime: this.#maxLifetime,
        leeway: this.#leeway,
        now,
        rememberOnce: singleUse && ((key, expiresAt) => store.rememberOnce(key, expiresAt)),
      })
    } catch (error) {
      throw toRefusal(error)
    }
  }

  /** What was registered is the only one. @spec RFC 9101 §10.5 */
  #algorithmsOf({ request_object_signing_alg: registered }: Client): readonly string[] {
    if (registered === undefined) return this.#algorithms
    if (this.#algorithms.includes(registered)) return [registered]
    throw refuse('"request_object_signing_alg" of the client is not supported', 'request_object_algorithm')
  }

  /** @spec RFC 9101 §10.5 */
  onAuthorizationRequest({ authorization }: AuthorizationContext): void {
    const { client, source } = authorization
    const isRequired = this.#options.required === true || client.require_signed_request_object === true
    if (!isRequired || source.signed === true) return
    throw new OAuth2Error('invalid_request', 'authorization request must be a signed request object', {
      reason: 'request_object_required',
    })
  }

  /** @spec RFC 9101 §10.5 */
  onMetadata(metadata: ServerMetadata, server: ServerHandle): void {
    const keys = decryptionKeys(server.keys)
    const isByReference = this.#transport !== undefined
    Object.assign(metadata, {
      request_parameter_supported: true,
      request_uri_parameter_supported: isByReference,
      ...(isByReference && { require_request_uri_registration: true }),
      ...(this.#options.required === true && { require_signed_request_object: true }),
      request_object_signing_alg_values_supported: this.#algorithms,
      ...(keys.length > 0 && {
        request_object_encryption_alg_values_supported: keyManagementAlgorithms(keys),
        request_object_encryption_enc_values_supported: CONTENT_ENCRYPTIONS,
      }),
    } satisfies Partial<ServerMetadata>)
  }
}

/**
 * The object names the client that signed it, and no further request. With the client as its subject it might be meant
 * to authenticate the client.
 *
 * @spec RFC 9101 §4
 * @spec RFC 9101 §10.8
 */
function checkContent(claims: JwtClaims, { client_id }: Client): void {
  if (claims['client_id'] !== client_id) {
    throw refuse('client_id must be the same inside and outside of the request object', 'request_object_client_id')
  }
  if (claims['request'] !== undefined || claims['request_uri'] !== undefined) {
    throw refuse('request object must not hold request or request_uri', 'request_object_nested')
  }
  if (claims.sub === client_id) {
    throw refuse('request object must not have the client as its "sub" (Subject)', 'request_object_sub')
  }
}

function toRefusal(error: unknown): unknown {
  if (!(error instanceof AssertionError || error instanceof JoseError)) return error
  const problem = error instanceof AssertionError ? error.problem : 'keys_unavailable'
  return refuse(`request object refused: ${error.message}`, `request_object_${problem}`, error)
}

function refuse(description: string, reason: string, cause?: unknown): OAuth2Error {
  return new OAuth2Error('invalid_request_object', description, { reason, ...(cause === undefined ? {} : { cause }) })
}
