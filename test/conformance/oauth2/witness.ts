import { channel, tracingChannel } from 'node:diagnostics_channel'
import type { Logger } from '../../../src/util/logger.ts'

/** Parameters and members whose values nobody may learn who is only told what happens. */
const SECRET_NAMES: ReadonlySet<string> = new Set([
  'access_token',
  'actor_token',
  'assertion',
  'client_assertion',
  'client_secret',
  'code',
  'code_verifier',
  'csrf',
  'device_code',
  'handle',
  'id_token',
  'id_token_hint',
  'nonce',
  'password',
  'refresh_token',
  'registration_access_token',
  'request',
  'request_uri',
  'software_statement',
  'state',
  'subject_token',
  'ticket',
  'token',
  'user_code',
  'verification_uri_complete',
])
/** Shorter values are found by chance. */
const MIN_LENGTH = 8

/**
 * Stands between clients and a server. It writes down every secret that passes, whoever sends it, and all that is told of
 * what happens: events, traces and log lines.
 */
export class Witness {
  /** Where each was seen, by the secret. */
  readonly secrets: Map<string, string> = new Map()
  readonly told: string[] = []
  readonly events: Set<string> = new Set()
  readonly logger: Logger
  readonly #end: (() => void)[] = []

  constructor() {
    const write = (line: string): void => {
      this.told.push(line)
    }
    this.logger = { debug: write, info: write, warn: write, error: write }
    this.#listen()
  }

  /** Sends a request to a server, and looks at what goes either way. */
  async send(server: { fetch(request: Request): Promise<Response> }, request: Request): Promise<Response> {
    await this.#readRequest(request.clone())
    const response = await server.fetch(request)
    await this.#readResponse(response.clone())
    return response
  }

  /** The secrets that were told, as where they were seen and what was told. */
  findLeaks(): string[] {
    return [...this.secrets].flatMap(([secret, where]) =>
      this.told.filter((line) => line.includes(secret)).map((line) => `${where} in ${line}`),
    )
  }

  close(): void {
    for (const end of this.#end) end()
  }

  #listen(): void {
    const events = channel('authwright:event')
    const onEvent = (message: unknown): void => {
      this.told.push(JSON.stringify(message))
      this.events.add((message as { event: string }).event)
    }
    events.subscribe(onEvent)
    const requests = tracingChannel('authwright:request')
    const onTrace = (message: unknown): void => {
      this.told.push(JSON.stringify(message))
    }
    const all = { start: onTrace, end: onTrace, asyncStart: onTrace, asyncEnd: onTrace, error: onTrace }
    requests.subscribe(all)
    this.#end.push(
      () => events.unsubscribe(onEvent),
      () => requests.unsubscribe(all),
    )
  }

  async #readRequest(request: Request): Promise<void> {
    this.#readUrl(request.url)
    const authorization = request.headers.get('authorization') ?? ''
    const [scheme = '', credentials = ''] = authorization.split(' ')
    this.#add('Authorization', credentials)
    if (scheme === 'Basic') this.#add('client_secret', decodeURIComponent(atob(credentials).split(':')[1] ?? ''))
    this.#add('DPoP', request.headers.get('dpop'))
    for (const pair of (request.headers.get('cookie') ?? '').split('; ')) this.#add('Cookie', pair.split('=')[1])
    this.#readBody(await request.text())
  }

  async #readResponse(response: Response): Promise<void> {
    for (const line of response.headers.getSetCookie()) this.#add('Set-Cookie', /=([^;]*)/.exec(line)?.[1])
    const location = response.headers.get('location')
    if (location !== null) this.#readUrl(location)
    this.#readBody(await response.text())
  }

  #readUrl(url: string): void {
    const { searchParams, hash } = new URL(url)
    this.#readEntries([...searchParams, ...new URLSearchParams(hash.slice(1))])
  }

  /** JSON, a form, or a page with forms. */
  #readBody(text: string): void {
    if (text.startsWith('{')) this.#readEntries(Object.entries(JSON.parse(text)))
    else if (text.startsWith('<')) {
      this.#readEntries(
        [...text.matchAll(/name="(\w+)" value="([^"]*)"/g)].map(([, name = '', value]) => [name, value]),
      )
    } else this.#readEntries([...new URLSearchParams(text)])
  }

  #readEntries(entries: readonly (readonly [string, unknown])[]): void {
    for (const [name, value] of entries) if (SECRET_NAMES.has(name)) this.#add(name, value)
  }

  #add(where: string, value: unknown): void {
    if (typeof value === 'string' && value.length >= MIN_LENGTH) this.secrets.set(value, where)
  }
}
