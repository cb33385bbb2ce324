import type { Awaitable } from '../util/awaitable.ts'
import { concatBytes, decodeUtf8 } from '../util/bytes.ts'
import { type JsonObject, parseJsonObject } from '../util/json.ts'
import { HttpError, type HttpErrorCode } from './errors.ts'
import { RequestParameters } from './form.ts'

const FORM_TYPE = 'application/x-www-form-urlencoded'
const JSON_TYPE = 'application/json'

/** How long a request body may be. */
export const MAX_BODY_BYTES = 65_536

/** The two ways in which the core reads a request body. */
export interface BodyReaders {
  form(): Promise<RequestParameters>
  json(): Promise<JsonObject>
}

/**
 * Gives a request its `form()` and `json()`. The body is read when one of them is first called, and once.
 *
 * @param contentType the `Content-Type` header.
 * @param read hands over the body; it applies `MAX_BODY_BYTES` while it reads.
 */
export function bodyReaders(contentType: string | undefined, read: () => Awaitable<Uint8Array>): BodyReaders {
  let text: Promise<string> | undefined
  let form: RequestParameters | undefined
  return {
    async form() {
      // A POST without any body, such as one to the userinfo endpoint, has no type to be wrong about.
      if (contentType !== undefined) requireMediaType(contentType, FORM_TYPE)
      text ??= readUtf8(read, 'malformed_form')
      const body = await text
      if (contentType === undefined && body !== '') throw unsupported(FORM_TYPE)
      form ??= RequestParameters.parse(body)
      return form
    },
    async json() {
      requireMediaType(contentType ?? '', JSON_TYPE)
      text ??= readUtf8(read, 'malformed_json')
      return parseJsonBody(await text)
    },
  }
}

/** The media type of a `Content-Type` header, lower-case, without its parameters. */
export function mediaTypeOf(contentType: string): string {
  return (contentType.split(';', 1)[0] ?? '').trim().toLowerCase()
}

/**
 * Reads a stream to its end, unless it holds more than `limit` bytes: then it is cancelled and there is no result.
 */
export async function readAtMost(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  limit: number,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const reader = stream.getReader()
  const chunks: Uint8Array[] = []
  let length = 0
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
    length += chunk.value.length
    if (length > limit) {
      await reader.cancel()
      return undefined
    }
    chunks.push(chunk.value)
  }
  return concatBytes(...chunks)
}

/** The refusal of a body that is too long, for whoever reads it. */
export function bodyTooLarge(): HttpError {
  return new HttpError('too_large', 'request body must not be longer than 64 KiB')
}

async function readUtf8(read: () => Awaitable<Uint8Array>, code: HttpErrorCode): Promise<string> {
  const bytes = await read()
  if (bytes.length > MAX_BODY_BYTES) throw bodyTooLarge()
  try {
    return decodeUtf8(bytes)
  } catch {
    throw new HttpError(code, 'request body must be UTF-8')
  }
}

function requireMediaType(contentType: string, expected: string): void {
  if (contentType !== expected && mediaTypeOf(contentType) !== expected) throw unsupported(expected)
}

function unsupported(expected: string): HttpError {
  return new HttpError('unsupported_media_type', `request body must be ${expected}`)
}

function parseJsonBody(text: string): JsonObject {
  try {
    return parseJsonObject(text, { rejectDuplicates: true })
  } catch {
    throw new HttpError('malformed_json', 'request body must be a JSON object that names no member twice')
  }
}
