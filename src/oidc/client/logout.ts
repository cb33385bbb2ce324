import { randomToken } from '../../crypto/random.ts'
import { setParameters } from '../../oauth2/client/wire-parameters.ts'

/** @spec OIDC RP-Initiated Logout §2 */
export interface LogoutUrlOptions {
  /** Where the browser comes back to; registered with the provider. */
  postLogoutRedirectUri?: string
  /** The ID token of the login: it tells the provider who logs out, and spares the person a question. */
  idTokenHint?: string
  /** Defaults to 256 random bits where the browser comes back. */
  state?: string
  /** Defaults to the client's own. */
  clientId?: string
  logoutHint?: string
  uiLocales?: string | readonly string[]
}

export interface LogoutUrl {
  readonly url: string
  /** Comes back with the browser; there where it comes back. */
  readonly state?: string
}

/**
 * Builds the URL that logs somebody out at the provider.
 *
 * @spec OIDC RP-Initiated Logout §2
 */
export function buildLogoutUrl(endpoint: string, clientId: string, options: LogoutUrlOptions): LogoutUrl {
  const { postLogoutRedirectUri, uiLocales = [] } = options
  const state = postLogoutRedirectUri === undefined ? undefined : (options.state ?? randomToken())
  const url = new URL(endpoint)
  setParameters(url, {
    id_token_hint: options.idTokenHint,
    client_id: options.clientId ?? clientId,
    post_logout_redirect_uri: postLogoutRedirectUri,
    state,
    logout_hint: options.logoutHint,
    ui_locales: typeof uiLocales === 'string' ? uiLocales : uiLocales.join(' '),
  })
  return { url: url.href, ...(state !== undefined && { state }) }
}
