import type { HttpRequest } from '../../http/request.ts'
import { type HttpResponse, withHeaders } from '../../http/response.ts'
import { answerRoute, type Route, Router } from '../../http/router.ts'
import { ConfigurationError } from '../../util/configuration-error.ts'
import { AuthorizationRefusal } from './authorization/refusal.ts'
import { showToPerson } from './authorization/response.ts'
import type { RequestContext } from './context.ts'
import { createContext, type ServerCore } from './core.ts'
import type { Endpoint } from './endpoint.ts'
import { errorResponse, logRefusal, toOAuth2Error } from './error-response.ts'
import type { EndpointResponseContext, Extension } from './extension.ts'
import { attemptOf, checkRateLimit } from './rate-limit.ts'

/** Where an authorization endpoint is expected that the application routes itself. */
const DEFAULT_AUTHORIZATION_PATH = '/authorize'

/** The endpoints of a server and where they are. Built anew when something is registered, never per request. */
export class Routes<S> {
  readonly #core: ServerCore<S>
  readonly #router: Router
  readonly #urls: ReadonlyMap<string, string>

  /** @throws ConfigurationError where two endpoints have one path. */
  constructor(core: ServerCore<S>) {
    this.#core = core
    const routes = [...core.registry.endpoints.values()].flatMap((endpoint) => this.#routesOf(endpoint))
    const taken = routes.find(({ path }, index) => routes.findIndex((other) => other.path === path) < index)
    if (taken !== undefined) {
      throw new ConfigurationError('AuthorizationServer', [`two endpoints have the path "${taken.path}"`])
    }
    this.#router = new Router(routes)
    this.#urls = new Map(
      [...core.registry.endpoints.values()].map((endpoint) => [
        endpoint.name,
        this.#absolute(this.#pathsOf(endpoint)[0]),
      ]),
    )
  }

  owns(request: HttpRequest): boolean {
    return this.#router.has(request)
  }

  handle(request: HttpRequest): Promise<HttpResponse> {
    return this.#router.handle(request)
  }

  /** Answers at the endpoint of that name, whatever the path of the request is. */
  handleAt(name: string, request: HttpRequest): Promise<HttpResponse> {
    const endpoint = this.#core.registry.endpoints.get(name)
    if (endpoint === undefined)
      throw new ConfigurationError('AuthorizationServer', [`no endpoint "${name}" is registered`])
    return answerRoute(this.#handlerOf(endpoint), request)
  }

  /** The absolute URL of an endpoint. The authorization endpoint has one even where the application routes it itself. */
  urlOf(name: string): string | undefined {
    const url = this.#urls.get(name)
    if (url !== undefined || name !== 'authorization' || this.#core.registry.authorizationGrants.size === 0) return url
    return this.#absolute(this.#below(this.#core.settings.paths[name] ?? DEFAULT_AUTHORIZATION_PATH))
  }

  #routesOf(endpoint: Endpoint<S>): Route[] {
    const handler = this.#handlerOf(endpoint)
    return this.#pathsOf(endpoint).map((path) =>
      endpoint.below === true ? { path: `${path}/`, below: true, ...handler } : { path, ...handler },
    )
  }

  #handlerOf(endpoint: Endpoint<S>): Omit<Route, 'path'> {
    const { methods, cors } = endpoint
    return {
      methods,
      ...(cors === undefined ? {} : { cors }),
      handle: (request) => runEndpoint(this.#core, endpoint, request),
    }
  }

  #pathsOf(endpoint: Endpoint<S>): readonly string[] {
    const { paths, issuer } = this.#core.settings
    if (typeof endpoint.path === 'function') return endpoint.path(new URL(issuer))
    return [this.#below(paths[endpoint.name] ?? endpoint.path)]
  }

  #below(path: string): string {
    const base = new URL(this.#core.settings.issuer).pathname
    return `${base.endsWith('/') ? base.slice(0, -1) : base}${path}`
  }

  #absolute(path: string | undefined): string {
    return `${new URL(this.#core.settings.issuer).origin}${path ?? ''}`
  }
}

/** Runs an endpoint, for whoever traces it. */
function runEndpoint<S>(core: ServerCore<S>, endpoint: Endpoint<S>, request: HttpRequest): Promise<HttpResponse> {
  const context = createContext(core, request, undefined, endpoint.name)
  return core.trails.follow(context, (trail) =>
    core.diagnostics.trace(context, trail, () => answerWithHooks(core, endpoint, context)),
  )
}

/** The answer of an endpoint, and what the hooks of extensions add to it. Most servers have no such hook. */
function answerWithHooks<S>(
  core: ServerCore<S>,
  endpoint: Endpoint<S>,
  context: RequestContext<S>,
): Promise<HttpResponse> {
  const response = answerAt(core, endpoint, context)
  const isHooked = core.registry.extensions.some(({ onEndpointResponse }) => onEndpointResponse !== undefined)
  return isHooked ? runHooks(core, response, { ...context, endpoint: endpoint.name, headers: [] }) : response
}

async function runHooks<S>(
  { registry }: ServerCore<S>,
  answered: Promise<HttpResponse>,
  context: EndpointResponseContext<S>,
): Promise<HttpResponse> {
  const response = await answered
  for (const extension of registry.extensions) {
    if (extension.onEndpointResponse) await addHeaders(extension, context)
  }
  return context.headers.length === 0 ? response : withHeaders(response, context.headers)
}

/** What the endpoint did is done: a header that fails must not hide its answer. */
async function addHeaders<S>(extension: Extension<S>, context: EndpointResponseContext<S>): Promise<void> {
  try {
    await extension.onEndpointResponse?.(context)
  } catch (error) {
    const { server, requestId } = context
    server.logger.error('hook on a response failed', { extension: extension.name, error, requestId })
  }
}

/** Whatever an endpoint throws becomes a response. */
async function answerAt<S>(
  core: ServerCore<S>,
  endpoint: Endpoint<S>,
  context: RequestContext<S>,
): Promise<HttpResponse> {
  try {
    if (core.settings.rateLimit !== undefined) await checkRateLimit(core, { kind: 'request', ...attemptOf(context) })
    return await endpoint.handle(context)
  } catch (error) {
    // Told and logged already, and the answer with it.
    if (error instanceof AuthorizationRefusal) return error.response
    const refusal = toOAuth2Error(error, context.requestId)
    logRefusal(context, refusal)
    return endpoint.errors === 'page' ? showToPerson(core, context, refusal) : errorResponse(refusal)
  }
}
