import { encodeBase64url } from '../../util/base64url.ts'
import { concatBytes, encodeUtf8 } from '../../util/bytes.ts'
import { JoseError } from '../errors.ts'

/** A payload that travels apart from its signature. Text is taken as UTF-8. */
export type DetachedPayload = string | Uint8Array | AsyncIterable<Uint8Array> | ReadableStream<Uint8Array>

/** The pieces of a payload. A stream is read once. */
export async function* piecesOf(payload: DetachedPayload): AsyncGenerator<Uint8Array> {
  if (typeof payload === 'string') yield encodeUtf8(payload)
  else if (payload instanceof Uint8Array) yield payload
  else if (Symbol.asyncIterator in payload) for await (const piece of payload) yield checked(piece)
  else yield* readPieces(payload)
}

/** A `ReadableStream`, also where it is no iterable yet (Safari). */
async function* readPieces(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader()
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) yield checked(read.value)
  } finally {
    await reader.cancel()
  }
}

function checked(piece: unknown): Uint8Array {
  if (piece instanceof Uint8Array) return piece
  throw new TypeError('payload stream invalid: expected pieces of bytes (Uint8Array)')
}

/** Encodes piece by piece: groups of three bytes, of which up to two wait for the next piece. @spec RFC 4648 §5 */
export async function* encodePieces(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let waiting: Uint8Array = new Uint8Array()
  for await (const piece of pieces) {
    const bytes = waiting.length === 0 ? piece : concatBytes(waiting, piece)
    const whole = bytes.length - (bytes.length % 3)
    yield encodeBase64url(bytes.subarray(0, whole))
    // Copied: who sends the pieces may use their memory again.
    waiting = bytes.slice(whole)
  }
  yield encodeBase64url(waiting)
}

/** What is held in memory of a stream where it must be held at all: 64 MiB, unless the limits say otherwise. */
const longestHeld = 67_108_864

/** The whole payload, for those who cannot work piece by piece. */
export async function collect(payload: DetachedPayload, limit: number = longestHeld): Promise<Uint8Array | string> {
  if (typeof payload === 'string' || payload instanceof Uint8Array) return payload
  const held: Uint8Array[] = []
  let length = 0
  for await (const piece of piecesOf(payload)) {
    length += piece.length
    if (length > limit) {
      throw new JoseError('token_too_large', 'payload too large: it must be held in memory, and the limits forbid it')
    }
    held.push(piece.slice())
  }
  return concatBytes(...held)
}
