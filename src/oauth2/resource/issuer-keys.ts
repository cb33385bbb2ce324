import { isHttpsOrLoopback, parseUrl } from '../../http/url.ts'
import { type SignatureRegistry, standardSignatureRegistry } from '../../jose/algorithms/signatures.ts'
import type { Key } from '../../jose/jwk/index.ts'
import { JoseError, type KeyCriteria, KeySet, type KeySource, type RemoteKeySet } from '../../jose/jwks/index.ts'
import { type IssuerMetadataOptions, IssuerUrl } from './issuer-metadata.ts'

/** Where the keys of an issuer are. */
export interface IssuerKeyOptions {
  readonly issuer: string
  /** Where the issuer's keys are. Absent: its metadata say so. */
  readonly jwksUri?: string
  /** The issuer's keys themselves, where they are known. */
  readonly keys?: KeySource
}

/** The keys of an issuer: given, or behind a URL that is given, or that its metadata name. */
export function findIssuerKeys({ issuer, jwksUri, keys }: IssuerKeyOptions, options: IssuerMetadataOptions): KeySource {
  if (keys !== undefined) return keys
  return jwksUri === undefined ? new IssuerKeys(issuer, options) : KeySet.remote(jwksUri, options)
}

export function findIssuerKeyProblems({ jwksUri, keys }: Omit<IssuerKeyOptions, 'issuer'>): string[] {
  if (jwksUri === undefined) return []
  const problems: string[] = []
  const url = parseUrl(jwksUri)
  if (url === undefined || !isHttpsOrLoopback(url))
    problems.push('"jwksUri" must be https, or http on a loopback address')
  if (keys !== undefined) problems.push('"jwksUri" and "keys" are both given: expected one of them')
  return problems
}

/**
 * The keys of an issuer that is known by its name alone.
 *
 * @spec RFC 8414 §3
 */
class IssuerKeys implements KeySource {
  readonly registry: SignatureRegistry = standardSignatureRegistry()
  readonly #url: IssuerUrl
  readonly #options: IssuerMetadataOptions
  #known: string | undefined
  #keys: RemoteKeySet | undefined

  constructor(issuer: string, options: IssuerMetadataOptions) {
    this.#url = new IssuerUrl(issuer, 'jwks_uri', options)
    this.#options = options
  }

  /** @throws JoseError `jwks_unavailable` */
  async select(criteria: KeyCriteria): Promise<readonly Key[]> {
    const url = await this.#url.find().catch((cause: unknown) => {
      throw new JoseError('jwks_unavailable', "the issuer's keys could not be found", { cause })
    })
    // The same address keeps its keys: forgetting them would only mean fetching them again.
    if (this.#keys === undefined || url !== this.#known) this.#keys = KeySet.remote(url, this.#options)
    this.#known = url
    return this.#keys.select(criteria)
  }
}
