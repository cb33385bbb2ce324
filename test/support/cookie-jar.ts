import type { HttpRequest } from '../../src/http/request.ts'

/** A browser as far as the cookies of one host go. */
export class CookieJar {
  readonly cookies: Map<string, string> = new Map()

  /** Keeps what an answer sets, as far as a browser does. */
  take(setCookie: readonly string[]): void {
    for (const line of setCookie) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (name.length + value.length > 4096) throw new Error('no browser keeps a cookie of that size')
      if (/; Max-Age=0(?:;|$)/.test(line)) this.cookies.delete(name)
      else this.cookies.set(name, value)
    }
  }

  takeHeaders(headers: readonly (readonly [string, string])[]): void {
    this.take(headers.map(([, value]) => value))
  }

  /** What a page of a sibling host, or on plain http, can set. Browsers refuse it the names that begin with `__Host-`. */
  plant(name: string, value: string): void {
    if (name.startsWith('__Host-')) throw new Error('no browser lets another host set it')
    const own = [...this.cookies]
    this.cookies.clear()
    this.cookies.set(name, value)
    for (const [kept, text] of own) if (kept !== name) this.cookies.set(kept, text)
  }

  get header(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  }

  copy(): CookieJar {
    const copy = new CookieJar()
    for (const [name, value] of this.cookies) copy.cookies.set(name, value)
    return copy
  }

  request(url = '/'): HttpRequest {
    const { header } = this
    const unread = (): never => {
      throw new Error('not read here')
    }
    return {
      method: 'GET',
      url,
      header: (name) => (name === 'cookie' ? header : undefined),
      form: unread,
      json: unread,
    }
  }

  /** Calls a server; redirects are not followed. */
  async fetch(url: string, init: RequestInit = {}): Promise<Response> {
    const headers = { ...(this.cookies.size > 0 && { cookie: this.header }) }
    const response = await fetch(url, { redirect: 'manual', ...init, headers })
    this.take(response.headers.getSetCookie())
    return response
  }
}
