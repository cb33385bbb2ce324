import { describe, expect, it } from 'vitest'
import { type Duration, toSeconds } from './duration.ts'

describe('durations', () => {
  it.each([
    [0, 0],
    [90, 90],
    ['30s', 30],
    ['10m', 600],
    ['1h', 3600],
    ['14d', 1_209_600],
    ['2w', 1_209_600],
  ] as const)('%s is %d seconds', (duration, seconds) => {
    expect(toSeconds(duration)).toBe(seconds)
  })

  it.each([-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '', '10', '1.5h', '-1s', '1e3s', '10 m', '1y', '1toString'])(
    'refuses %s',
    (duration) => {
      expect(() => toSeconds(duration as Duration)).toThrow(
        new TypeError('duration must be a whole number of seconds or a text such as "10m" (units: s, m, h, d, w)'),
      )
    },
  )
})
