import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readRequestParameters, writeRequestParameters } from './request-object.ts'

describe('RFC 9101 §4 the parameters in a request object', () => {
  it('are claims: texts as they are, lists as lists, structures as structures', () => {
    expect(
      writeRequestParameters({
        client_id: 'app',
        state: '007',
        resource: ['https://a', 'https://b'],
        max_age: '60',
        claims: '{"id_token":{"acr":null}}',
        authorization_details: '[{"type":"payment"}]',
        nonce: undefined,
        scope: '',
        audience: [],
      }),
    ).toEqual({
      client_id: 'app',
      state: '007',
      resource: ['https://a', 'https://b'],
      max_age: 60,
      claims: { id_token: { acr: null } },
      authorization_details: [{ type: 'payment' }],
    })
  })

  it('leave what should be JSON and is not to the server', () => {
    expect(writeRequestParameters({ claims: '{' })).toEqual({ claims: '{' })
  })

  it('come out as they went in', () => {
    const names = fc.constantFrom('client_id', 'state', 'scope', 'login_hint', 'max_age', 'claims')
    const texts = fc.oneof(fc.string({ minLength: 1 }), fc.nat().map(String))
    const resources = fc.array(fc.webUrl(), { minLength: 1, maxLength: 3 })
    fc.assert(
      fc.property(fc.dictionary(names, texts), resources, (parameters, resource) => {
        const read = readRequestParameters(writeRequestParameters({ ...parameters, resource }))
        expect(read.all('resource')).toEqual(resource)
        for (const [name, value] of Object.entries(parameters)) {
          const isJson = name === 'max_age' || name === 'claims'
          expect(read.get(name)).toBe(isJson ? sameJson(value) : value)
        }
      }),
    )
  })
})

/** Structured parameters may be spelled anew: spaces go, numbers get their usual form. */
function sameJson(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'string' ? value : value === null ? undefined : JSON.stringify(value)
  } catch {
    return text
  }
}
