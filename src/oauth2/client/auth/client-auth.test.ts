import { describe, expect, it } from 'vitest'
import { parseBasic } from '../../../http/basic.ts'
import { chooseAuthentication, findAuthentication } from './choose.ts'
import { ClientSecretBasic } from './client-secret-basic.ts'
import { ClientSecretPost } from './client-secret-post.ts'
import { PublicClient } from './none.ts'

const context = (clientId: string) => ({ clientId, endpoint: 'https://op.example/token', clock: Date.now })
const decoded = (header = ''): string => atob(header.slice('Basic '.length))

describe('RFC 6749 §2.3.1 client_secret_basic', () => {
  it.each([
    ['plain', 'secret', 'plain:secret'],
    ["a-_.!~*'()", "-_.!~*'()", "a-_.!~*'():-_.!~*'()"],
    ['https://app.example', 'a:b%c+d e', 'https%3A%2F%2Fapp.example:a%3Ab%25c%2Bd%20e'],
    ['ä', '€', '%C3%A4:%E2%82%AC'],
  ])('encodes %j and %j no further than form decoding needs', (clientId, secret, pair) => {
    const { headers } = new ClientSecretBasic(secret).authenticate(context(clientId))
    expect(decoded(headers?.['authorization'])).toBe(pair)
    expect(parseBasic(headers?.['authorization'] ?? '')).toEqual({ username: clientId, password: secret })
  })

  it('sends both as they are for servers that do not decode', () => {
    const { headers } = new ClientSecretBasic('a%b c', { raw: true }).authenticate(context('https://app'))
    expect(decoded(headers?.['authorization'])).toBe('https://app:a%b c')
  })

  it('keeps the secret out of what is printed', () => {
    expect(JSON.stringify(new ClientSecretBasic('hush'))).not.toContain('hush')
    expect(JSON.stringify(new ClientSecretPost('hush'))).not.toContain('hush')
  })
})

describe('RFC 6749 §2.3.1 client_secret_post and §3.2.1 public clients', () => {
  it('sends identifier and secret in the body', () => {
    expect(new ClientSecretPost('s').authenticate(context('app'))).toEqual({
      parameters: { client_id: 'app', client_secret: 's' },
    })
  })

  it('sends the identifier alone', () => {
    expect(new PublicClient().authenticate(context('app'))).toEqual({ parameters: { client_id: 'app' } })
  })
})

describe('RFC 8414 §2 token_endpoint_auth_methods_supported', () => {
  it.each([
    ['s', undefined, 'client_secret_basic'],
    ['s', [], 'client_secret_basic'],
    ['s', ['client_secret_post', 'client_secret_basic'], 'client_secret_basic'],
    ['s', ['client_secret_post', 'private_key_jwt'], 'client_secret_post'],
    ['s', ['private_key_jwt'], 'client_secret_basic'],
    [undefined, ['client_secret_post'], 'none'],
  ])('with secret %j and the list %j chooses', (secret, supported, method) => {
    expect(chooseAuthentication(secret, supported).method).toBe(method)
  })

  it.each(['client_secret_basic', 'client_secret_post', 'none'] as const)('makes %s by its name', (method) => {
    expect(findAuthentication(method, 's', [])?.method).toBe(method)
  })
})
