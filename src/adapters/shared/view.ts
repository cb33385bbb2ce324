import type { HttpRequest } from '../../http/index.ts'

/** One view for each request: a body can be read but once, however many look at it. */
export function viewOnce<R extends object>(convert: (request: R) => HttpRequest): (request: R) => HttpRequest {
  const views: WeakMap<R, HttpRequest> = new WeakMap()
  return (request) => {
    const view = views.get(request) ?? convert(request)
    views.set(request, view)
    return view
  }
}
