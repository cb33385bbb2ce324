import type { AlgorithmName } from '../../jose/jwk/index.ts'
import type { Duration } from '../../util/duration.ts'

/** `opaque`: random, looked up in the store. `jwt`: describes itself to resource servers (RFC 9068). */
export type AccessTokenFormat = 'opaque' | 'jwt'

/**
 * An API that tokens of this server are for.
 *
 * @spec RFC 8707 §2
 */
export interface ResourceServer {
  /** As clients name it in `resource`, and tokens in `aud`: an absolute URI without fragment. */
  readonly resource: string
  /** The scopes that mean something there; tokens for it have no others. Absent: any. */
  readonly scopes?: readonly string[]
  /** Default: what the server's options say. A token for several is a JWT if one of them wants it. */
  readonly accessTokenFormat?: AccessTokenFormat
  /** Default: what the server's options say. A token for several lives as long as the shortest. */
  readonly accessTokenLifetime?: Duration
  /** What JWTs for it are signed with. Default: the first asymmetric key of the server. */
  readonly signingAlgorithm?: AlgorithmName
  /** The client as which it asks what tokens are worth. @spec RFC 7662 §2.1 */
  readonly clientId?: string
}
