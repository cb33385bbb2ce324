import type { AlgorithmName } from '../../../jose/jwk/index.ts'
import type { Seconds } from '../../../util/clock.ts'
import { ConfigurationError } from '../../../util/configuration-error.ts'
import { type Duration, toSeconds } from '../../../util/duration.ts'
import { type DpopNonceOptions, DpopNonces } from '../../dpop-nonce.ts'
import { DPOP_ALGORITHMS } from '../../dpop-proof.ts'
import { type DpopNonceCheck, readDpopHeader, verifyDpopProof } from '../../dpop-verification.ts'
import { OAuth2Error } from '../../errors.ts'
import type { ServerMetadata } from '../../server-metadata.ts'
import type { RequestContext, TokenContext } from '../context.ts'
import type { AuthorizationContext, EndpointResponseContext, Extension, PresentedTokenContext } from '../extension.ts'
import type { Client } from '../records.ts'
import type { ReplayStore } from '../store.ts'

export interface DpopOptions {
  /** What proofs may be signed with. Default: all asymmetric algorithms that are in common use. */
  readonly algorithms?: readonly AlgorithmName[]
  /** How far the clocks of clients may be off, where a proof has no nonce. Default one minute. */
  readonly window?: Duration
  /**
   * Nonces keep proofs from being made ahead, by somebody who borrowed the key for a while; all instances need the same
   * secrets. Unless `required` is `false`, a proof without one is sent back for it. Absent: there are none.
   *
   * @spec RFC 9449 §8
   */
  readonly nonces?: DpopNonceOptions & { readonly required?: boolean }
  /** Whose tokens have to be bound, besides those of clients that are registered so. Default: nobody's. */
  readonly required?: boolean | ((client: Client) => boolean)
}

type Context = RequestContext<ReplayStore>

/**
 * Tokens that only the holder of a key can use: a client that proves possession of one gets tokens that are bound to it.
 *
 * @example
 * server.registerExtension(Dpop, { nonces: { secrets: [process.env.NONCE_SECRET] } })
 * @spec RFC 9449 §5
 */
export class Dpop implements Extension<ReplayStore> {
  readonly name = 'dpop'
  /** Early: what others check may depend on the key. */
  readonly order = -100
  readonly #algorithms: readonly AlgorithmName[]
  readonly #window: Seconds
  readonly #nonces: DpopNonces | undefined
  readonly #nonceCheck: DpopNonceCheck | false
  readonly #isRequired: (client: Client) => boolean

  /** @throws ConfigurationError */
  constructor({ algorithms = DPOP_ALGORITHMS, window = '1m', nonces, required = false }: DpopOptions = {}) {
    if (algorithms.length === 0 || algorithms.some((alg) => alg.startsWith('HS'))) {
      throw new ConfigurationError('Dpop', [
        '"algorithms" must name at least one, and none that works with a shared secret',
      ])
    }
    this.#algorithms = algorithms
    this.#window = toSeconds(window)
    this.#nonces = nonces && new DpopNonces(nonces)
    this.#nonceCheck = toCheck(this.#nonces, nonces?.required ?? true)
    this.#isRequired = typeof required === 'function' ? required : () => required
  }

  /** What is issued for this request is bound to the key. @spec RFC 9449 §5 */
  async onTokenRequest(context: TokenContext<ReplayStore>): Promise<void> {
    const { client, binding } = context
    const jkt = await this.#proveKey(context, 'token')
    if (jkt !== undefined) binding.jkt = jkt
    else if (this.#mustBind(client)) {
      throw new OAuth2Error('invalid_request', 'DPoP header is missing: tokens of this client are bound to a key', {
        reason: 'dpop_proof_missing',
      })
    }
  }

  /**
   * A code can be bound before the client calls: to the key that the request names or, where it is pushed, to the one that
   * is proven with it.
   *
   * @spec RFC 9449 §10
   * @spec RFC 9449 §10.1
   */
  async onAuthorizationRequest(context: AuthorizationContext<ReplayStore>): Promise<void> {
    const { client, params, source, binding, responseType } = context.authorization
    const named = readThumbprint(params.get('dpop_jkt'))
    const proven = source.pushedId === undefined ? undefined : await this.#proveKey(context, 'pushed_authorization')
    if (named !== undefined && proven !== undefined && named !== proven) {
      throw new OAuth2Error('invalid_request', 'dpop_jkt must be the thumbprint of the key in the DPoP header', {
        reason: 'dpop_jkt_mismatch',
      })
    }
    const jkt = proven ?? named
    if (jkt !== undefined) binding.jkt = jkt
    // A token that comes with the redirect never sees the token endpoint, where a proof would be asked for.
    else if (responseType.split(' ').includes('token') && this.#mustBind(client)) {
      throw new OAuth2Error('invalid_request', 'dpop_jkt is missing: tokens of this client are bound to a key', {
        reason: 'dpop_jkt_missing',
      })
    }
  }

  /** At the server's own resources, such as userinfo. @spec RFC 9449 §7.1 */
  async onTokenPresented(context: PresentedTokenContext<ReplayStore>): Promise<void> {
    const { endpoint, presented, accessToken, binding } = context
    if (presented.scheme !== 'DPoP' || accessToken.cnf?.jkt === undefined || endpoint === undefined) return
    const jkt = await this.#proveKey(context, endpoint, presented.token)
    if (jkt !== undefined) binding.jkt = jkt
  }

  /** Whoever sends proofs is told the nonce for the next one, before the last one is too old. @spec RFC 9449 §8.2 */
  async onEndpointResponse({ request, now, headers }: EndpointResponseContext): Promise<void> {
    if (this.#nonces === undefined || request.header('dpop') === undefined) return
    headers.push(['dpop-nonce', await this.#nonces.current(now)])
  }

  /** @spec RFC 9449 §5.1 */
  onMetadata(metadata: ServerMetadata): void {
    metadata.dpop_signing_alg_values_supported = this.#algorithms
  }

  #mustBind(client: Client): boolean {
    return client.dpop_bound_access_tokens === true || this.#isRequired(client)
  }

  /** The thumbprint of the key that this request proves, or nothing where it proves none. */
  async #proveKey(
    { request, server, store, now }: Context,
    endpoint: string,
    accessToken?: string,
  ): Promise<string | undefined> {
    const proof = readDpopHeader(request)
    if (proof === undefined) return undefined
    const { jkt } = await verifyDpopProof(proof, {
      method: request.method,
      url: server.endpointUrl(endpoint) ?? '',
      now,
      algorithms: this.#algorithms,
      window: this.#window,
      nonces: this.#nonceCheck,
      ...(accessToken === undefined ? {} : { accessToken }),
      rememberOnce: (key, expiresAt) => store.rememberOnce(key, expiresAt),
    })
    return jkt
  }
}

function toCheck(nonces: DpopNonces | undefined, required: boolean): DpopNonceCheck | false {
  if (nonces === undefined) return false
  return { required, lifetime: nonces.lifetime, accepts: (nonce, now) => nonces.accepts(nonce, now) }
}

function readThumbprint(value: string | undefined): string | undefined {
  if (value === undefined || /^[\w-]{43}$/.test(value)) return value
  throw new OAuth2Error('invalid_request', 'dpop_jkt must be the SHA-256 thumbprint of a key, in base64url', {
    reason: 'dpop_jkt_malformed',
  })
}
