/** Runs one after the other, across processes, what goes by one key. */
export interface RefreshLock {
  /** @param key without secrets: made of issuer, client and subject, or of a hash. */
  run<T>(key: string, work: () => Promise<T>): Promise<T>
}
