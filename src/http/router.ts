import type { Awaitable } from '../util/awaitable.ts'
import { preflight, withPublicCors } from './cors.ts'
import { type HttpRequest, pathOf } from './request.ts'
import { empty, type HttpResponse } from './response.ts'

export type RouteHandler = (request: HttpRequest) => Awaitable<HttpResponse>

/** Something that answers at a path. */
export interface Route {
  readonly path: string
  /** It answers one segment below its path, which then ends with a slash: `/clients/` answers `/clients/abc`. */
  readonly below?: boolean
  /** Upper-case. `GET` answers `HEAD` too. */
  readonly methods: readonly string[]
  /** `public`: scripts of any origin may call it. */
  readonly cors?: 'public'
  readonly handle: RouteHandler
}

/** Paths and their handlers, looked up in a map that is built once. */
export class Router {
  readonly #routes: ReadonlyMap<string, Route>

  /** @throws TypeError where two routes have one path. */
  constructor(routes: readonly Route[]) {
    this.#routes = new Map(routes.map((route) => [route.path, route]))
    if (this.#routes.size !== routes.length) throw new TypeError('two routes have the same path')
  }

  /** Whether a path is answered here, so that an adapter can leave others to the program it is part of. */
  has(request: HttpRequest): boolean {
    return this.#find(pathOf(request)) !== undefined
  }

  /**
   * Answers a request: 400 for a target that is no path (`OPTIONS *`), 404 for a path that is not here, 405 for a method
   * that the path does not take.
   */
  handle(request: HttpRequest): Promise<HttpResponse> {
    const path = pathOf(request)
    const route = this.#find(path)
    return route === undefined ? Promise.resolve(empty(path.startsWith('/') ? 404 : 400)) : answerRoute(route, request)
  }

  /** A path has at most one route: one of its own goes before one that answers below. */
  #find(path: string): Route | undefined {
    const own = this.#routes.get(path)
    if (own !== undefined) return own.below === true ? undefined : own
    const above = this.#routes.get(path.slice(0, path.lastIndexOf('/') + 1))
    return above?.below === true ? above : undefined
  }
}

/** Answers a request that was found to be for this route: 405 for a method that it does not take. */
export async function answerRoute(route: Omit<Route, 'path'>, request: HttpRequest): Promise<HttpResponse> {
  const { cors, methods } = route
  if (request.method === 'OPTIONS') return cors === 'public' ? preflight(methods) : empty(204, [allow(route)])
  const response = await answer(route, request)
  return cors === 'public' ? withPublicCors(response) : response
}

function answer(route: Omit<Route, 'path'>, request: HttpRequest): Awaitable<HttpResponse> {
  const { method } = request
  if (route.methods.includes(method)) return route.handle(request)
  if (method === 'HEAD' && route.methods.includes('GET')) return withoutBody(route.handle(request))
  return empty(405, [allow(route)])
}

/** @spec RFC 9110 §15.5.6 */
function allow(route: Pick<Route, 'methods'>): readonly [string, string] {
  const implied = route.methods.includes('GET') ? ['HEAD', 'OPTIONS'] : ['OPTIONS']
  return ['allow', [...route.methods, ...implied].join(', ')]
}

/** @spec RFC 9110 §9.3.2 */
async function withoutBody(response: Awaitable<HttpResponse>): Promise<HttpResponse> {
  const { status, headers } = await response
  return { status, headers }
}
