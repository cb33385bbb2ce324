import { Key } from '../../../jose/jwk/index.ts'
import { KeySet } from '../../../jose/jwks/index.ts'
import { encodeBase64url } from '../../../util/base64url.ts'
import { encodeUtf8 } from '../../../util/bytes.ts'
import type { Seconds } from '../../../util/clock.ts'
import { readClientAssertion } from '../../client-assertion.ts'
import type { ClientAuthContext, ClientAuthMethod } from '../client-auth.ts'
import type { Client, StoredSecret } from '../records.ts'
import type { ReplayStore } from '../store.ts'
import { AssertionVerifier, type ClientAssertionOptions } from './assertion-verifier.ts'

const ALGORITHMS = ['HS256', 'HS384', 'HS512'] as const

/**
 * A client signs a short-lived statement with its secret instead of sending it. The server has to keep the secret itself
 * for that, which `private_key_jwt` does not ask for.
 *
 * @example
 * server.registerClientAuthMethod(ClientSecretJwt)
 * @spec RFC 7523 §2.2
 * @spec OIDC Core §9
 */
export class ClientSecretJwt implements ClientAuthMethod<ReplayStore> {
  readonly name = 'client_secret_jwt'
  readonly signingAlgorithms: readonly string[]
  readonly #verifier: AssertionVerifier

  constructor(options: ClientAssertionOptions = {}) {
    this.signingAlgorithms = options.algorithms ?? ALGORITHMS
    this.#verifier = new AssertionVerifier(options, this.signingAlgorithms)
  }

  identify({ params }: ClientAuthContext): string | undefined {
    const assertion = readClientAssertion(params)
    return assertion?.kind === 'secret' ? assertion.clientId : undefined
  }

  verify(client: Client, context: ClientAuthContext<ReplayStore>): Promise<boolean> {
    return this.#verifier.verify(client, () => secretKeys(client, context.now), context)
  }
}

/** The live secrets of a client, as keys; two while one is rotated. */
async function secretKeys({ client_secrets: secrets = [] }: Client, now: Seconds): Promise<KeySet> {
  const live = secrets.filter(({ expires_at }) => expires_at === undefined || expires_at > now)
  const keys = await Promise.all(live.map(secretKey))
  return new KeySet(keys.filter((key) => key !== undefined))
}

function secretKey({ value }: StoredSecret): Promise<Key> | undefined {
  return value === undefined ? undefined : Key.import({ kty: 'oct', k: encodeBase64url(encodeUtf8(value)) })
}
