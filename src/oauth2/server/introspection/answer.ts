import { NO_STORE } from '../../../http/cache-control.ts'
import type { HttpRequest } from '../../../http/request.ts'
import { type HttpResponse, json } from '../../../http/response.ts'
import type { KeySet } from '../../../jose/jwks/index.ts'
import { OAuth2Error } from '../../errors.ts'
import type { IntrospectionResponse } from '../../introspection.ts'
import { INTROSPECTION_JWT, type IntrospectionJwtOptions, signIntrospectionResponse } from '../../introspection-jwt.ts'
import type { ClientKeys } from '../client-keys.ts'
import type { RequestContext } from '../context.ts'
import type { Client } from '../records.ts'
import { chooseSigningAlgorithm, signingAlgorithms } from '../signing-algorithms.ts'
import type { IntrospectionCaller } from './caller.ts'

/** Answers as the caller wants it: as JSON, or as a JWT where it asks for one and the server can sign. */
export async function answerIntrospection(
  { server, request, now }: RequestContext,
  caller: IntrospectionCaller,
  response: IntrospectionResponse,
  clientKeys: ClientKeys,
): Promise<HttpResponse> {
  if (!accepts(request, INTROSPECTION_JWT) || signingAlgorithms(server.keys).length === 0) {
    return json(200, response, NO_STORE)
  }
  const encryption = await findEncryption(caller.client, clientKeys)
  const options: IntrospectionJwtOptions = {
    issuer: server.issuer,
    audience: caller.id,
    alg: findAlgorithm(caller.client, server.keys),
    clock: () => now * 1000,
    ...(encryption && { encryption }),
  }
  try {
    const jwt = await signIntrospectionResponse(response, server.keys, options)
    return { status: 200, headers: [['content-type', INTROSPECTION_JWT], ...NO_STORE], body: jwt }
  } catch (cause) {
    // What was to be encrypted does not go out plain.
    throw cannot(
      'introspection response could not be encrypted to this client',
      'introspection_encryption_failed',
      cause,
    )
  }
}

/** Whether `Accept` names this very type; a wildcard asks for nothing in particular. @spec RFC 9110 §12.5.1 */
function accepts(request: HttpRequest, type: string): boolean {
  const accepted = request.header('accept')
  if (accepted === undefined) return false
  return accepted
    .toLowerCase()
    .split(',')
    .some((range) => {
      const [name = '', ...parameters] = range.split(';').map((part) => part.trim())
      return name === type && !parameters.some((parameter) => /^q=0(?:\.0*)?$/.test(parameter))
    })
}

/** What the caller registered that its answers are signed with. @spec RFC 9701 §6 */
function findAlgorithm(client: Client | undefined, keys: KeySet): string {
  const alg = chooseSigningAlgorithm(client?.introspection_signed_response_alg, keys)
  if (alg !== undefined) return alg
  throw cannot('no key signs with the introspection algorithm of this client', 'introspection_signing_key_missing')
}

/** How the caller registered that its answers are encrypted, if it did. @spec RFC 9701 §6 */
async function findEncryption(
  client: Client | undefined,
  clientKeys: ClientKeys,
): Promise<IntrospectionJwtOptions['encryption']> {
  const { introspection_encrypted_response_alg: alg, introspection_encrypted_response_enc: enc } = client ?? {}
  if (client === undefined || alg === undefined) return undefined
  return { keys: await clientKeys.find(client), alg, enc: enc ?? 'A128CBC-HS256' }
}

function cannot(description: string, reason: string, cause?: unknown): OAuth2Error {
  return new OAuth2Error('server_error', description, { reason, cause })
}
