import { expectRefusal } from '../refusal.ts'
import { comeBack, type Library } from './subject.ts'

/** @throws Error where a library lets in whom it must not, or keeps out whom it should let in. */
export async function checkLibrary({ name, checksSignature, login }: Library): Promise<void> {
  if ((await login((url) => comeBack(url))) !== 'ada') throw new Error(`${name} finds another person`)
  const faults = checksSignature ? ['audience', 'signature'] : ['audience']
  for (const fault of faults) await expectRefusal(name, `a wrong ${fault}`, () => login((url) => comeBack(url, fault)))
  await expectRefusal(name, 'another state', () => login((url) => withState(comeBack(url), 'other')))
  await expectRefusal(name, 'another nonce', () => login((url) => withCode(comeBack(url), 'other.')))
}

function withState(url: URL, state: string): URL {
  url.searchParams.set('state', state)
  return url
}

function withCode(url: URL, code: string): URL {
  url.searchParams.set('code', code)
  return url
}
