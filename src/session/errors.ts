export type SessionErrorCode = 'session_too_large' | 'session_conflict' | 'session_not_writable'

/** A session that could not be kept. `code` is stable; the message holds nothing of the session. */
export class SessionError extends Error {
  override readonly name: string = 'SessionError'
  readonly code: SessionErrorCode

  constructor(code: SessionErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** How often something is tried again where others write to the same entry at the same time. */
export const MAX_ATTEMPTS = 16

export function sessionConflict(): SessionError {
  return new SessionError(
    'session_conflict',
    `session was changed by others ${MAX_ATTEMPTS} times while it was written`,
  )
}
