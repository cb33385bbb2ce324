import { mediaTypeOf } from '../../http/body.ts'
import type { OutgoingRequest, OutgoingResponse, Transport } from '../../http/fetch.ts'
import { type Header, headerOf } from '../../http/response.ts'
import { decodeUtf8 } from '../../util/bytes.ts'
import { parseJsonObject } from '../../util/json.ts'
import { type IntrospectionResponse, parseIntrospectionResponse } from '../introspection.ts'
import { INTROSPECTION_JWT } from '../introspection-jwt.ts'
import type { IntrospectionAuthentication, IntrospectionTarget } from './introspection-auth.ts'

/** Reads an answer that came as a JWT. Absent: answers are plain. @spec RFC 9701 §5 */
export type ReadSignedAnswer = (jwt: string) => Promise<IntrospectionResponse>

/** The authorization server did not answer as it should. For the log: it is nothing that the token did. */
export class IntrospectionFailure extends Error {
  override readonly name: string = 'IntrospectionFailure'
  readonly reason: 'introspection_unavailable' | 'introspection_refused' | 'introspection_answer_invalid'

  constructor(reason: IntrospectionFailure['reason'], message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.reason = reason
  }
}

/**
 * Asks an authorization server about a token.
 *
 * @throws IntrospectionFailure
 * @spec RFC 7662 §2.1
 */
export async function askAbout(
  token: string,
  target: IntrospectionTarget,
  authenticate: IntrospectionAuthentication,
  transport: Transport,
  readSigned: ReadSignedAnswer | undefined,
): Promise<IntrospectionResponse> {
  const request = await buildRequest(token, target, authenticate, readSigned !== undefined)
  const response = await transport(request).catch((cause: unknown) => {
    throw new IntrospectionFailure('introspection_unavailable', 'introspection endpoint could not be asked', cause)
  })
  checkStatus(response)
  try {
    return await readAnswer(response, readSigned)
  } catch (cause) {
    throw new IntrospectionFailure('introspection_answer_invalid', 'introspection response is not as expected', cause)
  }
}

/** The token goes into the body, never into the URL. @spec RFC 7662 §4 */
async function buildRequest(
  token: string,
  target: IntrospectionTarget,
  authenticate: IntrospectionAuthentication,
  signed: boolean,
): Promise<OutgoingRequest> {
  const { headers = [], parameters = {} } = await authenticate(target)
  const form = new URLSearchParams({ token, token_type_hint: 'access_token', ...parameters })
  const own: Header[] = [
    ['accept', signed ? INTROSPECTION_JWT : 'application/json'],
    ['content-type', 'application/x-www-form-urlencoded'],
  ]
  return { url: target.endpoint, method: 'POST', headers: [...own, ...headers], body: form.toString() }
}

/** A 401 is about our own credentials, not about the token. @spec RFC 7662 §2.3 */
function checkStatus({ status }: OutgoingResponse): void {
  if (status === 200) return
  const reason = status >= 400 && status < 500 ? 'introspection_refused' : 'introspection_unavailable'
  throw new IntrospectionFailure(reason, `introspection endpoint answered with status ${status}`)
}

/** What was asked to be signed is not taken unsigned. @spec RFC 9701 §5 */
async function readAnswer(
  response: OutgoingResponse,
  readSigned: ReadSignedAnswer | undefined,
): Promise<IntrospectionResponse> {
  const expected = readSigned === undefined ? 'application/json' : INTROSPECTION_JWT
  const type = mediaTypeOf(headerOf(response, 'content-type') ?? '')
  if (type !== expected) throw new TypeError(`"content-type" of the introspection response must be ${expected}`)
  const text = decodeUtf8(response.body)
  return readSigned === undefined
    ? parseIntrospectionResponse(parseJsonObject(text, { rejectDuplicates: true }))
    : readSigned(text.trim())
}
