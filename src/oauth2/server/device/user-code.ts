import { sha256Base64url } from '../../../crypto/hash.ts'
import { randomText } from '../../../crypto/random.ts'
import type { Awaitable } from '../../../util/awaitable.ts'

/**
 * What user codes are made of: `letters` are consonants, of which no two look alike and no words arise, 34 bits;
 * `digits` are for remote controls and other scripts, 29 bits.
 *
 * @spec RFC 8628 §6.1
 */
export type UserCodeKind = 'letters' | 'digits'

interface Form {
  readonly alphabet: string
  readonly length: number
  readonly group: number
}

const FORMS: Readonly<Record<UserCodeKind, Form>> = {
  letters: { alphabet: 'BCDFGHJKLMNPQRSTVWXZ', length: 8, group: 4 },
  digits: { alphabet: '0123456789', length: 9, group: 3 },
}

/** More than anybody types by mistake. */
const MAX_INPUT = 64

/** A new user code, as it is compared: without dashes. */
export function createUserCode(kind: UserCodeKind): string {
  const { alphabet, length } = FORMS[kind]
  return randomText(alphabet, length)
}

/**
 * A user code as it is compared, from what a person typed: in either case, with or without dashes and spaces, in the
 * wide letters of some keyboards. Nothing where it cannot be one.
 *
 * @spec RFC 8628 §6.1
 */
export function normalizeUserCode(typed: string): string | undefined {
  if (typed.length > MAX_INPUT) return undefined
  const code = typed
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[\s\p{P}]/gu, '')
  return formOf(code) === undefined ? undefined : code
}

/** A user code as people read it: `WDJB-MJHT`. */
export function formatUserCode(code: string): string {
  const group = formOf(code)?.group ?? code.length
  return (code.match(new RegExp(`.{1,${group}}`, 'g')) ?? []).join('-')
}

/** The id under which a user code is kept. It is told apart from what else is hashed. */
export function userCodeId(code: string): Awaitable<string> {
  return sha256Base64url(`user_code.${code}`)
}

function formOf(code: string): Form | undefined {
  return Object.values(FORMS).find(
    ({ alphabet, length }) => code.length === length && [...code].every((character) => alphabet.includes(character)),
  )
}
