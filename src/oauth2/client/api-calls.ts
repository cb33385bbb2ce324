/** Calls of an API by their methods, over one way to send them. */
export abstract class ApiCalls<Options> {
  abstract request(method: string, url: string | URL, options?: Options): Promise<Response>

  get(url: string | URL, options?: Options): Promise<Response> {
    return this.request('GET', url, options)
  }

  post(url: string | URL, options?: Options): Promise<Response> {
    return this.request('POST', url, options)
  }

  put(url: string | URL, options?: Options): Promise<Response> {
    return this.request('PUT', url, options)
  }

  patch(url: string | URL, options?: Options): Promise<Response> {
    return this.request('PATCH', url, options)
  }

  delete(url: string | URL, options?: Options): Promise<Response> {
    return this.request('DELETE', url, options)
  }
}
