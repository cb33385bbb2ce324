/** What is known about a code, whoever meets it. */
export interface Entry {
  /** What happened. */
  readonly meaning: string
  /** Why it usually does, the most likely first. */
  readonly causes: readonly string[]
  /** What to do. */
  readonly fix: string
}

/** Entries by code. */
export type Entries<C extends string> = Readonly<Partial<Record<C, Entry>>>
