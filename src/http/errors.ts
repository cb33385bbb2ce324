/** What can be wrong with a request before anybody looks at what it asks for. */
const STATUS = {
  malformed_form: 400,
  malformed_json: 400,
  malformed_authorization: 400,
  incomplete_body: 400,
  too_large: 413,
  unsupported_media_type: 415,
} as const

export type HttpErrorCode = keyof typeof STATUS

/** A request that is not HTTP as it should be. The message may be sent: it never contains what was received. */
export class HttpError extends Error {
  override readonly name: string = 'HttpError'
  readonly code: HttpErrorCode
  readonly status: number

  constructor(code: HttpErrorCode, message: string) {
    super(message)
    this.code = code
    this.status = STATUS[code]
  }
}
