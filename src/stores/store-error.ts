/** What can be wrong with the data or the use of a store, as opposed to its set-up. */
export type StoreErrorCode =
  /** A stored row is not what this package wrote. */
  | 'corrupt_record'
  /** A record with this id exists; ids are random, so the caller has used one twice. */
  | 'duplicate_id'
  /** All of an owner's tokens are to end, and no owner is named. */
  | 'owner_missing'

/** A store that cannot answer truthfully; the server turns it into `server_error`. */
export class StoreError extends Error {
  override readonly name: string = 'StoreError'
  readonly code: StoreErrorCode

  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
