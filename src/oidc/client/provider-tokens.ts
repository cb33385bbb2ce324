import { standardSignatureRegistry } from '../../jose/algorithms/signatures.ts'
import { importSecretKey } from '../../jose/jwk/secret-key.ts'
import type { VerificationKey } from '../../jose/jwk/verification-key.ts'
import type { JwtClaims } from '../../jose/jwt/index.ts'
import { withCompliance } from '../../oauth2/client/compliance.ts'
import { ClientError } from '../../oauth2/client/errors.ts'
import type { ClientSettings } from '../../oauth2/client/options.ts'
import { encodeUtf8 } from '../../util/bytes.ts'
import type { Seconds } from '../../util/clock.ts'
import { ConfigurationError } from '../../util/configuration-error.ts'
import { isEncrypted } from './decryption.ts'
import type { KnownProvider, OpenIdClientOptions } from './options.ts'
import { ProviderKeys } from './provider-keys.ts'
import type { ProviderTokenExpectations } from './provider-token.ts'
import { type UserinfoProtection, verifyUserinfo } from './userinfo-jwt.ts'

const DEFAULT_TOLERANCE: Seconds = 30

/** How a client takes what its provider signs and encrypts: with which keys, by which algorithms, from which issuer. */
export class ProviderTokens {
  readonly #options: OpenIdClientOptions
  readonly #settings: ClientSettings
  readonly #keys: ProviderKeys

  constructor(options: OpenIdClientOptions, settings: ClientSettings) {
    const { clientSecret, compliance, clock, logger } = settings
    const transport = withCompliance(settings.transport, compliance, 'jwks')
    this.#options = options
    this.#settings = settings
    this.#keys = new ProviderKeys({
      jwks: options.jwks,
      secretKey: () => secretKey(clientSecret),
      transport,
      clock,
      logger,
    })
  }

  /**
   * Has a token verified with the provider's keys.
   *
   * @param alg the one algorithm to accept, where it was agreed.
   */
  verify<T>(
    provider: KnownProvider,
    verify: (expected: ProviderTokenExpectations) => Promise<T>,
    alg: string | undefined = this.#options.idTokenSignedResponseAlg,
  ): Promise<T> {
    const algorithms = alg === undefined ? listedAlgorithms(provider) : [alg]
    const common = { algorithms, ...this.#common(provider) }
    return this.#keys.use(provider, algorithms, (keys) => verify({ ...common, keys }))
  }

  /**
   * The signed ID token: this one, or the one in it. Where the client is registered for encrypted ones, whoever sends one
   * that is not has not made it for this client.
   *
   * @throws ClientError `id_token_encrypted`, `id_token_not_encrypted`, `id_token_decryption_failed`
   * @spec OIDC Core §3.1.3.7
   */
  async open(idToken: string): Promise<string> {
    const { idTokenDecryption } = this.#options
    if (!isEncrypted(idToken)) {
      if (idTokenDecryption === undefined) return idToken
      throw new ClientError('id_token_not_encrypted', 'ID token is not encrypted: "idTokenDecryption" expects it to be')
    }
    return this.openAgain(idToken)
  }

  /** The same for an ID token that was opened before and may be kept so: one that is not encrypted may pass. */
  async openAgain(idToken: string): Promise<string> {
    if (!isEncrypted(idToken)) return idToken
    const { idTokenDecryption } = this.#options
    if (idTokenDecryption === undefined) {
      throw new ClientError('id_token_encrypted', 'ID token is encrypted: "idTokenDecryption" must hold the key for it')
    }
    try {
      const { content, isNested } = await idTokenDecryption.decrypt(idToken)
      if (isNested) return content
    } catch (cause) {
      throw undecipherable('it does not open with the keys and algorithms of "idTokenDecryption"', cause)
    }
    throw undecipherable('expected a signed JWT in it ("cty" JWT)')
  }

  /** What userinfo answers must look like where the client is registered for protected ones. */
  userinfoProtection(provider: KnownProvider): UserinfoProtection | undefined {
    const { userinfoSignedResponseAlg: alg, userinfoDecryption: decryption } = this.#options
    if (alg === undefined && decryption === undefined) return undefined
    const verify = (jwt: string): Promise<JwtClaims> =>
      this.verify(provider, (expected) => verifyUserinfo(jwt, expected), alg)
    return { decryption, ...(alg !== undefined && { verify }) }
  }

  #common(metadata: KnownProvider): Omit<ProviderTokenExpectations, 'keys' | 'algorithms'> {
    const { issuer } = metadata
    if (issuer === undefined) {
      throw new ConfigurationError('OpenIdClient', [
        '"issuer" is missing: an ID token is only accepted from its issuer',
      ])
    }
    const { clientId, clock, acceptIssuer } = this.#settings
    const common = { issuer, clientId, clock, clockTolerance: this.#options.clockTolerance ?? DEFAULT_TOLERANCE }
    if (acceptIssuer === undefined) return common
    return {
      ...common,
      issuer: (iss, claims) => acceptIssuer(iss, { where: 'token', claims, metadata }),
      isKeyOf: (key, iss) => [undefined, iss, issuer].includes(this.#keys.issuerOf(key)),
    }
  }
}

/** @spec OIDC Core §10.1 the secret's octets are the key. */
function secretKey(clientSecret = ''): VerificationKey {
  return importSecretKey(encodeUtf8(clientSecret), standardSignatureRegistry())
}

/** What the provider lists; never HMAC or `none` because a provider lists them, nor anything because a token says it. */
function listedAlgorithms(provider: KnownProvider): readonly string[] {
  const listed = provider.id_token_signing_alg_values_supported ?? []
  const asymmetric = listed.filter((name) => name !== 'none' && !name.startsWith('HS'))
  return asymmetric.length > 0 ? asymmetric : ['RS256']
}

function undecipherable(why: string, cause?: unknown): ClientError {
  return new ClientError('id_token_decryption_failed', `ID token cannot be decrypted: ${why}`, { cause })
}
