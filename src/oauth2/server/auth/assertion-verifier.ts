import { JoseError } from '../../../jose/errors.ts'
import type { AlgorithmName } from '../../../jose/jwk/index.ts'
import type { KeySource } from '../../../jose/jwks/index.ts'
import type { Awaitable } from '../../../util/awaitable.ts'
import type { Seconds } from '../../../util/clock.ts'
import { type Duration, toSeconds } from '../../../util/duration.ts'
import { AssertionError, verifyAssertion } from '../../assertion.ts'
import { CLIENT_ASSERTION_TYPES, readClientAssertion } from '../../client-assertion.ts'
import { OAuth2Error } from '../../errors.ts'
import type { ClientAuthContext } from '../client-auth.ts'
import type { Client } from '../records.ts'
import type { ReplayStore } from '../store.ts'

export interface ClientAssertionOptions {
  /** What assertions may be signed with, where a client's registration does not say. */
  readonly algorithms?: readonly AlgorithmName[]
  /**
   * Whether the URL of the token endpoint is taken for the server's name too, as old clients use it. Default `false`: only
   * the issuer is (CVE-2025-27370).
   */
  readonly acceptTokenEndpointAudience?: boolean
  /** How long an assertion may live. Default 1 hour; each is accepted once, and remembered as long. */
  readonly maxLifetime?: Duration
  /** How far the clients' clocks may be apart from ours. Default 30 s. */
  readonly leeway?: Duration
}

/**
 * What `client_secret_jwt` and `private_key_jwt` have in common: everything but the keys.
 *
 * @spec RFC 7523 §3
 * @spec OIDC Core §9
 */
export class AssertionVerifier {
  readonly #algorithms: readonly string[]
  readonly #acceptTokenEndpoint: boolean
  readonly #maxLifetime: Seconds
  readonly #leeway: Seconds

  constructor(options: ClientAssertionOptions, algorithms: readonly string[]) {
    this.#algorithms = algorithms
    this.#acceptTokenEndpoint = options.acceptTokenEndpointAudience ?? false
    this.#maxLifetime = toSeconds(options.maxLifetime ?? '1h')
    this.#leeway = toSeconds(options.leeway ?? 30)
  }

  /**
   * Verifies the assertion of a request.
   *
   * @param findKeys the keys of the client.
   * @throws OAuth2Error `invalid_client` with what is wrong as its reason.
   */
  async verify(
    client: Client,
    findKeys: () => Awaitable<KeySource>,
    context: ClientAuthContext<ReplayStore>,
  ): Promise<boolean> {
    const { params, store, now } = context
    const { client_id: clientId } = client
    try {
      await verifyAssertion(readClientAssertion(params)?.jwt ?? '', {
        purpose: 'client_assertion',
        keys: await findKeys(),
        algorithms: this.#algorithmsOf(client),
        issuer: clientId,
        subject: clientId,
        audience: this.#audience(context),
        types: CLIENT_ASSERTION_TYPES,
        maxLifetime: this.#maxLifetime,
        leeway: this.#leeway,
        now,
        rememberOnce: (key, expiresAt) => store.rememberOnce(key, expiresAt),
      })
      return true
    } catch (error) {
      throw toRefusal(error)
    }
  }

  /** What was registered is the only one; a registration that names one of another kind has none. @spec OIDC Registration §2 */
  #algorithmsOf({ token_endpoint_auth_signing_alg: registered }: Client): readonly string[] {
    if (registered === undefined) return this.#algorithms
    if (this.#algorithms.includes(registered)) return [registered]
    throw new OAuth2Error('invalid_client', '"token_endpoint_auth_signing_alg" of the client is not supported', {
      reason: 'client_assertion_algorithm',
    })
  }

  #audience({ issuer, server }: ClientAuthContext): string[] {
    const tokenEndpoint = this.#acceptTokenEndpoint ? server.endpointUrl('token') : undefined
    return tokenEndpoint === undefined ? [issuer] : [issuer, tokenEndpoint]
  }
}

function toRefusal(error: unknown): unknown {
  if (!(error instanceof AssertionError || error instanceof JoseError)) return error
  const problem = error instanceof AssertionError ? error.problem : 'keys_unavailable'
  return new OAuth2Error('invalid_client', error.message, { reason: `client_assertion_${problem}`, cause: error })
}
