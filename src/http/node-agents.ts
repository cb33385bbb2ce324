import { ConfigurationError } from '../util/configuration-error.ts'
import { type BasicCredentials, buildBasic } from './basic.ts'
import { type Agent, type Connected, findNodeModules, type NodeHttpModules, type TlsOptions } from './node-modules.ts'
import { parseUrl } from './url.ts'

/** A certificate or key, in PEM. */
export type Pem = string | Uint8Array

export interface ConnectionOptions {
  /** The authorities whose certificates are trusted, in the place of those that Node brings. */
  readonly ca?: Pem | readonly Pem[]
  /** The certificate that this side shows where a server asks for one (RFC 8705). */
  readonly clientCertificate?: ClientCertificate
  /** Through which everything goes that is not on this machine: `http://user:password@proxy.internal:3128`. */
  readonly proxy?: string | URL
  /** How many connections to one host there may be at a time. Default: no limit. */
  readonly maxSockets?: number
}

export interface ClientCertificate {
  readonly cert: Pem
  readonly key: Pem
  readonly passphrase?: string
}

interface AgentPair {
  readonly http: Agent
  readonly https: Agent
}

export interface NodeAgents {
  readonly modules: NodeHttpModules
  /** For what is on this machine. */
  readonly direct: AgentPair
  /** For everything else. */
  readonly outward: AgentPair
}

/** Below the five seconds after which Node's own servers, and others, close a connection that nobody uses. */
const IDLE_MILLISECONDS = 4000

/** How long a proxy has to answer: nobody else ends a request for a tunnel that is not wanted any more. */
const TUNNEL_MILLISECONDS = 10_000

/** @throws ConfigurationError */
export function createAgents(options: ConnectionOptions): NodeAgents {
  const modules = findNodeModules()
  if (modules === undefined) {
    throw new ConfigurationError('nodeTransport', ['this runtime has no node:http: use outgoingFetch, over its fetch'])
  }
  const { ca, clientCertificate, maxSockets = Number.POSITIVE_INFINITY } = options
  requireReadable(modules, { ca, ...clientCertificate })
  const settings = { keepAlive: true, timeout: IDLE_MILLISECONDS, maxSockets, ca, ...clientCertificate }
  const create = (): AgentPair => ({ http: new modules.http.Agent(settings), https: new modules.https.Agent(settings) })
  const direct = create()
  const proxy = options.proxy === undefined ? undefined : parseProxy(String(options.proxy))
  if (proxy === undefined) return { modules, direct, outward: direct }
  const outward = create()
  outward.https.createConnection = (connection, connected) => openTunnel(modules, proxy, connection, connected)
  return { modules, direct, outward }
}

/** Now rather than with the first connection, where what is thrown through a proxy would end the process. */
function requireReadable({ tls }: NodeHttpModules, certificates: TlsOptions): void {
  if (Object.values(certificates).every((it) => it === undefined)) return
  try {
    tls.createSecureContext(certificates)
  } catch {
    throw new ConfigurationError('nodeTransport', [
      '"ca" or "clientCertificate" cannot be read: expected certificates in PEM, and the key of the client\'s with its passphrase',
    ])
  }
}

interface Proxy {
  readonly url: URL
  readonly authorization?: string
}

function parseProxy(text: string): Proxy {
  const url = parseUrl(text)
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.hostname === '') {
    throw new ConfigurationError('nodeTransport', ['"proxy" must be an absolute URL with http or https'])
  }
  if (url.username === '' && url.password === '') return { url }
  return { url, authorization: buildBasic(readCredentials(url), { raw: true }) }
}

function readCredentials({ username, password }: URL): BasicCredentials {
  try {
    return { username: decodeURIComponent(username), password: decodeURIComponent(password) }
  } catch {
    throw new ConfigurationError('nodeTransport', ['user and password of "proxy" must be percent-encoded UTF-8'])
  }
}

/** Asks the proxy for a connection to the host, and speaks TLS to the host through it. @spec RFC 9110 §9.3.6 */
function openTunnel(
  modules: NodeHttpModules,
  { url, authorization }: Proxy,
  connection: TlsOptions,
  connected: Connected,
): undefined {
  const { host = '', port = 443 } = connection
  const authority = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
  const asked = (url.protocol === 'https:' ? modules.https : modules.http).request({
    method: 'CONNECT',
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : url.port,
    path: authority,
    headers: { host: authority, ...(authorization !== undefined && { 'proxy-authorization': authorization }) },
    timeout: TUNNEL_MILLISECONDS,
    ca: connection.ca,
    agent: false,
  })
  asked.on('connect', ({ statusCode }, socket) => {
    socket.setTimeout(0)
    if (statusCode === 200) return connected(null, modules.tls.connect({ ...connection, socket }))
    socket.destroy()
    connected(new Error(`proxy refused the connection with status ${statusCode}`))
  })
  asked.on('timeout', () => asked.destroy(new Error('proxy did not answer in time')))
  asked.on('error', (error) => connected(error))
  asked.end()
}
