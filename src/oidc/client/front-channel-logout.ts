import { HttpError } from '../../http/errors.ts'
import type { RequestParameters } from '../../http/form.ts'
import { type HttpRequest, queryOf } from '../../http/request.ts'
import { empty, type Header, type HttpResponse } from '../../http/response.ts'
import { parseUrl } from '../../http/url.ts'
import { ClientError } from '../../oauth2/client/errors.ts'
import { createLogger, type Logger } from '../../util/logger.ts'
import type { OpenIdClient } from './client.ts'
import type { LogoutNotice, OnLogout } from './logout-notice.ts'
import type { KnownProvider } from './options.ts'

export interface FrontChannelLogoutOptions {
  readonly logger?: Logger | undefined
}

/**
 * Receives what a provider says by a frame in the person's browser: that a session of theirs ended there. The address of
 * this belongs into the client's registration as `frontchannel_logout_uri`, with `frontchannel_logout_session_required`:
 * anybody can put such a frame on a page, so a request counts only where it knows the session.
 *
 * @example
 * const receiver = new FrontChannelLogout(client)
 * const response = await receiver.receive(request, (logout) => sessions.endLogin(logout))
 * @spec OIDC Front-Channel Logout §2
 */
export class FrontChannelLogout {
  readonly #client: OpenIdClient
  readonly #logger: Logger

  constructor(client: OpenIdClient, { logger }: FrontChannelLogoutOptions = {}) {
    this.#client = client
    this.#logger = createLogger(logger)
  }

  /** The page in the frame; it never throws. */
  async receive(request: HttpRequest, onLogout: OnLogout): Promise<HttpResponse> {
    if (request.method !== 'GET') return empty(405, [['allow', 'GET'], ...NOT_STORED])
    try {
      const provider = await this.#client.metadata()
      await onLogout(await this.#read(request))
      this.#logger.info('logout received', { channel: 'front' })
      return page(200, 'Signed out.', provider)
    } catch (error) {
      return this.#refuse(error)
    }
  }

  async #read(request: HttpRequest): Promise<LogoutNotice> {
    const parameters = readQuery(request)
    const issuer = parameters.get('iss')
    const sid = parameters.get('sid')
    if (issuer === undefined || sid === undefined) {
      throw refuse(issuer === undefined ? 'iss' : 'sid', '"iss" (Issuer) and "sid" (Session ID) must both be there')
    }
    if (!(await this.#client.isIssuer(issuer))) throw refuse('iss', '"iss" (Issuer) mismatch: expected the provider')
    return { issuer, sid }
  }

  #refuse(error: unknown): HttpResponse {
    if (error instanceof ClientError && error.code === 'logout_request_invalid') {
      this.#logger.info('logout refused', { channel: 'front', reason: error.code, message: error.message })
      return page(400, 'Signing out did not work.', {})
    }
    this.#logger.error('logout failed', { channel: 'front', error })
    return page(500, 'Signing out did not work.', {})
  }
}

function readQuery(request: HttpRequest): RequestParameters {
  try {
    const parameters = queryOf(request)
    if (parameters.duplicates.length === 0) return parameters
  } catch (cause) {
    if (!(cause instanceof HttpError)) throw cause
  }
  throw refuse(undefined, 'parameters must be percent-encoded UTF-8, none of them there more than once')
}

function refuse(parameter: string | undefined, problem: string): ClientError {
  return new ClientError('logout_request_invalid', `logout request refused: ${problem}`, {
    ...(parameter !== undefined && { parameter }),
  })
}

/** @spec OIDC Front-Channel Logout §2 */
const NOT_STORED: readonly Header[] = [
  ['cache-control', 'no-cache, no-store'],
  ['pragma', 'no-cache'],
]

/** Nobody frames it but the provider. */
function page(status: number, text: string, provider: KnownProvider): HttpResponse {
  const ancestors = originsOf(provider)
  const policy = `default-src 'none'; base-uri 'none'; frame-ancestors ${ancestors.join(' ') || "'none'"}`
  const headers: readonly Header[] = [
    ['content-type', 'text/html; charset=utf-8'],
    ...NOT_STORED,
    ['content-security-policy', policy],
    ['referrer-policy', 'no-referrer'],
    ['x-content-type-options', 'nosniff'],
  ]
  return { status, headers, body: `<!doctype html><title>Logout</title><p>${text}</p>` }
}

/** Where the pages of the provider are: the one that shows the frames belongs to its end session endpoint. */
function originsOf({ issuer, end_session_endpoint: endpoint }: KnownProvider): string[] {
  const origins = [issuer, endpoint].map((url) => parseUrl(url ?? '')?.origin)
  return [...new Set(origins)].filter((origin) => origin !== undefined)
}
