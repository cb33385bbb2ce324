import { NO_STORE } from '../../../http/cache-control.ts'
import type { HttpRequest } from '../../../http/request.ts'
import { type HttpResponse, json } from '../../../http/response.ts'
import { OAuth2Error } from '../../errors.ts'
import type { IntrospectionResponse } from '../../introspection.ts'
import { INTROSPECTION_JWT, type IntrospectionJwtOptions, signIntrospectionResponse } from '../../introspection-jwt.ts'
import { findEncryptionKeys } from '../client-encryption-keys.ts'
import type { RequestContext } from '../context.ts'
import type { Client } from '../records.ts'
import { chooseSigningAlgorithm, signingAlgorithms } from '../signing-algorithms.ts'
import type { IntrospectionCaller } from './caller.ts'

/** Answers as the caller wants it: as JSON, or as a JWT where it asks for one and the server can sign. */
export async function answerIntrospection(
  context: RequestContext,
  caller: IntrospectionCaller,
  response: IntrospectionResponse,
): Promise<HttpResponse> {
  const { server, request, now } = context
  if (!accepts(request, INTROSPECTION_JWT) || signingAlgorithms(server.keys).length === 0) {
    return json(200, response, NO_STORE)
  }
  const jwt = await signIntrospectionResponse(response, server.keys, {
    issuer: server.issuer,
    audience: caller.id,
    clock: () => now * 1000,
    ...(await protectionFor(context, caller.client)),
  })
  return { status: 200, headers: [['content-type', INTROSPECTION_JWT], ...NO_STORE], body: jwt }
}

/** Whether `Accept` names this very type; a wildcard asks for nothing in particular. @spec RFC 9110 §12.5.1 */
function accepts(request: HttpRequest, type: string): boolean {
  const ranges = (request.header('accept') ?? '').toLowerCase().split(',')
  return ranges.some((range) => {
    const [name = '', ...parameters] = range.split(';').map((part) => part.trim())
    return name === type && !parameters.some((parameter) => /^q=0(?:\.0*)?$/.test(parameter))
  })
}

/**
 * How the caller registered that its answers are signed and encrypted.
 *
 * @spec RFC 9701 §6
 */
async function protectionFor(
  { server }: RequestContext,
  client: Client | undefined,
): Promise<Pick<IntrospectionJwtOptions, 'alg' | 'encryption'>> {
  const alg = chooseSigningAlgorithm(client?.introspection_signed_response_alg, server.keys)
  if (alg === undefined) {
    throw new OAuth2Error('server_error', 'no key signs with the introspection algorithm of this client', {
      reason: 'introspection_signing_key_missing',
    })
  }
  const { introspection_encrypted_response_alg: wrap, introspection_encrypted_response_enc: enc = 'A128CBC-HS256' } =
    client ?? {}
  if (client === undefined || wrap === undefined) return { alg }
  return { alg, encryption: { keys: await findEncryptionKeys(client), alg: wrap, enc } }
}
