/** What a page says, as far as tests look at it. */
export interface Screen {
  readonly status: number
  readonly url: string
  readonly headers: Headers
  readonly body: string
  /** The `data-page` of the page, or nothing where there is none: a redirect away from the site, JSON. */
  readonly page: string | undefined
  /** Where the site sent the browser to, if that is another site. */
  readonly away: URL | undefined
}

/** A browser as far as redirects, cookies and forms go. It stays at one site: what leads away is looked at, not followed. */
export class Browser {
  readonly cookies: Map<string, string> = new Map()
  readonly #fetch: (request: Request) => Promise<Response>
  readonly #origin: string

  constructor(site: { fetch(request: Request): Promise<Response>; readonly issuer: string }) {
    this.#fetch = (request) => site.fetch(request)
    this.#origin = new URL(site.issuer).origin
  }

  open(url: string, headers: Record<string, string> = {}): Promise<Screen> {
    return this.#follow(new Request(url, { headers }))
  }

  /** Presses a button: sends its form with what is in its fields, overridden by `values`; `null` leaves a field out. */
  press(
    screen: Screen,
    buttonId: string,
    values: Record<string, string | null> = {},
    headers: Record<string, string> = { origin: 'null', 'sec-fetch-site': 'same-origin' },
  ): Promise<Screen> {
    const form = readForm(screen.body)
    const button = tagsOf(screen.body, 'button').find(({ id }) => id === buttonId)
    if (form === undefined || button === undefined) throw new Error(`page "${screen.page}" has no button "${buttonId}"`)
    const fields: Record<string, string | null> = {
      ...form.fields,
      ...(button['name'] === undefined ? {} : { [button['name']]: button['value'] ?? '' }),
      ...values,
    }
    return this.post(new URL(form.action, screen.url).href, fields, headers)
  }

  post(url: string, fields: Record<string, string | null>, headers: Record<string, string> = {}): Promise<Screen> {
    const body = new URLSearchParams()
    for (const [name, value] of Object.entries(fields)) if (value !== null) body.set(name, value)
    return this.#follow(new Request(url, { method: 'POST', body, headers }))
  }

  /** A form that another site sends: browsers leave `SameSite=Lax` cookies at home. */
  async postFromElsewhere(url: string, fields: Record<string, string>): Promise<Screen> {
    const kept = [...this.cookies]
    this.cookies.clear()
    const request = new Request(url, { method: 'POST', body: new URLSearchParams(fields) })
    const response = await this.#send(request)
    for (const [name, value] of kept) this.cookies.set(name, value)
    return this.#arrive(request.url, response)
  }

  async #follow(request: Request): Promise<Screen> {
    return this.#arrive(request.url, await this.#send(request))
  }

  async #arrive(url: string, response: Response): Promise<Screen> {
    const location = response.headers.get('location')
    const next = location === null ? undefined : new URL(location, url)
    if (next?.origin === this.#origin) return this.open(next.href)
    const body = await response.text()
    return {
      status: response.status,
      url,
      headers: response.headers,
      body,
      page: tagsOf(body, 'main')[0]?.['data-page'],
      away: next,
    }
  }

  async #send(request: Request): Promise<Response> {
    const headers = new Headers(request.headers)
    if (this.cookies.size > 0) headers.set('cookie', [...this.cookies].map((pair) => pair.join('=')).join('; '))
    const response = await this.#fetch(new Request(request, { headers }))
    for (const line of response.headers.getSetCookie()) this.#keep(line)
    return response
  }

  #keep(line: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
    if (/max-age=0|expires=thu, 01 jan 1970/i.test(line)) this.cookies.delete(name)
    else this.cookies.set(name, value)
  }
}

interface Form {
  readonly action: string
  readonly fields: Record<string, string>
}

export function readForm(markup: string): Form | undefined {
  const form = tagsOf(markup, 'form')[0]
  if (form === undefined) return undefined
  const inputs = tagsOf(markup, 'input').map((input) => [input['name'] ?? '', input['value'] ?? ''])
  return { action: form['action'] ?? '', fields: Object.fromEntries(inputs) }
}

/** The attributes of every such tag, unescaped. */
export function tagsOf(markup: string, name: string): Record<string, string>[] {
  return [...markup.matchAll(new RegExp(`<${name}\\b([^>]*)>`, 'g'))].map(([, attributes = '']) =>
    Object.fromEntries(
      [...attributes.matchAll(/([\w-]+)(?:="([^"]*)")?/g)].map(([, key = '', value = '']) => [
        key,
        decodeEntities(value),
      ]),
    ),
  )
}

function decodeEntities(text: string): string {
  const names: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }
  return text.replace(/&(#?\w+);/g, (entity, key: string) => names[key] ?? entity)
}
