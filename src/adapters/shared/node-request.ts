import { bodyReaders, type HttpRequest } from '../../http/index.ts'
import { type NodeRequest, readNodeBody } from './node-body.ts'

/** The core's view of a request of `node:http`, Express, Connect and their like. */
export function fromNode(request: NodeRequest & { readonly originalUrl?: string }): HttpRequest {
  const header = (name: string): string | undefined => headerOf(request, name)
  return {
    method: request.method ?? 'GET',
    // Where a framework has mounted something it shortens `url` and keeps what came in `originalUrl`.
    url: request.originalUrl ?? request.url ?? '/',
    header,
    ...bodyReaders(header('content-type'), () => readNodeBody(request)),
  }
}

function headerOf(request: NodeRequest, name: string): string | undefined {
  // Node keeps only the first of two such lines. That there is a second one must not be overlooked.
  if (name === 'authorization') {
    const lines = request.headersDistinct[name]
    if (lines !== undefined && lines.length > 1) return lines.join(', ')
  }
  const value = request.headers[name]
  return Array.isArray(value) ? value.join(', ') : value
}
