import { describe, expect, it } from 'vitest'
import { OAuth2Error } from '../oauth2/errors.ts'
import { parseMaxAge } from './max-age.ts'
import { parsePrompt } from './prompt.ts'

describe('OIDC Core §3.1.2.1 prompt', () => {
  it.each([
    [undefined, []],
    ['', []],
    ['none', ['none']],
    ['login', ['login']],
    ['consent login', ['login', 'consent']],
    ['login  login', ['login']],
    ['select_account', ['select_account']],
  ])('reads %j', (value, expected) => {
    expect([...parsePrompt(value)]).toEqual(expected)
  })

  it.each(['none login', 'consent none', 'none select_account'])('refuses "none" with others: %s', (value) => {
    expect(() => parsePrompt(value)).toThrow(
      new OAuth2Error('invalid_request', '"prompt" has "none" together with another value: "none" has to stand alone', {
        reason: 'prompt_none_with_others',
      }),
    )
  })

  it.each(['create', 'NONE', 'login,consent', 'login <script>'])(
    'refuses an unknown value without echoing it: %s',
    (value) => {
      expect(() => parsePrompt(value)).toThrow(
        new OAuth2Error(
          'invalid_request',
          '"prompt" has a value that is not supported: expected "none", "login", "consent", "select_account"',
          { reason: 'prompt_unknown' },
        ),
      )
    },
  )
})

describe('OIDC Core §3.1.2.1 max_age', () => {
  it.each([
    [undefined, undefined],
    ['0', 0],
    ['1', 1],
    ['10000', 10_000],
  ])('reads %j', (value, expected) => {
    expect(parseMaxAge(value)).toBe(expected)
  })

  it.each(['-1', '1.5', '1e3', 'ten', '', ' 1', '0x10', '9999999999999'])('refuses "%s"', (value) => {
    expect(() => parseMaxAge(value)).toThrow(
      new OAuth2Error('invalid_request', '"max_age" (Maximum Authentication Age) must be a whole number of seconds', {
        reason: 'max_age_malformed',
      }),
    )
  })
})
