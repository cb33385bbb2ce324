import type { Transport } from '../../http/fetch.ts'
import { isHttpsOrLoopback, parseUrl } from '../../http/url.ts'
import { asymmetricAlgorithms, isListOfAlgorithms } from '../../jose/algorithms/accepted.ts'
import { JoseError } from '../../jose/errors.ts'
import type { AlgorithmName, Key } from '../../jose/jwk/index.ts'
import { KeySet, type KeySource } from '../../jose/jwks/index.ts'
import { type JwtClaims, parseUnverifiedJwt } from '../../jose/jwt/index.ts'
import type { Awaitable } from '../../util/awaitable.ts'
import { ConfigurationError } from '../../util/configuration-error.ts'
import type { Client } from './records.ts'

/** Somebody else whose word about people counts here: an identity provider, a workload platform. */
export interface TrustedIssuer {
  /** As it names itself in `iss`. */
  readonly issuer: string
  /** Its keys, where they are known; otherwise `jwksUri` says where they are. One of the two. */
  readonly keys?: Key | KeySource
  readonly jwksUri?: string
  /** Default: all that need no shared secret. */
  readonly algorithms?: readonly AlgorithmName[]
  /** What it calls this server in `aud`. Default: the issuer URL of this server. */
  readonly audience?: string | readonly string[]
  /**
   * Who somebody of theirs is here. Nothing: nobody, and the token is refused. There is no default: a subject of theirs that
   * is called like one of ours is somebody else.
   */
  readonly subject: (claims: JwtClaims, client: Client) => Awaitable<string | undefined>
  /** The most that its word can give, space-separated. Default: what the client may have. */
  readonly scope?: string
  /** The clients that may present its tokens, by id. Default: all that are registered for the grant. */
  readonly clients?: readonly string[]
}

/** An issuer with what is needed to check its tokens. */
export interface KnownIssuer extends Omit<TrustedIssuer, 'keys' | 'jwksUri' | 'algorithms'> {
  readonly keys: Key | KeySource
  readonly algorithms: readonly AlgorithmName[]
}

/** The issuers that a grant trusts, found by what a token says of itself. */
export class TrustedIssuers {
  readonly #issuers: ReadonlyMap<string, KnownIssuer>

  /** @throws ConfigurationError with every problem at once. @param owner whose option it is. */
  constructor(owner: string, issuers: readonly TrustedIssuer[], transport?: Transport) {
    const problems = findIssuerProblems(issuers)
    if (problems.length > 0) throw new ConfigurationError(owner, problems)
    this.#issuers = new Map(issuers.map((trusted) => [trusted.issuer, toKnown(trusted, transport)]))
  }

  /** Who claims to have signed a JWT, if it is one of them; nothing in it is known to be true. */
  find(jwt: string): KnownIssuer | undefined {
    try {
      const { iss } = parseUnverifiedJwt(jwt).unverifiedClaims
      return typeof iss === 'string' ? this.#issuers.get(iss) : undefined
    } catch (error) {
      if (error instanceof JoseError) return undefined
      throw error
    }
  }
}

/** Whether a client may present tokens of an issuer. */
export function mayPresent({ clients }: KnownIssuer, { client_id }: Client): boolean {
  return clients === undefined || clients.includes(client_id)
}

/** What an issuer may call this server. */
export function audienceOf({ audience }: KnownIssuer, issuer: string): readonly string[] {
  return typeof audience === 'string' ? [audience] : (audience ?? [issuer])
}

function toKnown(
  { keys, jwksUri, algorithms, ...trusted }: TrustedIssuer,
  transport: Transport | undefined,
): KnownIssuer {
  const source = keys ?? KeySet.remote(jwksUri ?? '', transport === undefined ? {} : { transport })
  return { ...trusted, keys: source, algorithms: algorithms ?? asymmetricAlgorithms(source.registry) }
}

function findIssuerProblems(issuers: readonly TrustedIssuer[]): string[] {
  const names = issuers.map(({ issuer }) => issuer)
  return [
    ...(new Set(names).size < names.length ? ['"issuers" names one issuer twice'] : []),
    ...issuers.flatMap((trusted, index) => findProblems(trusted).map((problem) => `"issuers[${index}].${problem}`)),
  ]
}

function findProblems({ issuer, keys, jwksUri, algorithms, audience, subject }: TrustedIssuer): string[] {
  const problems: string[] = []
  if (issuer === '') problems.push('issuer" is missing')
  if ((keys === undefined) === (jwksUri === undefined)) problems.push('keys" or "jwksUri" must be given, one of them')
  const url = jwksUri === undefined ? undefined : parseUrl(jwksUri)
  if (jwksUri !== undefined && (url === undefined || !isHttpsOrLoopback(url))) {
    problems.push('jwksUri" must be https, or http on a loopback address')
  }
  if (algorithms !== undefined && !isListOfAlgorithms(algorithms, keys?.registry)) {
    problems.push('algorithms" must name at least one signature algorithm, such as "ES256", and none that is unknown')
  }
  if (audience !== undefined && audience.length === 0) problems.push('audience" must name at least one')
  if (typeof subject !== 'function') problems.push('subject" must be a function that says who somebody is here')
  return problems
}
