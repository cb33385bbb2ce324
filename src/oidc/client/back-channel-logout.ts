import { sha256Base64url } from '../../crypto/hash.ts'
import { NO_STORE } from '../../http/cache-control.ts'
import { HttpError } from '../../http/errors.ts'
import type { HttpRequest } from '../../http/request.ts'
import { empty, type HttpResponse, json } from '../../http/response.ts'
import { ClientError } from '../../oauth2/client/errors.ts'
import type { Seconds } from '../../util/clock.ts'
import { createLogger, type Logger } from '../../util/logger.ts'
import type { OpenIdClient } from './client.ts'
import type { OnLogout } from './logout-notice.ts'
import { type LogoutToken, validateLogoutToken } from './logout-token.ts'
import { type ReplayStore, replayMemory } from './replay-store.ts'

export interface BackChannelLogoutOptions {
  /** Shared by all processes that receive logouts. Default: this process's memory. */
  readonly replayStore?: ReplayStore | undefined
  readonly logger?: Logger | undefined
}

/** For how much longer than its life a token is remembered: the store has a clock of its own. */
const MARGIN: Seconds = 300

/**
 * Receives what a provider says behind the browser's back: that somebody logged out there. The address of this belongs
 * into the client's registration as `backchannel_logout_uri`.
 *
 * @example
 * const receiver = new BackChannelLogout(client)
 * const response = await receiver.receive(request, (logout) => sessions.endLogin(logout))
 * @spec OIDC Back-Channel Logout §2
 */
export class BackChannelLogout {
  readonly #client: OpenIdClient
  readonly #store: ReplayStore
  readonly #logger: Logger

  constructor(client: OpenIdClient, { replayStore, logger }: BackChannelLogoutOptions = {}) {
    this.#client = client
    this.#store = replayStore ?? replayMemory(client.clock)
    this.#logger = createLogger(logger)
  }

  /** The answer to the provider; it never throws. @spec OIDC Back-Channel Logout §2.8 */
  async receive(request: HttpRequest, onLogout: OnLogout): Promise<HttpResponse> {
    if (request.method !== 'POST') return empty(405, [['allow', 'POST'], ...NO_STORE])
    try {
      const token = await readToken(request)
      const accepted = await this.#client.verifyWithProvider(token, validateLogoutToken)
      await this.#once(accepted, () => onLogout(accepted.logout))
      this.#logger.info('logout received', { channel: 'back' })
      return empty(200, NO_STORE)
    } catch (error) {
      return this.#refuse(error)
    }
  }

  /** A token that ended sessions ends no later ones, and one for several clients those of each; where ending them failed, the provider may send it again. */
  async #once({ logout, jti, deadAt }: LogoutToken, end: () => unknown): Promise<void> {
    const key = `logout-token:${await sha256Base64url(JSON.stringify([logout.issuer, this.#client.clientId, jti]))}`
    if (!(await this.#store.setIfAbsent(key, '1', Math.ceil(deadAt) + MARGIN))) {
      throw new ClientError('logout_token_replayed', '"jti" (JWT ID) of the logout token was used before', {
        parameter: 'jti',
      })
    }
    try {
      await end()
    } catch (error) {
      await this.#store.delete(key)
      throw error
    }
  }

  /** The status is 400 whatever it was; what it was, the provider is told only where it can do something about it. */
  #refuse(error: unknown): HttpResponse {
    if (error instanceof ClientError && /^(?:logout|id)_/.test(error.code)) {
      this.#logger.info('logout refused', { channel: 'back', reason: error.code, message: error.message })
      return refusal('invalid_request', error.message)
    }
    this.#logger.error('logout failed', { channel: 'back', error })
    return refusal('server_error', 'logout could not be carried out')
  }
}

/** @spec OIDC Back-Channel Logout §2.5 */
async function readToken(request: HttpRequest): Promise<string> {
  try {
    const form = await request.form()
    const token = form.get('logout_token')
    if (token !== undefined && !form.duplicates.includes('logout_token')) return token
  } catch (cause) {
    if (!(cause instanceof HttpError)) throw cause
    throw new ClientError('logout_request_invalid', `logout request refused: ${cause.message}`, { cause })
  }
  throw new ClientError('logout_request_invalid', '"logout_token" is missing or there more than once in the request', {
    parameter: 'logout_token',
  })
}

/** Quotes are not among the characters of a description. @spec RFC 6749 §5.2 */
function refusal(error: string, description: string): HttpResponse {
  return json(400, { error, error_description: description.replaceAll('"', "'") }, NO_STORE)
}
