/** A page that the browser has arrived at. */
export interface Page {
  url: string
  status: number
  html: string
}

/**
 * As much of a browser as signing in needs: it keeps cookies, follows redirects and fills in forms. It runs no scripts.
 */
export class Browser {
  /** Every address it has been to. */
  readonly visited: string[] = []
  /** Cookies of `localhost` are the same for all its ports. */
  readonly #cookies: Map<string, string> = new Map()

  async open(url: string, init: RequestInit = {}): Promise<Page> {
    this.visited.push(url)
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const headers = { accept: 'text/html', ...(cookie === '' ? {} : { cookie }) }
    const response = await fetch(url, { ...init, headers, redirect: 'manual' })
    for (const line of response.headers.getSetCookie()) this.#keep(line)
    const location = response.headers.get('location')
    const html = await response.text()
    return location === null ? { url, status: response.status, html } : this.open(new URL(location, url).href)
  }

  /** Fills in the form that has this button, and presses it. */
  submit(page: Page, button: string, values: Record<string, string> = {}): Promise<Page> {
    const form = formsOf(page).find(({ html }) => html.includes(`id="${button}"`))
    if (form === undefined)
      throw new Error(`${new URL(page.url).pathname} (status ${page.status}) has no button "${button}"`)
    const pressed = tagsOf(form.html, 'button').find(({ id }) => id === button)
    const fields = [...tagsOf(form.html, 'input'), ...(pressed ? [pressed] : [])]
    const body = new URLSearchParams(fields.flatMap(({ name, value = '' }) => (name ? [[name, value]] : [])))
    for (const [name, value] of Object.entries(values)) body.set(name, value)
    return this.open(new URL(form.action, page.url).href, { method: 'POST', body })
  }

  #keep(line: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
    if (/;\s*max-age=0/i.test(line)) this.#cookies.delete(name)
    else this.#cookies.set(name, value)
  }
}

function formsOf({ url, html }: Page): { action: string; html: string }[] {
  return [...html.matchAll(/<form\b([^>]*)>(.*?)<\/form>/gs)].map(([, tag = '', content = '']) => ({
    action: attributesOf(tag)['action'] ?? url,
    html: content,
  }))
}

function tagsOf(html: string, name: string): Record<string, string>[] {
  return [...html.matchAll(new RegExp(`<${name}\\b([^>]*)>`, 'g'))].map(([, tag = '']) => attributesOf(tag))
}

function attributesOf(tag: string): Record<string, string> {
  return Object.fromEntries(
    [...tag.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, name, value = '']) => [name, decodeEntities(value)]),
  )
}

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

function decodeEntities(text: string): string {
  return text.replace(/&(?:#(\d+)|(\w+));/g, (all, code, name) =>
    code ? String.fromCharCode(Number(code)) : (entities[name] ?? all),
  )
}
