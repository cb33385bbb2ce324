import { describe, expect, it } from 'vitest'
import { CLIENTS, codeRequest, redirected, TestServer } from '../../../../test/support/authorization-server.ts'
import { headerOf } from '../../../http/response.ts'
import type { AuthorizationGrant } from '../grant.ts'

const VALID = codeRequest()
const UNSUPPORTED = ['unsupported_response_type', 'response_type is not one that this server supports']
const UNREGISTERED = ['unauthorized_client', 'client is not registered for this response_type']

const hybrid: AuthorizationGrant = {
  responseTypes: ['code id_token', 'code id_token token'],
  defaultResponseMode: 'fragment',
  authorize: () => ({ code: 'c', id_token: 'i' }),
}

function serve(response_types?: readonly string[]): TestServer {
  const client = response_types === undefined ? CLIENTS.web : { ...CLIENTS.web, response_types }
  const test = new TestServer({ clients: [client] })
  test.server.registerGrant(hybrid)
  return test
}

async function ask(test: TestServer, response_type: string): Promise<Record<string, string>> {
  return redirected(await test.authorize({ ...VALID, response_type }))
}

describe('RFC 6749 §3.1.1 a response type is a set of words', () => {
  it.each([
    ['code id_token', ['code id_token']],
    ['id_token code', ['code id_token']],
    ['code id_token', ['id_token code']],
    ['token code id_token', ['id_token token code']],
  ])('"%s" is one of %j', async (asked, registered) => {
    expect(await ask(serve(registered), asked)).toMatchObject({ code: 'c', state: 'xyz' })
  })

  it.each([
    ['a word twice', 'code code', ['code code', 'code']],
    ['a word too many', 'code id_token magic', ['code id_token magic']],
    ['other case', 'Code', ['Code', 'code']],
    ['words that are registered one by one', 'id_token', ['id_token']],
    ['a comma between', 'code,id_token', ['code,id_token']],
  ])('but not one with %s', async (_, asked, registered) => {
    const { error, error_description } = await ask(serve(registered), asked)
    expect([error, error_description]).toEqual(UNSUPPORTED)
  })

  it('and is listed in the metadata once, sorted', () => {
    expect(serve().server.metadata().response_types_supported).toEqual(['code', 'code id_token', 'code id_token token'])
  })
})

describe('RFC 7591 §2 the response types that a client is registered for', () => {
  it.each<[string, readonly string[] | undefined, string]>([
    ['others than it asks for', ['code id_token'], 'code'],
    ['a part of what it asks for', ['code id_token'], 'code id_token token'],
    ['more than it asks for', ['code id_token token'], 'code id_token'],
    ['none', [], 'code'],
    ['nothing said, which means code', undefined, 'code id_token'],
  ])('%s', async (_, registered, asked) => {
    const { error, error_description } = await ask(serve(registered), asked)
    expect([error, error_description]).toEqual(UNREGISTERED)
  })
})

describe('OAuth 2.0 Multiple Response Types §2.1 where the answer goes', () => {
  it.each([
    ['code', undefined, '?'],
    ['code', 'query', '?'],
    ['code', 'fragment', '#'],
    ['code id_token', undefined, '#'],
    ['code id_token', 'fragment', '#'],
  ])('%s with response_mode %s: behind "%s"', async (response_type, response_mode, mark) => {
    const test = serve(['code', 'code id_token'])
    const mode = response_mode === undefined ? {} : { response_mode }
    const response = await test.authorize({ ...VALID, response_type, ...mode })
    expect(headerOf(response, 'location')?.startsWith(`${VALID['redirect_uri']}${mark}code=`)).toBe(true)
  })

  it.each(['code', 'code id_token'])('OIDC Form Post §2: %s in a form', async (response_type) => {
    const test = serve(['code', 'code id_token'])
    const response = await test.authorize({ ...VALID, response_type, response_mode: 'form_post' })
    expect([response.status, headerOf(response, 'location')]).toEqual([200, undefined])
    expect(response.body).toContain('<input type="hidden" name="state" value="xyz">')
  })

  it.each([
    ['code', 'pigeon', '?', 'response_mode is not one that this server supports'],
    ['code', 'Query', '?', 'response_mode is not one that this server supports'],
    ['code', '__proto__', '?', 'response_mode is not one that this server supports'],
    ['code id_token', 'pigeon', '#', 'response_mode is not one that this server supports'],
    ['code id_token', 'query', '#', 'response_mode must not be query for a response_type that carries tokens'],
  ])('%s with response_mode %s is refused behind "%s"', async (response_type, response_mode, mark, description) => {
    const test = serve(['code', 'code id_token'])
    const response = await test.authorize({ ...VALID, response_type, response_mode })
    expect(headerOf(response, 'location')?.startsWith(`${VALID['redirect_uri']}${mark}error=invalid_request&`)).toBe(
      true,
    )
    expect(redirected(response)['error_description']).toBe(description)
  })

  it('is said in the metadata', () => {
    expect(serve().server.metadata().response_modes_supported).toEqual(['query', 'fragment', 'form_post'])
  })
})
