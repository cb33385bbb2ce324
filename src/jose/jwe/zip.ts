import { concatBytes } from '../../util/bytes.ts'
import { JoseError } from '../errors.ts'

/** DEFLATE without a frame. @spec RFC 7516 §4.1.3 */
const format = 'deflate-raw'

/** Packs a text. */
export async function compress(plaintext: Uint8Array): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const chunk of transform(plaintext, new CompressionStream(format))) chunks.push(chunk)
  return concatBytes(...chunks)
}

/**
 * Unpacks a text, and stops where it grows beyond the limit: a few kilobytes can be packed that unpack to gigabytes
 * (CVE-2024-28176 and its kin).
 *
 * @throws JoseError `plaintext_too_large`, `compression_invalid`
 */
export async function decompress(packed: Uint8Array, limit: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of unpacked(packed)) {
    length += chunk.length
    // Leaving the loop cancels the stream.
    if (length > limit)
      throw new JoseError('plaintext_too_large', `plaintext too large: expected ${limit} bytes at most`)
    chunks.push(chunk)
  }
  return concatBytes(...chunks)
}

async function* unpacked(packed: Uint8Array): AsyncGenerator<Uint8Array> {
  try {
    yield* transform(packed, new DecompressionStream(format))
  } catch (cause) {
    throw new JoseError('compression_invalid', 'plaintext invalid: expected DEFLATE, as "zip" says', { cause })
  }
}

async function* transform(
  data: Uint8Array,
  { writable, readable }: CompressionStream | DecompressionStream,
): AsyncGenerator<Uint8Array> {
  const writer = writable.getWriter()
  // What goes wrong here goes wrong for the reader too, who is the one to tell.
  Promise.all([writer.write(new Uint8Array(data)), writer.close()]).catch(() => undefined)
  const reader: ReadableStreamDefaultReader<Uint8Array> = readable.getReader()
  try {
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) yield chunk.value
  } finally {
    reader.cancel().catch(() => undefined)
  }
}
