import { expectRefusal } from '../refusal.ts'
import { prepareThumbprint } from './libraries.ts'
import type { Forms, Library } from './subject.ts'

/** @throws Error where a library cannot read a form, takes one that is broken, or makes another thumbprint. */
export async function checkLibrary(library: Library, forms: Forms): Promise<void> {
  const { alg, publicJwk, privateJwk, publicPem = '', privatePem = '' } = forms
  for (const jwk of publicJwk === undefined ? [] : [publicJwk, privateJwk]) {
    await library.importJwk?.(jwk, alg)
    await expectRefusal(library.name, 'a broken JWK', () => library.importJwk?.(broken(jwk), alg) ?? refused())
  }
  if (publicJwk === undefined) return
  await library.importPublicPem?.(publicPem, alg)
  await library.importPrivatePem?.(privatePem, alg)
  const [badPublic, badPrivate] = [cut(publicPem), cut(privatePem)]
  await expectRefusal(library.name, 'a cut PEM', () => library.importPublicPem?.(badPublic, alg) ?? refused())
  await expectRefusal(library.name, 'a cut PEM', () => library.importPrivatePem?.(badPrivate, alg) ?? refused())
}

/** All must come to one thumbprint. */
export async function checkThumbprints(libraries: readonly Library[], jwk: JsonWebKey): Promise<void> {
  const expected = await (await prepareThumbprint(jwk))()
  for (const library of libraries) {
    const made = (await library.thumbprint?.(jwk)) ?? expected
    if (made !== expected) throw new Error(`${library.name} makes another thumbprint`)
  }
}

/** What a library does not have it cannot get wrong. */
function refused(): never {
  throw new Error('the library has no such function')
}

/** Without the member that every platform needs. */
function broken(jwk: JsonWebKey): JsonWebKey {
  const { x: _, n: __, ...others } = jwk
  return others
}

/** Its second line is missing: most of the key. */
function cut(pem: string): string {
  const [first, , ...others] = pem.split('\n')
  return [first, ...others].join('\n')
}
