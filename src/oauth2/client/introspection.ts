import { type IntrospectionResponse, parseIntrospectionResponse } from '../introspection.ts'
import type { OAuth2Client } from './client.ts'
import type { EndpointAnswer, EndpointCall } from './endpoint-call.ts'
import { ClientError, nameOfRefusal, readRefusal } from './errors.ts'
import type { SignedIntrospection } from './signed-introspection.ts'
import type { TokenSet } from './token-set.ts'
import type { WireParameters } from './wire-parameters.ts'

export interface IntrospectTokenOptions {
  /** Helps the server to find the token. Of a whole `TokenSet` it says which one; default: the access token. */
  tokenTypeHint?: 'access_token' | 'refresh_token'
  /** Asks for a signed answer, takes no other, and verifies it. */
  signed?: SignedIntrospection
  /** Further parameters, spelled as on the wire. */
  parameters?: WireParameters
}

/**
 * Asks the server about a token. Of one that is not good, or none of this client's business, it says `active: false` and
 * nothing more.
 *
 * @example
 * const { active, sub, scope } = await introspectToken(client, token)
 * @throws ClientError `introspection_refused`, `introspection_response_invalid`, `endpoint_missing` …
 * @spec RFC 7662 §2.1
 */
export async function introspectToken(
  client: OAuth2Client,
  token: TokenSet | string,
  { tokenTypeHint, signed, parameters }: IntrospectTokenOptions = {},
): Promise<IntrospectionResponse> {
  const request = { ...parameters, ...pickToken(token, tokenTypeHint) }
  const call = { ...CALL, ...(signed && { fetch: signed.fetch }) }
  const answer = await client.callEndpoint('introspection_endpoint', request, call)
  requireSuccess(answer)
  if (signed === undefined) return parse(answer)
  const { issuer } = await client.metadata()
  return signed.read(answer, { issuer, clientId: client.clientId, clock: client.clock })
}

const CALL: EndpointCall = {
  stage: 'introspection',
  moment: 'introspectToken',
  invalid: 'introspection_response_invalid',
}

function pickToken(token: TokenSet | string, hint: IntrospectTokenOptions['tokenTypeHint']): WireParameters {
  if (typeof token === 'string') return { token, token_type_hint: hint }
  const { access_token, refresh_token } = token
  if (hint !== 'refresh_token') return { token: access_token, token_type_hint: 'access_token' }
  if (refresh_token !== undefined) return { token: refresh_token, token_type_hint: hint }
  throw new ClientError('missing_token', '"refresh_token" is missing: the server did not grant one', {
    stage: 'introspection',
  })
}

/** A refusal is about the one who asks, and says nothing about the token. @spec RFC 7662 §2.3 */
function requireSuccess({ endpoint, status, value }: EndpointAnswer): void {
  const refusal = readRefusal((name) => value[name])
  if (status === 200 && refusal === undefined) return
  const code = status >= 500 ? 'request_failed' : 'introspection_refused'
  const message = `introspection endpoint answered with status ${status}${nameOfRefusal(refusal)}: expected 200`
  throw new ClientError(code, message, { stage: 'introspection', endpoint, status, refusal })
}

/** @spec RFC 7662 §2.2 */
function parse({ endpoint, status, value }: EndpointAnswer): IntrospectionResponse {
  try {
    return parseIntrospectionResponse(value)
  } catch (cause) {
    const message = cause instanceof SyntaxError ? cause.message : 'introspection response is not as expected'
    throw new ClientError('introspection_response_invalid', message, { endpoint, status, cause })
  }
}
