import { OAuth2Error } from '../../oauth2/errors.ts'
import { parseScope } from '../../oauth2/scope.ts'
import type { AuthorizationRequest, ServerHandle } from '../../oauth2/server/index.ts'
import type { Seconds } from '../../util/clock.ts'
import { parseMaxAge } from '../max-age.ts'
import type { Prompt } from '../prompt.ts'
import { parsePrompt } from '../prompt.ts'
import { readIdTokenHint } from './id-token-hint.ts'

/** What an authorization request demands of the person's authentication. */
export interface AuthenticationRequest {
  readonly prompt: ReadonlySet<Prompt>
  /** How long ago the person may have proved who they are; absent: it does not matter. */
  readonly maxAge: Seconds | undefined
  /** Who the answer has to be about, where the client says. */
  readonly subject: string | undefined
}

const NO_DEMANDS: AuthenticationRequest = { prompt: new Set(), maxAge: undefined, subject: undefined }

/** Whether a request is about a person's identity: without `openid` these parameters have no meaning. @spec OIDC Core §3.1.2.1 */
export function isAuthenticationRequest(request: Pick<AuthorizationRequest<unknown>, 'scope'>): boolean {
  return parseScope(request.scope).includes('openid')
}

/**
 * Reads `prompt`, `max_age` (or the client's default) and `id_token_hint`.
 *
 * @throws OAuth2Error `invalid_request`
 * @spec OIDC Core §3.1.2.1
 */
export async function readAuthenticationRequest(
  server: ServerHandle,
  request: AuthorizationRequest<unknown>,
): Promise<AuthenticationRequest> {
  if (!isAuthenticationRequest(request)) return NO_DEMANDS
  const { params, client } = request
  const hint = params.get('id_token_hint')
  return {
    prompt: parsePrompt(params.get('prompt')),
    maxAge: parseMaxAge(params.get('max_age')) ?? client.default_max_age,
    subject: hint === undefined ? undefined : await readHintedSubject(server, client.client_id, hint),
  }
}

/** A hint of another client would let one client ask whether the other's user is signed in. */
async function readHintedSubject(server: ServerHandle, clientId: string, token: string): Promise<string | undefined> {
  const hint = await readIdTokenHint(server, token)
  if (hint?.audience.includes(clientId)) return hint.subject
  throw new OAuth2Error(
    'invalid_request',
    '"id_token_hint" must be an ID token that this server issued to the client',
    {
      reason: 'id_token_hint_invalid',
    },
  )
}
