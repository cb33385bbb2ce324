import { expectRefusal } from '../refusal.ts'
import { audience, type Claims, claimsOf, issuer, type Library } from './subject.ts'

/** What a library must refuse before its speed means anything. */
const refused: Readonly<Record<string, Claims>> = {
  'an expired token': { exp: Math.floor(Date.now() / 1000) - 60 },
  "another issuer's token": { iss: `${issuer}.evil.example` },
  'a token for somebody else': { aud: `${audience}/other` },
}

/** @throws Error where a library accepts what it must not, or cannot read what the others write. */
export async function checkLibraries(libraries: readonly Library[]): Promise<void> {
  for (const library of libraries) {
    for (const other of libraries) await library.verify(await other.sign(claimsOf()))
    for (const [what, changes] of Object.entries(refused)) {
      const token = await library.sign(claimsOf(changes))
      await expectRefusal(library.name, what, () => library.verify(token))
    }
    const forged = await forge(library)
    await expectRefusal(library.name, 'a changed token', () => library.verify(forged))
  }
}

/** The payload of one token under the signature of another. */
async function forge(library: Library): Promise<string> {
  const [header, payload] = (await library.sign(claimsOf())).split('.')
  const [, , signature] = (await library.sign(claimsOf())).split('.')
  return [header, payload, signature].join('.')
}
