import type { ServerResponse } from 'node:http'
import type { HttpResponse } from '../../http/index.ts'

/** Headers that a program in front may have begun, and that these join. */
const JOINING: ReadonlySet<string> = new Set(['set-cookie', 'vary'])

/** Sends the response. Cookies that the program has set stay; other headers of the same name give way. */
export function toNode(response: HttpResponse, target: ServerResponse): void {
  target.statusCode = response.status
  writeHeaders(response.headers, target)
  // Node itself leaves out the body of an answer to HEAD, and keeps its length.
  if (response.body !== undefined) target.setHeader('content-length', Buffer.byteLength(response.body))
  target.end(response.body)
}

/** Adds headers to a response that somebody else will send. */
export function writeHeaders(headers: HttpResponse['headers'], target: ServerResponse): void {
  // A list: responses have few headers, and a set for each of them would cost more than it finds.
  const written: string[] = []
  for (const [name, value] of headers) {
    if (JOINING.has(name) || written.includes(name)) target.appendHeader(name, value)
    else target.setHeader(name, value)
    written.push(name)
  }
}
