/** @throws Error where a library takes what it must refuse: its speed means nothing then. */
export async function expectRefusal(library: string, what: string, attempt: () => unknown): Promise<void> {
  try {
    await attempt()
  } catch {
    return
  }
  throw new Error(`${library} accepts ${what}: there is nothing to compare`)
}
