import type { HttpRequest } from '../../http/request.ts'
import type { Header } from '../../http/response.ts'
import type { Awaitable } from '../../util/awaitable.ts'
import type { ResourceMetadata } from '../resource-metadata.ts'
import type { Confirmation } from '../token-claims.ts'
import type { AccessToken } from './access-token.ts'

/** Finds out what an access token says, and that it is true. */
export interface TokenValidator {
  /** The authentication scheme that its tokens come with. Default `Bearer`. */
  readonly tokenType?: string
  /**
   * The members of `cnf` that it sees proven before it lets a token pass. One that is bound in any other way is refused:
   * whoever holds it would need no proof.
   */
  readonly confirms?: readonly (keyof Confirmation)[]
  /** What its challenges say besides the realm. */
  readonly challenge?: Readonly<Record<string, string>>
  /** What the resource says about itself because of it. @spec RFC 9728 §2 */
  readonly metadata?: Partial<ResourceMetadata>
  /** Whether a token looks like one of its own: needed where several validators know about one type. Absent: all do. */
  recognizes?(token: string): boolean
  /**
   * Throws `OAuth2Error` `invalid_token` where the token is unknown, expired, revoked or not meant for this resource;
   * `temporarily_unavailable` where that cannot be known now.
   */
  validate(token: string, request: HttpRequest): Awaitable<AccessToken>
  /** What the answer to a request with one of its tokens carries, whatever came of it. */
  responseHeaders?(): Awaitable<readonly Header[]>
}
