import type { OutgoingRequest, OutgoingResponse } from './fetch.ts'
import { FetchError } from './fetch-error.ts'
import type { NodeHttpModules } from './node-modules.ts'
import { headerOf } from './response.ts'

/** What describes the packed form, and is wrong once it is unpacked. */
const OF_PACKED_FORM: readonly string[] = ['content-encoding', 'content-length']

/**
 * Unpacks a response that came packed though nobody asked for that: some servers do it always. What would be longer than
 * allowed is not unpacked to its end.
 *
 * @spec RFC 9110 §8.4
 */
export function decodeContent(
  modules: NodeHttpModules,
  request: OutgoingRequest,
  response: OutgoingResponse,
  maxBytes: number,
): OutgoingResponse {
  const coding = headerOf(response, 'content-encoding')?.trim().toLowerCase() ?? 'identity'
  if (coding === 'identity' || coding === '' || response.body.length === 0) return response
  const unpack = findDecoder(modules, coding)
  const { status } = response
  if (unpack === undefined) {
    throw new FetchError('network', request, { status, cause: new Error('content coding of the response is unknown') })
  }
  const headers = response.headers.filter(([name]) => !OF_PACKED_FORM.includes(name))
  return { status, headers, body: unpackBounded(() => unpack(response.body, { maxOutputLength: maxBytes })) }

  function unpackBounded(run: () => Uint8Array): Uint8Array {
    try {
      return new Uint8Array(run())
    } catch (cause) {
      const isTooLong = cause instanceof Error && 'code' in cause && cause.code === 'ERR_BUFFER_TOO_LARGE'
      throw new FetchError(isTooLong ? 'too_large' : 'network', request, { status, cause })
    }
  }
}

function findDecoder({ zlib }: NodeHttpModules, coding: string): typeof zlib.gunzipSync | undefined {
  if (coding === 'gzip' || coding === 'x-gzip') return zlib.gunzipSync
  if (coding === 'deflate') return zlib.inflateSync
  return coding === 'br' ? zlib.brotliDecompressSync : undefined
}
