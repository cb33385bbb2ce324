import { readClientAssertion } from '../../client-assertion.ts'
import type { ClientAuthContext, ClientAuthMethod } from '../client-auth.ts'
import { ClientKeys } from '../client-keys.ts'
import type { Client } from '../records.ts'
import type { ReplayStore } from '../store.ts'
import { AssertionVerifier, type ClientAssertionOptions } from './assertion-verifier.ts'

/** None with a secret: whoever could verify could sign. RS256 is what old clients have. */
const ALGORITHMS = ['ES256', 'EdDSA', 'Ed25519', 'PS256', 'RS256', 'ES384', 'PS384', 'ES512', 'PS512'] as const

export interface PrivateKeyJwtOptions extends ClientAssertionOptions {
  /** Where the keys of clients come from. Default: their `jwks`, or their `jwks_uri` through `guardedFetch()`. */
  readonly clientKeys?: ClientKeys
}

/**
 * A client signs a short-lived statement with its private key. The server has nothing that could be stolen.
 *
 * @example
 * server.registerClientAuthMethod(PrivateKeyJwt)
 * @spec RFC 7523 §2.2
 * @spec OIDC Core §9
 */
export class PrivateKeyJwt implements ClientAuthMethod<ReplayStore> {
  readonly name = 'private_key_jwt'
  readonly signingAlgorithms: readonly string[]
  readonly #verifier: AssertionVerifier
  readonly #clientKeys: ClientKeys

  constructor(options: PrivateKeyJwtOptions = {}) {
    this.signingAlgorithms = options.algorithms ?? ALGORITHMS
    this.#verifier = new AssertionVerifier(options, this.signingAlgorithms)
    this.#clientKeys = options.clientKeys ?? new ClientKeys()
  }

  /** What is no JWT is refused here: it is some method's to refuse, and must not pass as no credentials at all. */
  identify({ params }: ClientAuthContext): string | undefined {
    const assertion = readClientAssertion(params)
    return assertion === undefined || assertion.kind === 'secret' ? undefined : assertion.clientId
  }

  verify(client: Client, context: ClientAuthContext<ReplayStore>): Promise<boolean> {
    return this.#verifier.verify(client, () => this.#clientKeys.find(client), context)
  }
}
