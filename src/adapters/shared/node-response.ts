import type { ServerResponse } from 'node:http'
import type { HttpResponse } from '../../http/index.ts'

/** Headers that a program in front may have begun, and that these join. */
const JOINING: ReadonlySet<string> = new Set(['set-cookie', 'vary'])

/** Sends the response. Cookies that the program has set stay; other headers of the same name give way. */
export function toNode(response: HttpResponse, target: ServerResponse): void {
  const { status, headers, body } = response
  // Node itself leaves out the body of an answer to HEAD, and keeps its length.
  const length = body === undefined ? undefined : Buffer.byteLength(body)
  if (length !== undefined && target.getHeaderNames().length === 0) {
    // In one list: put in one by one, they cost as much as finding the answer to many a request.
    target.writeHead(status, flat(headers, length))
  } else {
    // Also where there is no body: which answers then have a length of zero, and which none, Node knows.
    target.statusCode = status
    writeHeaders(headers, target)
    if (length !== undefined) target.setHeader('content-length', length)
  }
  target.end(body)
}

function flat(headers: HttpResponse['headers'], length: number): string[] {
  const list: string[] = []
  for (const [name, value] of headers) list.push(name, value)
  list.push('content-length', String(length))
  return list
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
