/** A response as the core returns it: plain data that every adapter can write. */
export interface HttpResponse {
  readonly status: number
  /** Name and value pairs in order; a name may come more than once (`set-cookie`). Names are lower-case. */
  readonly headers: ReadonlyArray<readonly [name: string, value: string]>
  readonly body?: string | Uint8Array
}
