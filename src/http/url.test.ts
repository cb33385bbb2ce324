import { describe, expect, it } from 'vitest'
import { appendWellKnown, checkIssuer, insertWellKnown, isHttpsOrLoopback, isLoopbackHost, parseUrl } from './url.ts'

describe('RFC 8414 §3.1 well-known documents', () => {
  it.each([
    ['https://op.example', 'https://op.example/.well-known/oauth-authorization-server'],
    ['https://op.example/', 'https://op.example/.well-known/oauth-authorization-server'],
    ['https://op.example/issuer1', 'https://op.example/.well-known/oauth-authorization-server/issuer1'],
    ['https://op.example/a/b/', 'https://op.example/.well-known/oauth-authorization-server/a/b'],
    ['http://localhost:4400/a', 'http://localhost:4400/.well-known/oauth-authorization-server/a'],
  ])('of %s is at %s', (issuer, expected) => {
    expect(insertWellKnown(issuer, 'oauth-authorization-server')).toBe(expected)
  })
})

describe('OIDC Discovery §4 configuration', () => {
  it.each([
    ['https://op.example', 'https://op.example/.well-known/openid-configuration'],
    ['https://op.example/', 'https://op.example/.well-known/openid-configuration'],
    ['https://op.example/issuer1', 'https://op.example/issuer1/.well-known/openid-configuration'],
    ['https://op.example/issuer1/', 'https://op.example/issuer1/.well-known/openid-configuration'],
  ])('of %s is at %s', (issuer, expected) => {
    expect(appendWellKnown(issuer, 'openid-configuration')).toBe(expected)
  })
})

describe('RFC 8252 §7.3 loopback', () => {
  it.each(['localhost', '127.0.0.1', '127.255.0.9', '[::1]'])('%s is this machine', (host) => {
    expect(isLoopbackHost(host)).toBe(true)
  })

  it.each([
    '127.evil.example',
    '127.0.0.1.evil.example',
    'localhost.evil.example',
    'evil-localhost',
    'a.localhost',
    '128.0.0.1',
    '0.0.0.0',
    '10.0.0.1',
    '[::]',
    '[::ffff:7f00:1]',
    '',
  ])('%j is not', (host) => {
    expect(isLoopbackHost(host)).toBe(false)
  })

  it.each([
    ['https://op.example', true],
    ['http://localhost:3000', true],
    ['http://127.1', true],
    ['http://[::1]:8080/', true],
    ['http://op.example', false],
    ['http://localhost@evil.example', false],
    ['http://127.0.0.1@evil.example', false],
    ['ftp://localhost', false],
    ['com.example.app:/cb', false],
  ])('%s: safe to send to is %s', (url, expected) => {
    expect(isHttpsOrLoopback(new URL(url))).toBe(expected)
  })
})

describe('RFC 8414 §2, OIDC Discovery §3 issuer identifiers', () => {
  it.each([
    'https://op.example',
    'https://op.example/',
    'https://op.example:8443/a/b',
    'http://localhost:4400',
    'http://127.0.0.1',
  ])('%s is one', (issuer) => {
    expect(checkIssuer(issuer)).toBeUndefined()
  })

  it.each([
    ['', 'must be an absolute URL'],
    ['op.example', 'must be an absolute URL'],
    ['/op', 'must be an absolute URL'],
    ['http://op.example', 'must be https, or http on a loopback address'],
    ['http://127.evil.example', 'must be https, or http on a loopback address'],
    ['urn:op', 'must be https, or http on a loopback address'],
    ['https://user@op.example', 'must not hold a user or password'],
    ['https://:pw@op.example', 'must not hold a user or password'],
    ['https://op.example?a=b', 'must not have a query or fragment'],
    ['https://op.example/?', 'must not have a query or fragment'],
    ['https://op.example/#', 'must not have a query or fragment'],
    [' https://op.example', 'must be percent-encoded ASCII'],
    ['https://op.example/a\n', 'must be percent-encoded ASCII'],
    ['https://op.example/é', 'must be percent-encoded ASCII'],
    ['https:\\\\op.example', 'must be percent-encoded ASCII'],
  ])('%j is none: it %s', (issuer, problem) => {
    expect(checkIssuer(issuer)).toBe(problem)
  })
})

describe('parseUrl', () => {
  it('gives nothing where there is no URL', () => {
    expect(parseUrl('https://a.example/')?.href).toBe('https://a.example/')
    expect(parseUrl('/a')).toBeUndefined()
  })
})
