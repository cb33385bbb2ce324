import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findRedirectUriProblem, matchesRedirectUri } from './redirect-uri.ts'

describe('RFC 6749 §3.1.2 a redirect URI that may be registered', () => {
  it.each([
    ['https://app.example/cb', 'web'],
    ['https://app.example/cb?dummy1=lorem&dummy2=ipsum', 'web'],
    ['https://[2001:db8::1]:8443/cb', 'web'],
    ['http://localhost:3000/cb', 'web'],
    ['http://127.0.0.1/cb', 'native'],
    ['http://[::1]:80/cb', 'native'],
    ['com.example.app:/oauth2redirect', 'native'],
    ['com.example.app://cb', 'native'],
  ] as const)('accepts %s for a %s client', (uri, type) => {
    expect(findRedirectUriProblem(uri, type)).toBeUndefined()
  })

  it.each([
    ['/cb', 'web', 'must be an absolute URI'],
    ['', 'web', 'must be an absolute URI'],
    ['https:app.example/cb', 'web', 'must be an absolute URI'],
    ['https://app.example\\@evil.example/cb', 'web', 'must be an absolute URI'],
    ['https://app.example/c b', 'web', 'must be an absolute URI'],
    ['https://app.example/"cb', 'web', 'must be an absolute URI'],
    ['https://app.example/cb\n', 'web', 'must be an absolute URI'],
    ['https://bücher.example/cb', 'web', 'must be an absolute URI'],
    ['https://app.example/cb#x', 'web', 'must not have a fragment'],
    ['https://app.example/cb#', 'web', 'must not have a fragment'],
    ['https://user@app.example/cb', 'web', 'must not have user information'],
    ['http://localhost:80@evil.example/', 'web', 'must not have user information'],
    [
      'https://*.app.example/cb',
      'web',
      'must name one host: redirect URIs are compared character by character, without wildcards',
    ],
    ['http://app.example/cb', 'web', 'must be https unless its host is a loopback host'],
    ['http://localhost.evil.example/cb', 'native', 'must be https unless its host is a loopback host'],
    ['com.example.app:/cb', 'web', 'must be https, or http on a loopback host, unless "application_type" is "native"'],
    ['myapp://cb', 'native', 'must use a private-use scheme with a period, such as "com.example.app:"'],
  ] as const)('refuses %s for a %s client', (uri, type, problem) => {
    expect(findRedirectUriProblem(uri, type)).toBe(problem)
  })
})

describe('CVE-2026-22752 and RFC 8252 §8.4 scripts as redirect URIs', () => {
  it.each([
    'javascript:alert(1)',
    'JavaScript:alert(1)',
    'data:text/html,x',
    'vbscript:x',
    'file:///etc/passwd',
    'blob:x',
  ])('refuses %s for every client', (uri) => {
    expect(findRedirectUriProblem(uri, 'web')).toMatch(/^must /)
    expect(findRedirectUriProblem(uri, 'native')).toMatch(/^must /)
  })
})

describe('RFC 9700 §2.1 exact comparison of redirect URIs', () => {
  it.each([
    ['https://app.example/cb', 'https://app.example/cb/'],
    ['https://app.example/cb', 'https://app.example/CB'],
    ['https://app.example/cb', 'https://APP.example/cb'],
    ['https://app.example/cb', 'https://app.example:443/cb'],
    ['https://app.example/cb', 'https://app.example/cb?x=1'],
    ['https://app.example/cb', 'https://app.example/x/../cb'],
    ['https://app.example/cb', 'https://app.example.evil.example/cb'],
  ])('%s is not %s', (registered, requested) => {
    expect(matchesRedirectUri(registered, requested)).toBe(false)
  })

  it('one character more or less is another URI', () => {
    const uri = 'https://app.example/cb'
    fc.assert(
      fc.property(fc.nat(uri.length), fc.string({ minLength: 1, maxLength: 2 }), (at, more) => {
        expect(matchesRedirectUri(uri, uri.slice(0, at) + more + uri.slice(at), 'native')).toBe(false)
        expect(matchesRedirectUri(uri, uri.slice(0, at) + uri.slice(at + 1), 'native')).toBe(at === uri.length)
      }),
    )
  })
})

describe('RFC 8252 §7.3 and RFC 9700 §2.1 the port of a loopback redirect', () => {
  it.each([
    ['http://127.0.0.1/cb', 'http://127.0.0.1:51004/cb', undefined, true],
    ['http://127.0.0.1:3000/cb', 'http://127.0.0.1/cb', 'native', true],
    ['http://127.0.0.1:3000/cb', 'http://127.0.0.1:3001/cb', 'web', false],
    ['http://[::1]/cb?a=b', 'http://[::1]:61023/cb?a=b', 'native', true],
    ['http://localhost/cb', 'http://localhost:8080/cb', 'native', true],
    ['http://localhost/cb', 'http://localhost:8080/cb', undefined, false],
    ['http://127.0.0.1/cb', 'http://127.0.0.1:51004/other', 'native', false],
    ['http://127.0.0.1/cb', 'http://[::1]:51004/cb', 'native', false],
    ['http://127.0.0.1/cb', 'http://127.0.0.1:99999/cb', 'native', false],
    ['http://127.0.0.1/cb', 'https://127.0.0.1:51004/cb', 'native', false],
    ['http://localhost/', 'http://localhost:80@evil.example/', 'native', false],
    ['http://127.0.0.1', 'http://127.0.0.1:80.evil.example', 'native', false],
    ['https://app.example/cb', 'https://app.example:8443/cb', 'native', false],
  ] as const)('%s and %s for a %s client: %s', (registered, requested, type, expected) => {
    expect(matchesRedirectUri(registered, requested, type)).toBe(expected)
  })
})
