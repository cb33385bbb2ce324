import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { buildBasic, parseBasic } from './basic.ts'
import { HttpError } from './errors.ts'

function encode(bytes: string | Uint8Array): string {
  return `Basic ${Buffer.from(bytes).toString('base64')}`
}

describe('RFC 7617 §2 Basic', () => {
  it('RFC 6749 §2.3.1: reads the example', () => {
    expect(parseBasic('Basic czZCaGRSa3F0MzpnWDFmQmF0M2JW')).toEqual({ username: 's6BhdRkqt3', password: 'gX1fBat3bV' })
  })

  it('splits at the first colon', () => {
    expect(parseBasic(encode('a:b:c'))).toEqual({ username: 'a', password: 'b:c' })
    expect(parseBasic(encode(':'))).toEqual({ username: '', password: '' })
  })

  it('RFC 6749 §2.3.1: form-decodes both, however much the client has encoded', () => {
    expect(parseBasic(encode('a%3Ab:c%2Bd+e%25'))).toEqual({ username: 'a:b', password: 'c+d e%' })
    expect(parseBasic(encode('%2D%2E%5F%21%7E%2A%27%28%29:%C3%A9'))).toEqual({ username: "-._!~*'()", password: 'é' })
  })

  it('takes UTF-8 that was not percent-encoded', () => {
    expect(parseBasic(encode('é:€'))).toEqual({ username: 'é', password: '€' })
  })

  it.each([
    ['another scheme', 'Bearer YTpi', 'must be the Basic scheme with one base64 value'],
    ['parameters', 'Basic realm="a"', 'must be the Basic scheme with one base64 value'],
    ['nothing', 'Basic', 'must be the Basic scheme with one base64 value'],
    ['no header at all', '', 'must be a scheme with a token or parameters'],
    ['two values', 'Basic YTpi YTpi', 'must be a scheme with a token or parameters'],
    ['foreign characters', 'Basic YTp!', 'must be a scheme with a token or parameters'],
    ['padding left out', 'Basic YTpiYw', 'must be base64 with padding'],
    ['too much padding', 'Basic YTpiY===', 'must be base64 with padding'],
    ['the alphabet of URLs', 'Basic YTp-', 'must be base64 with padding'],
    ['padding in the middle', 'Basic YT==YTpi', 'must be a scheme with a token or parameters'],
    ['spare bits', 'Basic YTpiYx==', 'must be base64 of UTF-8'],
    ['no UTF-8', encode(Uint8Array.of(0x61, 0x3a, 0xff)), 'must be base64 of UTF-8'],
    ['no colon', encode('ab'), 'must hold an identifier and a secret, separated by a colon'],
    ['broken percent-encoding', encode('a:%zz'), 'must hold a form-encoded identifier and secret'],
    ['percent-encoding of no UTF-8', encode('%ff:b'), 'must hold a form-encoded identifier and secret'],
    ['a control character', encode('a:b\0'), 'must not hold control characters'],
    ['an encoded control character', encode('a%0d%0a:b'), 'must not hold control characters'],
  ])('refuses %s', (_, header, expectation) => {
    expect(() => parseBasic(header)).toThrow(
      new HttpError('malformed_authorization', `"Authorization" header ${expectation}`),
    )
  })

  it('authlib: credentials that are not UTF-8 are a refusal, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 30 }), (bytes) => {
        try {
          parseBasic(encode(bytes))
        } catch (error) {
          expect(error).toBeInstanceOf(HttpError)
        }
      }),
    )
  })
})

describe('RFC 6749 §2.3.1 client_secret_basic', () => {
  it('encodes so that form decoders and percent decoders read it alike, and no further', () => {
    const header = buildBasic({ username: "s6BhdRkqt3-_.!~*'()", password: 'a:b+ %é\ud800' })
    const pair = Buffer.from(header.slice(6), 'base64').toString()
    expect(pair).toBe("s6BhdRkqt3-_.!~*'():a%3Ab%2B%20%25%C3%A9%EF%BF%BD")
    expect(decodeURIComponent(pair.slice(pair.indexOf(':') + 1))).toBe(parseBasic(header).password)
  })

  it('leaves both as they are for servers that do not decode', () => {
    const header = buildBasic({ username: 'a+b', password: 'c%d/é' }, { raw: true })
    expect(Buffer.from(header.slice(6), 'base64').toString()).toBe('a+b:c%d/é')
  })

  it('is read as it was written', () => {
    const text = fc.string({ unit: 'grapheme' }).filter((value) => !/\p{Cc}/u.test(value))
    fc.assert(
      fc.property(text, text, (username, password) => {
        const header = buildBasic({ username, password })
        expect(header).toMatch(
          /^Basic (?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$|^Basic [A-Za-z0-9+/]{2,3}={1,2}$/,
        )
        expect(parseBasic(header)).toEqual({ username, password })
      }),
    )
  })
})
