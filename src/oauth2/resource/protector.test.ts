import { describe, expect, it } from 'vitest'
import { fromFetch } from '../../http/request.ts'
import { OAuth2Error } from '../errors.ts'
import type { AccessToken } from './access-token.ts'
import { ResourceProtector } from './protector.ts'
import type { Alternatives } from './requirement.ts'

const token: AccessToken = { subject: 'u1', clientId: 'app', scopes: ['read', 'write'], expiresAt: 2e9, claims: {} }

const protector = new ResourceProtector({ realm: 'api' }).registerTokenValidator({
  validate: (value) => {
    if (value === 'good') return token
    if (value === 'broken') throw new Error('database password is hunter2')
    throw new OAuth2Error('invalid_token', 'access token is unknown')
  },
})

const request = (value?: string): Request =>
  new Request('https://api.example/me', value === undefined ? {} : { headers: { authorization: `Bearer ${value}` } })

describe('RFC 6750 §3 what a protected resource answers', () => {
  it('lets a valid token pass', async () => {
    const { token: found, headers, response } = await protector.protect(request('good'))
    expect(found).toEqual(token)
    expect([...(headers ?? [])]).toEqual([])
    expect(response).toBeUndefined()
  })

  it('names no error where there is no token', async () => {
    const { response } = await protector.protect(request(), 'read')
    expect(response?.status).toBe(401)
    expect(response?.headers.get('www-authenticate')).toBe('Bearer realm="api", scope="read"')
    expect(await response?.text()).toBe('')
  })

  it('takes credentials of another scheme for none', async () => {
    const { response } = await protector.protect(
      new Request('https://api.example/', { headers: { authorization: 'Basic dTpw' } }),
    )
    expect(response?.headers.get('www-authenticate')).toBe('Bearer realm="api"')
  })

  it('answers 401 invalid_token', async () => {
    const { response } = await protector.protect(request('bad'))
    expect(response?.status).toBe(401)
    expect(response?.headers.get('www-authenticate')).toBe(
      'Bearer realm="api", error="invalid_token", error_description="access token is unknown"',
    )
    expect(await response?.json()).toEqual({ error: 'invalid_token', error_description: 'access token is unknown' })
  })

  it('answers 403 insufficient_scope with the scope that would do', async () => {
    const { response } = await protector.protect(request('good'), 'read admin')
    expect(response?.status).toBe(403)
    expect(response?.headers.get('www-authenticate')).toBe(
      'Bearer realm="api", error="insufficient_scope", ' +
        'error_description="access token does not allow what this request needs", scope="read admin"',
    )
  })

  it('answers 400 invalid_request to a token in two places', async () => {
    const { response } = await protector.protect(
      new Request('https://api.example/?access_token=good', { headers: { authorization: 'Bearer good' } }),
    )
    expect(response?.status).toBe(400)
    expect(await response?.json()).toEqual({
      error: 'invalid_request',
      error_description: 'access token must be sent once, in one place',
    })
  })

  it('does not take a token from the query', async () => {
    const { response } = await protector.protect(new Request('https://api.example/?access_token=good'))
    expect(response?.status).toBe(401)
  })

  it('answers plain requests with plain responses', async () => {
    const { response } = await protector.protect(fromFetch(request()))
    expect(response).toMatchObject({ status: 401 })
    expect(response?.headers).toContainEqual(['www-authenticate', 'Bearer realm="api"'])
  })

  it('throws what is not about the request', async () => {
    await expect(protector.protect(request('broken'))).rejects.toThrow('database password is hunter2')
  })
})

describe('RFC 6749 §3.3 what the scope of a token must be', () => {
  it.each<[Alternatives, boolean]>([
    ['', true],
    ['read', true],
    ['write read', true],
    ['read admin', false],
    [['admin', 'read'], true],
    [['admin read', 'read write'], true],
    [['admin', 'owner'], false],
    [[], false],
  ])('%j', async (scope, isEnough) => {
    const { response } = await protector.protect(request('good'), scope)
    expect(response?.status).toBe(isEnough ? undefined : 403)
  })
})

describe('ResourceProtector set-up', () => {
  it('takes one validator that takes every token of a type', () => {
    expect(() => protector.registerTokenValidator({ validate: () => token })).toThrow(
      'ResourceProtector: a validator of Bearer tokens that takes all of them is registered already: register it last',
    )
  })

  it('does not guard without one', async () => {
    await expect(new ResourceProtector().protect(request('good'))).rejects.toThrow(
      'ResourceProtector: no token validator is registered',
    )
  })
})
