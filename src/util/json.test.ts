import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseJsonArray, parseJsonObject } from './json.ts'

const strict = { rejectDuplicates: true }

describe('RFC 8259 §4 JSON objects', () => {
  it('are parsed', () => {
    expect(parseJsonObject(' {"a":[1,{"b":null}],"c":"\\u00e9"} ')).toEqual({ a: [1, { b: null }], c: 'é' })
  })

  it.each(['', '{', '{"a":1,}', "{'a':1}", '{"a":01}', '\ufeff{}', '{"secret-value"}'])(
    'refuses what is no JSON: %j',
    (text) => {
      expect(() => parseJsonObject(text)).toThrow(new SyntaxError('text is not JSON'))
    },
  )

  it.each(['[]', 'null', '"a"', '1', 'true'])('refuses what is no object: %s', (text) => {
    expect(() => parseJsonObject(text)).toThrow(new SyntaxError('JSON text is not an object'))
  })

  it.each([
    '{"__proto__":{"isAdmin":true}}',
    '{"a":[{"__proto__":1}]}',
    '{"\\u005f_proto__":{}}',
    '{"constructor":{"prototype":{"isAdmin":true}}}',
    '{"a":{"\\u0063onstructor":{"prototype":1}}}',
  ])('refuses members that reach a prototype: %s', (text) => {
    expect(() => parseJsonObject(text)).toThrow(
      new SyntaxError('JSON object has a member that names an object prototype'),
    )
  })

  it('takes the same words where they are harmless', () => {
    const text = '{"constructor":"ACME","note":"__proto__","prototype":{},"x":{"constructor":[1]}}'
    expect(parseJsonObject(text)).toEqual(JSON.parse(text))
  })

  it('survives deep nesting', () => {
    const depth = 20_000
    const text = `{"__proto":${'['.repeat(depth)}"\\u0061"${']'.repeat(depth)}}`
    expect(Object.keys(parseJsonObject(text, strict))).toEqual(['__proto'])
  })
})

describe('RFC 7515 §4 duplicate members', () => {
  it.each([
    '{"alg":"ES256","alg":"none"}',
    '{"a":1,"b":2,"\\u0061":3}',
    '{"x":{"a":1,"a":2}}',
    '{"x":[{"a":1,"b":{},"a":2}]}',
    '{"a" : 1, "a"\n:2}',
    '{"a\\"b":1,"a\\"b":2}',
  ])('are refused: %s', (text) => {
    expect(() => parseJsonObject(text, strict)).toThrow(new SyntaxError('JSON object names a member twice'))
  })

  it('are the last one unless asked', () => {
    expect(parseJsonObject('{"a":1,"a":2}')).toEqual({ a: 2 })
  })

  it.each([
    '{"a":{"a":{"a":1}},"b":[{"a":1},{"a":2}]}',
    '{"a":"a","b":"\\"a\\":","c":"}{","d":["d","d"]}',
    '{"a":"\\\\","b":"{\\"a\\":1,\\"a\\":2}"}',
  ])('are not seen where there are none: %s', (text) => {
    expect(parseJsonObject(text, strict)).toEqual(JSON.parse(text))
  })

  it('are never seen in what JSON.stringify wrote', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        fc.pre(!JSON.stringify(value).includes('__proto__'))
        expect(parseJsonObject(JSON.stringify(value), strict)).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })
})

describe('RFC 8259 §5 parseJsonArray', () => {
  it('gives an array, with the objects in it checked', () => {
    expect(parseJsonArray('["a", {"b": 1}]')).toEqual(['a', { b: 1 }])
    expect(() => parseJsonArray('[{"b":1,"b":2}]', { rejectDuplicates: true })).toThrow(
      new SyntaxError('JSON object names a member twice'),
    )
    expect(() => parseJsonArray('[{"__proto__":1}]')).toThrow(SyntaxError)
  })

  it.each(['{}', '"a"', 'null', '1', ''])('refuses %j', (text) => {
    expect(() => parseJsonArray(text)).toThrow(SyntaxError)
  })
})
