import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isOAuth2ErrorCode, OAuth2Error } from './errors.ts'

describe('RFC 6749 §5.2 an error', () => {
  it('sends code, description and page; detail and cause stay here', () => {
    const cause = new Error('disk full')
    const error = new OAuth2Error('invalid_grant', 'code is unknown', {
      detail: 'id 7',
      cause,
      uri: 'https://docs.example/e',
    })
    expect(error.toParameters()).toEqual({
      error: 'invalid_grant',
      error_description: 'code is unknown',
      error_uri: 'https://docs.example/e',
    })
    expect(error).toMatchObject({ message: 'invalid_grant: code is unknown', detail: 'id 7', cause, status: 400 })
  })

  it.each([
    ['invalid_client', 401],
    ['access_denied', 400],
    ['server_error', 500],
    ['temporarily_unavailable', 503],
    ['invalid_scope', 400],
  ] as const)('%s has status %i unless it says otherwise', (code, status) => {
    expect(new OAuth2Error(code, 'x').status).toBe(status)
    expect(new OAuth2Error(code, 'x', { status: 418 }).status).toBe(418)
  })

  it('can be made of any text, and describes itself within the allowed characters (Authlib D11)', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(new OAuth2Error('invalid_request', text).description).toMatch(/^[\x20\x21\x23-\x5b\x5d-\x7e]*$/)
      }),
    )
    expect(new OAuth2Error('invalid_request', 'the "aud" claim\r\n').description).toBe("the 'aud' claim")
  })

  it('knows the registered codes', () => {
    expect(isOAuth2ErrorCode('invalid_grant')).toBe(true)
    expect(['toString', '__proto__', 'nonsense'].some(isOAuth2ErrorCode)).toBe(false)
  })
})
