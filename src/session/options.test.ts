import { describe, expect, it } from 'vitest'
import { MemoryKeyValueStore } from '../stores/memory.ts'
import type { SessionsOptions } from './options.ts'
import { Sessions } from './sessions.ts'

const secret = 'a secret that is long enough: 0123456789'
const store = new MemoryKeyValueStore()

describe('the options of sessions', () => {
  it.each<[unknown, string]>([
    [{ mode: 'store' }, '"store" is missing: "mode" store keeps sessions there'],
    [{ mode: 'split' }, '"store" is missing: "mode" split keeps tokens there'],
    [{ mode: 'redis', store }, '"mode" is unknown: expected cookie, store or split'],
    [{ idle: 0 }, '"idle" must be a span of time above 0, such as "12h"'],
    [{ lifetime: '1y' }, '"lifetime" must be a span of time above 0, such as "12h"'],
    [{ idle: Number.NaN }, '"idle" must be a span of time above 0, such as "12h"'],
    [{ maxCookies: 5 }, '"maxCookies" must be a whole number from 1 to 4'],
    [{ maxCookies: 0 }, '"maxCookies" must be a whole number from 1 to 4'],
    [{ sameSite: 'none' }, '"sameSite" must be Strict, Lax or None'],
    [{ sameSite: 'None', secure: false }, '"sameSite" None needs https: browsers keep no such cookie without'],
    ...['', 'a b', 'a;', 'app.1', '__Host-app', '1'].map((name): [unknown, string] => [
      { name },
      '"name" must be letters, digits, "_" and "-", in parts that begin with a letter and are separated by dots',
    ]),
  ])('%o is refused', (options, problem) => {
    expect(() => new Sessions({ ...(options as SessionsOptions), secret })).toThrow(`Sessions: ${problem}`)
  })

  it('are refused all at once', () => {
    expect(() => new Sessions({ secret, idle: 0, maxCookies: 9 })).toThrow(
      '"idle" must be a span of time above 0, such as "12h"; "maxCookies" must be a whole number from 1 to 4',
    )
  })

  it('hold a secret that is long enough', () => {
    expect(() => new Sessions({ secret: 'short' })).toThrow('must be at least 32 bytes long')
  })
})
