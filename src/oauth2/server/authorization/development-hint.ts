import { isLoopbackHost } from '../../../http/url.ts'
import type { OAuth2Error } from '../../errors.ts'
import type { RequestContext } from '../context.ts'

const CATALOGUE = 'https://github.com/authwright/authwright/blob/main/docs/errors.md'

/** What a developer may be shown of an error. */
export interface DevelopmentHint {
  /** Its entry in the error catalogue. */
  readonly reason: string
  /** The catalogue. */
  readonly url: string
}

/**
 * What an error page may say to developers: something where the server runs on their own machine, nothing anywhere else.
 * The issuer decides, not a request: what a request says of its host anybody can write.
 */
export function findDevelopmentHint(
  { reason }: Pick<OAuth2Error, 'reason'>,
  { server }: Pick<RequestContext, 'server'>,
): DevelopmentHint | undefined {
  if (reason === undefined || !isLoopbackHost(new URL(server.issuer).hostname)) return undefined
  return { reason, url: CATALOGUE }
}
