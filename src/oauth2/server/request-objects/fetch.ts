import type { Transport } from '../../../http/fetch.ts'
import { FetchError } from '../../../http/fetch-error.ts'
import { decodeUtf8 } from '../../../util/bytes.ts'
import { OAuth2Error } from '../../errors.ts'
import type { Client } from '../records.ts'

/**
 * Fetches a request object from an address that its client registered. Whoever sends a browser here chooses among those
 * and nothing else, and the transport keeps to public addresses.
 *
 * @throws OAuth2Error `invalid_request_uri`
 * @spec RFC 9101 §5.2
 * @spec RFC 9101 §10.4.1
 */
export async function fetchRequestObject(uri: string, client: Client, transport: Transport): Promise<string> {
  if (!client.request_uris?.includes(uri)) {
    throw new OAuth2Error('invalid_request_uri', 'request_uri is not registered for this client', {
      reason: 'request_uri_unregistered',
    })
  }
  const { status, body } = await send(uri, transport)
  if (status !== 200) throw unavailable()
  try {
    return decodeUtf8(body).trim()
  } catch {
    throw unavailable()
  }
}

async function send(url: string, transport: Transport): ReturnType<Transport> {
  try {
    return await transport({ url, headers: [['accept', 'application/oauth-authz-req+jwt, application/jwt']] })
  } catch (error) {
    if (error instanceof FetchError) throw unavailable(error)
    throw error
  }
}

function unavailable(cause?: unknown): OAuth2Error {
  return new OAuth2Error('invalid_request_uri', 'request object could not be fetched from request_uri', {
    reason: 'request_uri_unavailable',
    ...(cause === undefined ? {} : { cause }),
  })
}
