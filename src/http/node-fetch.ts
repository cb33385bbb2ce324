/*
 * The part of node:https, node:dns and node:stream that is used here, in types of our own: the core compiles without
 * Node's.
 */

interface Incoming {
  readonly statusCode?: number
  readonly rawHeaders: readonly string[]
  destroy(): void
}

interface Outgoing {
  on(event: 'error', listener: (error: Error) => void): void
  end(body?: string | Uint8Array): void
}

export interface ResolvedAddress {
  readonly address: string
  readonly family: number
}

type Found = (error: Error | null, address?: string | readonly ResolvedAddress[], family?: number) => void

/** `dns.lookup`, with `all` set. */
export type Resolve = (
  hostname: string,
  options: { readonly all: true },
  found: (error: Error | null, addresses: readonly ResolvedAddress[]) => void,
) => void

interface RequestOptions {
  readonly method?: string
  readonly headers: Record<string, string>
  readonly signal?: AbortSignal
  readonly agent: false
  lookup(hostname: string, options: { readonly all?: boolean }, found: Found): void
}

interface Modules {
  readonly https: NodeHttp
  readonly http: NodeHttp
  readonly dns: { readonly lookup: Resolve }
  readonly stream: { readonly Readable: { toWeb(stream: Incoming): ReadableStream<Uint8Array> } }
}

interface NodeHttp {
  request(url: string, options: RequestOptions, onResponse: (response: Incoming) => void): Outgoing
}

export type Fetch = (url: string, init: RequestInit) => Promise<Response>

/**
 * A `fetch` that connects only to addresses that are allowed. The name is resolved once, and the connection goes to what
 * was checked: a name that resolves to something else a moment later gains nothing. Nothing where Node's modules are not.
 *
 * @param refuse what to throw for an address that is not allowed; nothing for one that is.
 */
export function addressCheckedFetch(
  refuse: (url: string, address: string) => Error | undefined,
  resolve?: Resolve,
): Fetch | undefined {
  const modules = findModules()
  if (modules === undefined) return undefined
  const find = resolve ?? modules.dns.lookup
  return (url, init) =>
    new Promise<Incoming>((settle, reject) => {
      const { request } = url.startsWith('https:') ? modules.https : modules.http
      const outgoing = request(
        url,
        toOptions(init, (hostname, options, found) =>
          find(hostname, { ...options, all: true }, (error, addresses) => {
            const refusal = error ?? firstRefusal(addresses, (address) => refuse(url, address))
            if (refusal !== undefined) found(refusal)
            else if (options.all === true) found(null, addresses)
            else found(null, addresses[0]?.address, addresses[0]?.family)
          }),
        ),
        settle,
      )
      outgoing.on('error', reject)
      outgoing.end(typeof init.body === 'string' || init.body instanceof Uint8Array ? init.body : undefined)
      // What is thrown here is a rejection: in a listener of Node's it would end the process.
    }).then((incoming) => toResponse(incoming, modules))
}

/** One address that is not allowed among several is enough: who answers so wants to be taken for another. */
function firstRefusal(
  addresses: readonly ResolvedAddress[],
  refuse: (address: string) => Error | undefined,
): Error | undefined {
  if (addresses.length === 0) return new Error('the name has no address')
  return addresses.map(({ address }) => refuse(address)).find((refusal) => refusal !== undefined)
}

/** Without an agent no connection is used that somebody else opened, to an address that was not checked. */
function toOptions(init: RequestInit, lookup: RequestOptions['lookup']): RequestOptions {
  return {
    ...(init.method === undefined ? {} : { method: init.method }),
    ...(init.signal ? { signal: init.signal } : {}),
    headers: Object.fromEntries(new Headers(init.headers)),
    agent: false,
    lookup,
  }
}

/**
 * As `fetch` would answer, redirects included: whoever asked decides about them. Whoever answers chooses the status, also
 * one that `Response` does not take; a connection that nobody is going to read is closed.
 */
function toResponse(incoming: Incoming, { stream }: Modules): Response {
  const { statusCode: status = 0, rawHeaders } = incoming
  const isEmpty = status === 204 || status === 205 || status === 304
  try {
    const headers = new Headers()
    for (let at = 0; at + 1 < rawHeaders.length; at += 2) headers.append(rawHeaders[at] ?? '', rawHeaders[at + 1] ?? '')
    if (isEmpty) incoming.destroy()
    return new Response(isEmpty ? null : stream.Readable.toWeb(incoming), { status, headers })
  } catch (error) {
    incoming.destroy()
    throw error
  }
}

function findModules(): Modules | undefined {
  const { process } = globalThis as { process?: { getBuiltinModule?(id: string): unknown } }
  const find = (id: string): unknown => process?.getBuiltinModule?.(id)
  const modules = {
    https: find('node:https'),
    http: find('node:http'),
    dns: find('node:dns'),
    stream: find('node:stream'),
  }
  return Object.values(modules).every((module) => module !== undefined) ? (modules as Modules) : undefined
}
