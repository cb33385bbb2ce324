import type { IncomingMessage } from 'node:http'
import { bodyTooLarge, HttpError, MAX_BODY_BYTES, RequestParameters } from '../../http/index.ts'

/** A request of `node:http`, or of a framework that adds to it. */
export type NodeRequest = IncomingMessage & { readonly body?: unknown }

const EMPTY = new Uint8Array()

/**
 * The bytes of a request's body: those a body parser in front has left, or else those that are still in the stream.
 *
 * Whether a parser has read them is told by the stream's end or by what it left, never by there being a `body`: some
 * frameworks set an empty one on every request.
 */
export function readNodeBody(request: NodeRequest): Uint8Array | Promise<Uint8Array> {
  const { body } = request
  if (typeof body === 'string') return Buffer.from(body)
  if (body instanceof Uint8Array) return body
  if (typeof body === 'object' && body !== null && (request.readableEnded || Object.keys(body).length > 0)) {
    return Buffer.from(rewrite(body, request.headers['content-type']))
  }
  if (!request.readableEnded) return readStream(request)
  if (hasBody(request)) throw new TypeError('request body was already read, and what read it left no "body"')
  return EMPTY
}

/** What a body parser made of the body, in the form it came in, so that one reader checks both. */
function rewrite(body: object, contentType = ''): string {
  return contentType.includes('json')
    ? JSON.stringify(body)
    : RequestParameters.fromObject(Object.fromEntries(Object.entries(body))).toString()
}

/** @spec RFC 9112 §6 */
function hasBody({ headers }: NodeRequest): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}

/**
 * Reads a body to its end. Of one that is too long the rest is let run past: the connection stays whole, so that the
 * refusal arrives. The listeners stay: taking them off costs more than they do, and what they still say is not heard.
 */
function readStream(request: NodeRequest): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let length = 0
    const onData = (data: Buffer | string): void => {
      // Text where something in front has set an encoding.
      const chunk = typeof data === 'string' ? Buffer.from(data, request.readableEncoding ?? 'utf8') : data
      const before = length
      length += chunk.length
      if (length <= MAX_BODY_BYTES) chunks.push(chunk)
      else if (before <= MAX_BODY_BYTES) reject(bodyTooLarge())
    }
    const onAbort = (): void => {
      if (!request.readableEnded) reject(new HttpError('incomplete_body', 'request body ended early'))
    }
    if (request.destroyed) return onAbort()
    request.on('data', onData).on('error', onAbort).on('close', onAbort)
    request.on('end', () => resolve(join(chunks)))
  })
}

/** Most bodies come in one piece, which need not be copied. */
function join(chunks: readonly Buffer[]): Uint8Array {
  const [first = EMPTY, ...others] = chunks
  return others.length === 0 ? first : Buffer.concat(chunks)
}
