import { checkIssuer } from '../../http/url.ts'
import type { Clock } from '../../util/clock.ts'
import type { Logger } from '../../util/logger.ts'
import type { ResourceMetadata } from '../resource-metadata.ts'

export interface ResourceProtectorOptions {
  /** What the resource is called in challenges. */
  readonly realm?: string
  /**
   * The name of the resource, an https URL: under it the resource describes itself, and challenges point to that. Absent:
   * it does not.
   *
   * @spec RFC 9728 §1.2
   */
  readonly resource?: string
  /** What the resource says about itself besides what is known from its validators. @spec RFC 9728 §2 */
  readonly metadata?: Partial<Omit<ResourceMetadata, 'resource'>>
  /**
   * Where else than in the `Authorization` header bearer tokens are taken from. `body`: the body of a form by POST, which
   * is read. `query`: the URL, which ends up in logs and histories; for old clients only.
   *
   * @spec RFC 6750 §2
   */
  readonly tokenPlacement?: readonly ('body' | 'query')[]
  readonly clock?: Clock
  /** Is told why requests are refused, in more words than they are. */
  readonly logger?: Logger
}

export function findProtectorProblems({ resource, metadata }: ResourceProtectorOptions): string[] {
  const problem = resource === undefined ? undefined : checkIssuer(resource)
  if (problem !== undefined) return [`"resource" ${problem}`]
  return resource === undefined && metadata !== undefined
    ? ['"metadata" is given without "resource": expected the URL that they are about']
    : []
}
