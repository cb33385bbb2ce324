/** The plain HTTP that endpoints and adapters are written in. */
export {
  buildChallenge,
  type Challenge,
  type Credentials,
  parseAuthorization,
  parseChallenges,
} from './authorization.ts'
export { type BasicCredentials, type BasicOptions, buildBasic, parseBasic } from './basic.ts'
export { type BodyReaders, bodyReaders, bodyTooLarge, MAX_BODY_BYTES } from './body.ts'
export { NO_STORE, parseMaxAge } from './cache-control.ts'
export { type CookieOptions, cookieName, expireCookie, parseCookies, serializeCookie } from './cookies.ts'
export { PUBLIC_CORS, preflight } from './cors.ts'
export { defaultTransport } from './default-transport.ts'
export { HttpError, type HttpErrorCode } from './errors.ts'
export {
  fetchJson,
  type OutgoingFetchOptions,
  type OutgoingRequest,
  type OutgoingResponse,
  outgoingFetch,
  type Transport,
} from './fetch.ts'
export { FetchError, type FetchErrorCode, type FetchErrorDetails } from './fetch-error.ts'
export { RequestParameters } from './form.ts'
export { remoteAddressOf } from './forwarded.ts'
export type { ClientCertificate, ConnectionOptions, Pem } from './node-agents.ts'
export { type NodeTransportOptions, nodeTransport } from './node-transport.ts'
export { fromFetch, type HttpRequest, pathOf, queryOf } from './request.ts'
export {
  empty,
  type Header,
  type HttpResponse,
  headerOf,
  html,
  json,
  redirect,
  toFetch,
  withHeaders,
} from './response.ts'
export { type RetryOptions, retrying } from './retry.ts'
export { type Route, type RouteHandler, Router } from './router.ts'
export { SealedCookie, type SealedCookieOptions } from './sealed-cookie.ts'
export { type GuardedFetchOptions, guardedFetch } from './ssrf.ts'
