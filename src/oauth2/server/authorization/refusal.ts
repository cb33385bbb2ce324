import type { HttpResponse } from '../../../http/response.ts'
import { toFetch } from '../../../http/response.ts'
import type { OAuth2Error } from '../../errors.ts'

/**
 * An authorization request that was refused. How is settled already: `response` is a page for the person, or a redirect
 * that tells the client.
 *
 * @example
 * try {
 *   const request = await server.getConsentGrant(c.req.raw)
 * } catch (error) {
 *   if (error instanceof AuthorizationRefusal) return error.toResponse()
 *   throw error
 * }
 * @spec RFC 6749 §4.1.2.1
 */
export class AuthorizationRefusal extends Error {
  override readonly name: string = 'AuthorizationRefusal'
  readonly error: OAuth2Error
  readonly response: HttpResponse

  constructor(error: OAuth2Error, response: HttpResponse) {
    super(error.message, { cause: error })
    this.error = error
    this.response = response
  }

  toResponse(): Response {
    return toFetch(this.response)
  }
}
