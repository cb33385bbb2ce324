import { describe, expect, it } from 'vitest'
import { basic, body, CLIENTS, problem, TestServer } from '../../../../test/support/authorization-server.ts'

const GRANT = { grant_type: 'client_credentials' }

describe('RFC 6749 §4.4 client credentials', () => {
  it('gives what the client is registered for, without a refresh token', async () => {
    const tokens = body(await new TestServer().token(GRANT, basic()))
    expect(tokens).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 3600,
      scope: 'openid read write',
    })
  })

  it('gives what was asked for, less what nobody knows', async () => {
    expect(body(await new TestServer().token({ ...GRANT, scope: 'write fly' }, basic()))['scope']).toBe('write')
  })

  it.each([
    ['more than the client may have', 'admin', 'scope asks for more than this client is registered for'],
    ['what nobody knows', 'fly', 'scope names nothing that this server knows'],
    ['a malformed scope', 'a\\b', 'scope must be a list of scope tokens separated by spaces'],
  ])('refuses %s', async (_, scope, description) => {
    expect(problem(await new TestServer().token({ ...GRANT, scope }, basic()))).toEqual([
      400,
      'invalid_scope',
      description,
    ])
  })

  it('gives nothing by default to a client that is registered for any scope', async () => {
    const { scope: _, ...client } = CLIENTS.web
    expect(body(await new TestServer({ clients: [client] }).token(GRANT, basic()))).not.toHaveProperty('scope')
  })

  it('RFC 6749 §2.1: is not for public clients, whatever they are registered for', async () => {
    const clients = [{ ...CLIENTS.spa, grant_types: ['client_credentials'] }]
    expect(problem(await new TestServer({ clients }).token({ ...GRANT, client_id: 'spa' }))).toEqual([
      400,
      'unauthorized_client',
      'client credentials grant is for clients that have credentials',
    ])
  })
})

describe('RFC 6749 §3.3, OIDC Core §11 scopes that are about a person', () => {
  const ALL = 'openid read write'

  function withPeople(scope = ALL): TestServer {
    const test = new TestServer({ clients: [{ ...CLIENTS.web, scope }] })
    test.server.registerExtension({ name: 'people', scopes: ['email'], personalScopes: ['openid', 'email'] })
    return test
  }

  it.each<[string, string, Record<string, string>, string]>([
    ['nothing was asked for', ALL, {}, 'read write'],
    ['they were asked for', ALL, { scope: 'openid write' }, 'write'],
    ['they were not', ALL, { scope: 'read' }, 'read'],
  ])('are left out, and the response says so: %s', async (_, registered, asked, left) => {
    expect(body(await withPeople(registered).token({ ...GRANT, ...asked }, basic()))['scope']).toBe(left)
  })

  it('alone are refused where they were asked for, since no scope in the response means all of it', async () => {
    expect(problem(await withPeople('openid email').token({ ...GRANT, scope: 'email openid' }, basic()))).toEqual([
      400,
      'invalid_scope',
      'scope names nothing that a client can have without a person',
    ])
  })

  it('alone are nothing where nothing was asked for', async () => {
    const tokens = body(await withPeople('openid email').token(GRANT, basic()))
    expect(tokens).toHaveProperty('access_token')
    expect(tokens).not.toHaveProperty('scope')
  })

  it('are scopes like any other where no extension says what they are', async () => {
    expect(body(await new TestServer().token({ ...GRANT, scope: 'openid' }, basic()))['scope']).toBe('openid')
  })

  it('are still what a person can agree to', async () => {
    expect((await withPeople().tokens({ scope: 'openid read' }))['scope']).toBe('openid read')
  })
})
