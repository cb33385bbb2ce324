import { bodyReaders, type HttpRequest, remoteAddressOf } from '../../http/index.ts'
import { type NodeRequest, readNodeBody } from './node-body.ts'

/** What an adapter is told about where it runs. */
export interface ProxyOptions {
  /**
   * How many proxies of yours stand in front, each appending to `X-Forwarded-For`. None by default: then the header says
   * nothing about where a request comes from, since anybody can send it.
   */
  readonly trustProxy?: number
}

/** The core's view of a request of `node:http`, Express, Connect and their like. */
export function fromNode(
  request: NodeRequest & { readonly originalUrl?: string },
  { trustProxy = 0 }: ProxyOptions = {},
): HttpRequest {
  const header = (name: string): string | undefined => headerOf(request, name)
  const { form, json } = bodyReaders(header('content-type'), () => readNodeBody(request))
  return {
    method: request.method ?? 'GET',
    // Where a framework has mounted something it shortens `url` and keeps what came in `originalUrl`.
    url: request.originalUrl ?? request.url ?? '/',
    // No getter: to define one for each request costs more than to look.
    remoteAddress:
      trustProxy === 0
        ? peerAddressOf(request.socket)
        : remoteAddressOf(request.socket.remoteAddress, header('x-forwarded-for'), trustProxy),
    header,
    form,
    json,
  }
}

/** What the other end of a connection is called, and the address that this stands for. */
interface Peer {
  readonly name: string
  readonly address: string | undefined
}

const peers: WeakMap<NodeRequest['socket'], Peer> = /* @__PURE__ */ new WeakMap()

/** The address at the other end, in the one form that every address has here: found once a connection, not once a request. */
function peerAddressOf(socket: NodeRequest['socket']): string | undefined {
  const { remoteAddress: name } = socket
  if (name === undefined) return undefined
  const known = peers.get(socket)
  if (known?.name === name) return known.address
  const address = remoteAddressOf(name, undefined, 0)
  peers.set(socket, { name, address })
  return address
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
