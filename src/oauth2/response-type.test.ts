import { describe, expect, it } from 'vitest'
import { normalizeResponseType } from './response-type.ts'

describe('RFC 6749 §3.1.1 response types', () => {
  it.each([
    ['code', 'code'],
    ['id_token code', 'code id_token'],
    ['code  id_token ', 'code id_token'],
  ])('"%s" is "%s"', (responseType, normalized) => {
    expect(normalizeResponseType(responseType)).toBe(normalized)
  })
})
