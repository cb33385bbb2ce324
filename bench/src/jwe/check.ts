import { expectRefusal } from '../refusal.ts'
import type { Library } from './subject.ts'

/**
 * @param strangers the same libraries with keys of their own.
 * @throws Error where a library accepts what it must not, or cannot read what the others write.
 */
export async function checkLibraries(libraries: readonly Library[], strangers: readonly Library[]): Promise<void> {
  const plaintext = crypto.getRandomValues(new Uint8Array(300))
  for (const library of libraries) {
    for (const other of libraries) await checkReads(library, await other.encrypt(plaintext), plaintext)
    for (const stranger of strangers) {
      const token = await stranger.encrypt(plaintext)
      await expectRefusal(library.name, "a stranger's token", () => library.decrypt(token))
    }
    const token = await library.encrypt(plaintext)
    for (const segment of [0, 2, 3, 4]) {
      const changed = change(token, segment)
      await expectRefusal(library.name, 'a changed token', () => library.decrypt(changed))
    }
  }
}

async function checkReads(library: Library, token: string, plaintext: Uint8Array): Promise<void> {
  const { plaintext: read } = await library.decrypt(token)
  if (Buffer.compare(read, plaintext) !== 0) throw new Error(`${library.name} reads something else than was written`)
}

/** The token with one bit of a segment turned over. */
function change(token: string, segment: number): string {
  const segments = token.split('.').map((text) => Buffer.from(text, 'base64url'))
  const bytes = segments[segment]
  // The header stays JSON: one letter of a name becomes another.
  const position = segment === 0 ? 2 : 0
  if (bytes !== undefined) bytes[position] = (bytes[position] ?? 0) ^ 1
  return segments.map((part) => part.toString('base64url')).join('.')
}
