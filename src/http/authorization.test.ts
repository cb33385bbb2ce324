import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { buildChallenge, parseAuthorization, parseChallenges } from './authorization.ts'
import { HttpError } from './errors.ts'

const MESSAGE = '"Authorization" header must be a scheme with a token or parameters'

function read(header: string) {
  const { scheme, token68, parameters } = parseAuthorization(header)
  return { scheme, token68, parameters: Object.fromEntries(parameters) }
}

describe('RFC 9110 §11.4 Authorization', () => {
  it.each([
    ['Bearer mF_9.B5f-4.1JqM', 'bearer', 'mF_9.B5f-4.1JqM'],
    ['BASIC QWxhZGRpbjpvcGVuIHNlc2FtZQ==', 'basic', 'QWxhZGRpbjpvcGVuIHNlc2FtZQ=='],
    ['DPoP   a~b+c/d', 'dpop', 'a~b+c/d'],
    ['Bearer abc ', 'bearer', 'abc'],
  ])('%s is a scheme and a token', (header, scheme, token68) => {
    expect(read(header)).toEqual({ scheme, token68, parameters: {} })
  })

  it('RFC 5849 §3.5.1: reads parameters, names without case', () => {
    expect(
      read('OAuth realm="Example", oauth_consumer_key="0685bd9184jfhq22",  OAUTH_token="ad180jjd733klru7",a=b'),
    ).toEqual({
      scheme: 'oauth',
      token68: undefined,
      parameters: { realm: 'Example', oauth_consumer_key: '0685bd9184jfhq22', oauth_token: 'ad180jjd733klru7', a: 'b' },
    })
  })

  it('RFC 9110 §5.6.4: unescapes quoted strings', () => {
    expect(read('Digest a = "x\\"y\\\\z, b=c" ,, b = ""').parameters).toEqual({ a: 'x"y\\z, b=c', b: '' })
  })

  it('RFC 9110 §11.2: refuses a name that comes twice, in any case', () => {
    expect(() => parseAuthorization('Digest realm="a", Realm="b"')).toThrow(
      new HttpError('malformed_authorization', MESSAGE),
    )
  })

  it('may be a scheme alone', () => {
    expect(read('Negotiate')).toEqual({ scheme: 'negotiate', token68: undefined, parameters: {} })
  })

  it.each([
    '',
    ' ',
    ',',
    'Bearer a b',
    'Bearer a, Basic b',
    'Bearer a=b c',
    'Bearer a=b=c',
    'Bearer ==',
    'Bearer töken',
    'Bearer a\tb',
    'Be@rer abc',
    'Digest a="b',
    'Digest a="b"c',
    'Digest a="b\nc"',
    `Bearer ${'a'.repeat(16_384)}`,
    `Bearer ${'a=b,'.repeat(5000)}`,
  ])('refuses %j', (header) => {
    expect(() => parseAuthorization(header)).toThrow(new HttpError('malformed_authorization', MESSAGE))
  })
})

describe('RFC 9110 §11.6.1 WWW-Authenticate', () => {
  function list(header: string) {
    return parseChallenges(header).map(({ scheme, token68, parameters }) => [
      scheme,
      token68 ?? Object.fromEntries(parameters),
    ])
  }

  it('RFC 9110 §11.6.1: tells several challenges in one header apart', () => {
    expect(list('Basic realm="simple", Newauth realm="apps", type=1, title="Login to \\"apps\\""')).toEqual([
      ['basic', { realm: 'simple' }],
      ['newauth', { realm: 'apps', type: '1', title: 'Login to "apps"' }],
    ])
  })

  it.each([
    ['Bearer', [['bearer', {}]]],
    [
      'Negotiate, Basic realm="a"',
      [
        ['negotiate', {}],
        ['basic', { realm: 'a' }],
      ],
    ],
    [
      'Negotiate a2V5==, Bearer realm="a", DPoP algs="ES256"',
      [
        ['negotiate', 'a2V5=='],
        ['bearer', { realm: 'a' }],
        ['dpop', { algs: 'ES256' }],
      ],
    ],
    [' , Bearer error="a", , error_description="b",', [['bearer', { error: 'a', error_description: 'b' }]]],
    [
      'Bearer realm="a" , Bearer realm="b" ',
      [
        ['bearer', { realm: 'a' }],
        ['bearer', { realm: 'b' }],
      ],
    ],
  ])('reads %s', (header, expected) => {
    expect(list(header)).toEqual(expected)
  })

  it.each(['', 'Bearer realm="a', 'Bearer realm="a", realm="b"', 'Bearer realm=a b', '"a"', `B ${'a'.repeat(16_384)}`])(
    'reads nothing from %j',
    (header) => {
      expect(list(header)).toEqual([])
    },
  )

  it('is written with quotes', () => {
    expect(buildChallenge('Bearer')).toBe('Bearer')
    expect(buildChallenge('Bearer', { realm: 'api', scope: undefined, error: 'invalid_token' })).toBe(
      'Bearer realm="api", error="invalid_token"',
    )
    expect(buildChallenge('Bearer', { realm: 'a"b\\c' })).toBe('Bearer realm="a\\"b\\\\c"')
  })

  it('cannot be split or broken by a value', () => {
    expect(buildChallenge('Bearer', { error_description: 'a\r\nSet-Cookie: x\0é", scope="all' })).toBe(
      'Bearer error_description="aSet-Cookie: x\\", scope=\\"all"',
    )
  })

  it('is read as it was written', () => {
    const value = fc.string({ unit: 'grapheme-ascii' })
    fc.assert(
      fc.property(fc.array(fc.record({ realm: value, error: value }), { minLength: 1, maxLength: 3 }), (challenges) => {
        const header = challenges.map((parameters) => buildChallenge('Bearer', parameters)).join(', ')
        expect(list(header)).toEqual(challenges.map((parameters) => ['bearer', parameters]))
      }),
    )
  })
})
