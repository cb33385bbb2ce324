import { describe, expect, it } from 'vitest'
import { sha256 } from '../../../crypto/hash.ts'
import { headerOf } from '../../../http/response.ts'
import { FormPost } from './form-post.ts'
import { Fragment } from './fragment.ts'
import { Query } from './query.ts'

const PARAMETERS = [
  ['code', 'a b&c'],
  ['state', '<é>"\''],
] as const
const ENCODED = 'code=a+b%26c&state=%3C%C3%A9%3E%22%27'

describe('RFC 6749 §4.1.2 query', () => {
  it.each([
    ['https://app.example/cb', `https://app.example/cb?${ENCODED}`],
    ['https://app.example/cb?a=b', `https://app.example/cb?a=b&${ENCODED}`],
    ['https://app.example/cb?', `https://app.example/cb?${ENCODED}`],
    ['com.example.app:/cb', `com.example.app:/cb?${ENCODED}`],
  ])('%s', (redirectUri, location) => {
    const response = new Query().respond(PARAMETERS, redirectUri)
    expect([response.status, headerOf(response, 'location')]).toEqual([303, location])
  })
})

describe('RFC 6749 §4.2.2 fragment', () => {
  it('comes behind the query', () => {
    const response = new Fragment().respond(PARAMETERS, 'https://app.example/cb?a=b')
    expect(headerOf(response, 'location')).toBe(`https://app.example/cb?a=b#${ENCODED}`)
  })
})

describe('OIDC Form Post §2', () => {
  const response = new FormPost().respond(PARAMETERS, 'https://app.example/cb?a=b&c="')
  const page = String(response.body)

  it('escapes values, and does not percent-encode them as Authlib does', () => {
    expect(page).toContain('<input type="hidden" name="code" value="a b&amp;c">')
    expect(page).toContain('<input type="hidden" name="state" value="&lt;é&gt;&quot;&#39;">')
    expect(page).toContain('action="https://app.example/cb?a=b&amp;c=&quot;"')
  })

  it('runs its own script and no other, in its own style', async () => {
    const hashOf = async (tag: string): Promise<string> => {
      const [, text = ''] = new RegExp(`<${tag}>(.*?)</${tag}>`).exec(page) ?? []
      return `'sha256-${btoa(String.fromCharCode(...(await sha256(text))))}'`
    }
    expect(headerOf(response, 'content-security-policy')).toBe(
      `default-src 'none'; script-src ${await hashOf('script')}; style-src ${await hashOf('style')}; img-src data:; base-uri 'none'; frame-ancestors 'none'`,
    )
  })

  it('has a button for people without scripts, and is not stored', () => {
    expect(page).toContain('<button type="submit" id="continue">')
    expect(headerOf(response, 'cache-control')).toBe('no-store')
  })
})
