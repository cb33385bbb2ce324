import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ClientError } from '../../oauth2/client/errors.ts'
import { checkReturnTo, findBaseUrlProblem, resolveAppUrl } from './app-url.ts'

const HOME = 'https://app.example/callback'

describe('the address of the application', () => {
  it.each([
    ['https://app.example', '/callback', 'https://app.example/callback'],
    ['https://app.example/', '/callback', 'https://app.example/callback'],
    ['https://app.example/shop', '/callback?a=b', 'https://app.example/shop/callback?a=b'],
    ['http://localhost:3000', '/callback', 'http://localhost:3000/callback'],
    ['https://app.example', 'https://other.example/cb', 'https://other.example/cb'],
    ['https://app.example', 'com.example.app:/cb', 'com.example.app:/cb'],
  ])('%s with %s is %s', (base, target, url) => {
    expect(resolveAppUrl(base, target, 'redirectUri')).toBe(url)
  })

  it.each([
    ['callback', 'OAuth: "redirectUri" must be an absolute URI, or a path that starts with "/"'],
    ['', 'OAuth: "redirectUri" must be an absolute URI, or a path that starts with "/"'],
    ['//evil.example/cb', 'OAuth: "redirectUri" must be a path, not another host'],
    ['/\\evil.example/cb', 'OAuth: "redirectUri" must be a path, not another host'],
  ])('refuses %j', (target, message) => {
    expect(() => resolveAppUrl('https://app.example', target, 'redirectUri')).toThrow(message)
  })

  it('never comes from the Host header: a path needs "baseUrl"', () => {
    expect(() => resolveAppUrl(undefined, '/cb', 'redirectUri')).toThrow(
      'OAuth: "baseUrl" is missing: "redirectUri" is a path, and "Host" is not trusted',
    )
  })

  it.each([
    'app.example',
    '/app',
    'http://app.example',
    'https://app.example/?a=b',
    'https://app.example/#',
    'https://me@app.example',
    'https://:word@app.example',
    'https:\\\\app.example',
    ' https://app.example',
    'https://app.example\n',
    'https://app.example/a\tb',
  ])('cannot be %s', (baseUrl) => {
    expect(findBaseUrlProblem(baseUrl)).toBe(
      '"baseUrl" must be an absolute URL with https, or http on a loopback host, without user, query, fragment or blanks',
    )
  })
})

describe('RFC 9700 §4.11.1 where a login goes on to', () => {
  it.each([
    ['/', '/'],
    ['/inbox?page=2#last', '/inbox?page=2#last'],
    ['https://app.example/inbox', '/inbox'],
    ['/a/../b', '/b'],
    ['/%5Cevil.example', '/%5Cevil.example'],
    ['/?next=https://other.example', '/?next=https://other.example'],
  ])('may be %s', (returnTo, path) => {
    expect(checkReturnTo(returnTo, HOME)).toBe(path)
  })

  it.each([
    'https://evil.example/',
    'https://app.example.evil.example/',
    'https://app.example@evil.example/',
    'http://app.example/',
    'https://app.example:444/',
    '//evil.example',
    '///evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '/.//evil.example',
    '/a/..//evil.example',
    'https://app.example//evil.example',
    'https:evil.example',
    'javascript:alert(1)',
    'java\nscript:alert(1)',
    'data:text/html,x',
    'blob:https://app.example/1',
    '/\t/evil.example',
    '/\n/evil.example',
    ' //evil.example',
    '/inbox\r\nset-cookie: a=b',
    '/\u202egpj.exe',
    'inbox',
    '?next',
    '',
    `/${'a'.repeat(2048)}`,
  ])('must not be %j', (returnTo) => {
    expect(() => checkReturnTo(returnTo, HOME)).toThrow(
      new ClientError('return_to_refused', '"returnTo" must be a path of this application, or a URL of its origin'),
    )
  })

  it.each([[['/inbox', '/other']], [{}], [null], [5]])('is no %j, which a query parser may make of it', (returnTo) => {
    expect(() => checkReturnTo(returnTo as unknown as string, HOME)).toThrow('"returnTo" must be')
  })

  it('has no origin to be of, in an app without one', () => {
    expect(() => checkReturnTo('com.example.app:/x', 'com.example.app:/cb')).toThrow('"returnTo" must be')
  })

  it('leads to the origin of the application, or is refused, whatever it is', () => {
    const piece = fc.constantFrom(
      '/',
      '\\',
      '.',
      '..',
      'evil.example',
      '@',
      ':',
      '#',
      '?',
      '\t',
      '%2f',
      'https',
      'a',
      ' ',
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(piece, { maxLength: 8 }).map((them) => them.join('')),
          fc.string(),
        ),
        (returnTo) => {
          let path: string
          try {
            path = checkReturnTo(returnTo, HOME)
          } catch (error) {
            return error instanceof ClientError && error.code === 'return_to_refused'
          }
          return new URL(path, 'https://app.example/login/deep').origin === 'https://app.example'
        },
      ),
      { numRuns: 2000 },
    )
  })
})
