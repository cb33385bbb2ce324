import { describe, expect, it } from 'vitest'
import { sha256, sha256Base64url } from './hash.ts'

describe('SHA-256', () => {
  it('RFC 7636 §B: makes the code challenge', async () => {
    expect(await sha256Base64url('dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk')).toBe(
      'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    )
  })

  it('hashes bytes as it hashes text in UTF-8', async () => {
    const expected = await sha256('é€')
    expect(expected).toHaveLength(32)
    expect([...(await sha256(new TextEncoder().encode('é€')))]).toEqual([...expected])
    expect(await sha256Base64url(new TextEncoder().encode('é€'))).toBe(Buffer.from(expected).toString('base64url'))
  })
})
