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
  if (name === 'authorization') return linesOf(request, name)
  const value = request.headers[name]
  return Array.isArray(value) ? value.join(', ') : value
}

/** Every line of one name. Node's own `headersDistinct` would sort out all the others too. */
function linesOf({ rawHeaders }: NodeRequest, name: string): string | undefined {
  let joined: string | undefined
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const line = rawHeaders[index]
    if (line?.length !== name.length || line.toLowerCase() !== name) continue
    const value = rawHeaders[index + 1] ?? ''
    joined = joined === undefined ? value : `${joined}, ${value}`
  }
  return joined
}
