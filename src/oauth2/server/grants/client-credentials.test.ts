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
