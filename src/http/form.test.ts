import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HttpError } from './errors.ts'
import { encodeFormComponent, RequestParameters } from './form.ts'

function refusal(action: () => unknown): { code: string; status: number; message: string } {
  try {
    action()
  } catch (error) {
    if (error instanceof HttpError) return { code: error.code, status: error.status, message: error.message }
    throw error
  }
  throw new Error('was not refused')
}

describe('RFC 6749 §B application/x-www-form-urlencoded', () => {
  it('reads names and values', () => {
    const parameters = RequestParameters.parse(
      'grant_type=authorization_code&code=a%2Fb&redirect_uri=https%3A%2F%2Fa.example%2Fcb',
    )
    expect(parameters.names()).toEqual(['grant_type', 'code', 'redirect_uri'])
    expect(parameters.get('code')).toBe('a/b')
    expect(parameters.get('redirect_uri')).toBe('https://a.example/cb')
  })

  it('RFC 6749 §B: decodes the example', () => {
    expect(RequestParameters.parse('x=+%25%26%2B%C2%A3%E2%82%AC').get('x')).toBe(' %&+£€')
    expect(encodeFormComponent(' %&+£€')).toBe('+%25%26%2B%C2%A3%E2%82%AC')
  })

  it.each([
    ['', []],
    ['&&', []],
    ['a', [['a', '']]],
    [
      'a&b=1',
      [
        ['a', ''],
        ['b', '1'],
      ],
    ],
    ['=1', [['', '1']]],
    ['a=b=c', [['a', 'b=c']]],
    ['a==', [['a', '=']]],
    [
      '&a=1&&b=2&',
      [
        ['a', '1'],
        ['b', '2'],
      ],
    ],
    ['a=%3D%26', [['a', '=&']]],
    ['a+b=c+d', [['a b', 'c d']]],
  ])('splits %j', (text, pairs) => {
    expect(RequestParameters.parse(text).toString()).toBe(new URLSearchParams(pairs).toString())
  })

  it.each(['a=%', 'a=%4', 'a=%zz', '%=1', 'a=%ff', 'a=%ed%a0%80', 'a=%c0%af', 'b=1&a=%e2%82'])(
    'refuses broken percent-encoding and what is no UTF-8: %s',
    (text) => {
      expect(refusal(() => RequestParameters.parse(text))).toEqual({
        code: 'malformed_form',
        status: 400,
        message: 'parameter names and values must be percent-encoded UTF-8',
      })
    },
  )

  it('refuses more than 64 KiB', () => {
    expect(RequestParameters.parse(`a=${'x'.repeat(65_534)}`).get('a')).toHaveLength(65_534)
    expect(refusal(() => RequestParameters.parse(`a=${'x'.repeat(65_535)}`))).toEqual({
      code: 'too_large',
      status: 413,
      message: 'parameters must not be longer than 64 KiB',
    })
  })

  it('refuses more than 1000 parameters, from whichever source', () => {
    const expected = { code: 'too_large', status: 413, message: 'there must not be more than 1000 parameters' }
    expect(RequestParameters.parse('a&'.repeat(1000)).duplicates).toEqual(['a'])
    expect(refusal(() => RequestParameters.parse('a&'.repeat(1001)))).toEqual(expected)
    expect(refusal(() => RequestParameters.fromObject({ a: Array(1001).fill('x') }))).toEqual(expected)
    expect(refusal(() => RequestParameters.fromEntries(Array(1001).fill(['a', 'x'])))).toEqual(expected)
  })

  const pairs = fc.array(fc.tuple(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' })), { maxLength: 8 })

  it('reads what URLSearchParams writes, and the reverse', () => {
    fc.assert(
      fc.property(pairs, (entries) => {
        const parameters = RequestParameters.parse(new URLSearchParams(entries).toString())
        const grouped = [...new Set(entries.map(([name]) => name))].flatMap((name) =>
          entries.filter(([other]) => other === name),
        )
        expect([...new URLSearchParams(parameters.toString())]).toEqual(grouped)
      }),
    )
  })

  it('encodes exactly as URLSearchParams does', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 0xffff })), (units) => {
        const text = String.fromCharCode(...units)
        expect(`a=${encodeFormComponent(text)}`).toBe(new URLSearchParams({ a: text }).toString())
      }),
    )
    expect(encodeFormComponent("-._*!'()~\ud800")).toBe('-._*%21%27%28%29%7E%EF%BF%BD')
  })
})

describe('RFC 6749 §3.1 parameters', () => {
  it('without a value count as absent', () => {
    const parameters = RequestParameters.parse('scope=&state=s&prompt')
    expect(parameters.get('scope')).toBeUndefined()
    expect(parameters.has('scope')).toBe(false)
    expect(parameters.all('scope')).toEqual([])
    expect(parameters.get('absent')).toBeUndefined()
    expect(parameters.all('absent')).toEqual([])
    expect(parameters.names()).toEqual(['state'])
  })

  it('that come twice are visible, with or without a value', () => {
    const parameters = RequestParameters.parse('a=1&b=2&a=3&c=&c=&%61=4')
    expect(parameters.duplicates).toEqual(['a', 'c'])
    expect(parameters.all('a')).toEqual(['1', '3', '4'])
    expect(parameters.all('b')).toEqual(['2'])
    expect(parameters.get('a')).toBe('1')
    expect(parameters.get('c')).toBeUndefined()
    expect(parameters.toString()).toBe('a=1&a=3&a=4&b=2&c=&c=')
  })

  it('take the first value that is one', () => {
    const parameters = RequestParameters.parse('a=&a=1')
    expect(parameters.get('a')).toBe('1')
    expect(parameters.has('a')).toBe(true)
    expect(parameters.names()).toEqual(['a'])
    expect(parameters.duplicates).toEqual(['a'])
  })

  it('may be named as members of every object are', () => {
    const parameters = RequestParameters.parse('__proto__=1&constructor=2')
    expect([parameters.get('__proto__'), parameters.get('constructor'), parameters.get('toString')]).toEqual([
      '1',
      '2',
      undefined,
    ])
  })
})

describe('bodies that a framework has parsed', () => {
  it('keep strings and repeated names, and nothing that was made of brackets', () => {
    const body = {
      code: 'c',
      resource: ['r1', 'r2'],
      claims: { a: 'b' },
      list: ['x', { y: 'z' }],
      count: 3,
      none: null,
    }
    const parameters = RequestParameters.fromObject(body)
    expect(parameters.toString()).toBe('code=c&resource=r1&resource=r2&list=x')
    expect(parameters.duplicates).toEqual(['resource'])
  })

  it('come as pairs', () => {
    expect(RequestParameters.fromEntries(new URLSearchParams('a=1&b=%20&a=2')).toString()).toBe('a=1&a=2&b=+')
  })
})
