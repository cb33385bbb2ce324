import { randomId } from '../../crypto/random.ts'
import type { AlgorithmName, Key } from '../../jose/jwk/index.ts'
import { signJwt } from '../../jose/jwt/index.ts'
import { nowInSeconds } from '../../util/clock.ts'
import { ConfigurationError } from '../../util/configuration-error.ts'
import { type Duration, toSeconds } from '../../util/duration.ts'
import { REQUEST_OBJECT_TYPE, writeRequestParameters } from '../request-object.ts'
import type { RequestSigner, RequestSigningContext } from './request-signer.ts'
import type { WireParameters } from './wire-parameters.ts'

export interface RequestObjectsOptions {
  /** Default: the one that the key is for; as the client is registered (`request_object_signing_alg`). */
  readonly alg?: AlgorithmName
  /** Encrypts for the server too, so that nobody on the way reads what is asked for. */
  readonly encrypt?: RequestEncryption
  /** For how long a request may be used. Default 5 minutes. */
  readonly lifetime?: Duration
}

export interface RequestEncryption {
  /** The server's, for encryption. */
  readonly key: Key
  /** Default: the one that the key is for. */
  readonly alg?: string
  /** Default `A256GCM`. */
  readonly enc?: string
}

/**
 * Signs authorization requests, so that nobody on the way through the browser can change them: every parameter is in a
 * token that the client signed, and the server looks at nothing else.
 *
 * @example
 * const requestObjects = new RequestObjects(key)
 * const client = new OAuth2Client({ clientId, issuer: 'https://op.example', redirectUri, requestObjects })
 * @spec RFC 9101 §4
 */
export class RequestObjects implements RequestSigner {
  readonly #key: Key
  readonly #options: RequestObjectsOptions

  /** @throws ConfigurationError where the key cannot sign. */
  constructor(key: Key, options: RequestObjectsOptions = {}) {
    if (!key.isPrivate) throw new ConfigurationError('RequestObjects', ['"key" must be a private key: it signs'])
    this.#key = key
    this.#options = options
  }

  /**
   * @throws ConfigurationError where nobody knows for which server it is.
   * @spec RFC 9101 §6.1
   */
  async sign(parameters: WireParameters, { clientId, issuer, clock }: RequestSigningContext): Promise<string> {
    if (issuer === undefined) {
      throw new ConfigurationError('RequestObjects', ['"issuer" is missing: a signed request names who it is for'])
    }
    const { alg, encrypt, lifetime = '5m' } = this.#options
    const now = nowInSeconds(clock)
    const claims = {
      ...writeRequestParameters(parameters),
      iss: clientId,
      aud: issuer,
      iat: now,
      nbf: now,
      exp: now + toSeconds(lifetime),
      jti: randomId(),
    }
    const signed = await signJwt(claims, this.#key, { typ: REQUEST_OBJECT_TYPE, ...(alg !== undefined && { alg }) })
    return encrypt === undefined ? signed : encryptRequest(signed, encrypt)
  }
}

/** Who only signs does not load what encrypts. @spec RFC 9101 §6.1 */
async function encryptRequest(signed: string, { key, ...options }: RequestEncryption): Promise<string> {
  const { encryptCompact } = await import('../../jose/jwe/index.ts')
  return encryptCompact(signed, key, { ...options, typ: REQUEST_OBJECT_TYPE, cty: 'JWT' })
}
