/** One numbered step of a schema. Once released, a step never changes: what comes later is a new step. */
export interface Migration {
  readonly version: number
  readonly name: string
  readonly sql: string
}
