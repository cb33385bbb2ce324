import { describe, expect, it } from 'vitest'
import { answer } from '../../../../test/support/stub-provider.ts'
import { RequestParameters } from '../../../http/form.ts'
import { OAuth2Client } from '../client.ts'
import { exchangePassword } from '../password.ts'
import { exchangeAssertion } from './jwt-bearer.ts'
import { exchangeToken, TOKEN_TYPES } from './token-exchange.ts'

const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token'
const issued = { access_token: 'new', token_type: 'Bearer', issued_token_type: ACCESS_TOKEN }

function setUp(response: object = issued) {
  let form = ''
  const client = new OAuth2Client({
    clientId: 'app',
    scope: 'files',
    accessTokenUrl: 'https://op.example/token',
    transport: async ({ body }) => {
      form = String(body)
      return answer(200, response)
    },
  })
  return { client, form: () => [...new URLSearchParams(form)], read: () => RequestParameters.parse(form) }
}

describe('RFC 8693 §2 token exchange', () => {
  it('asks for what RFC 8693 §2.3 shows', async () => {
    const { client, form } = setUp()
    const resource = 'https://backend.example.com/api'
    expect(await exchangeToken(client, { subjectToken: 'old', resource })).toEqual(issued)
    expect(form()).toEqual([
      ['grant_type', 'urn:ietf:params:oauth:grant-type:token-exchange'],
      ['subject_token', 'old'],
      ['subject_token_type', ACCESS_TOKEN],
      ['resource', resource],
      ['client_id', 'app'],
    ])
  })

  it('sends everything that there is, and lists as they are', async () => {
    const { client, form } = setUp({ ...issued, issued_token_type: TOKEN_TYPES.jwt })
    await exchangeToken(client, {
      subjectToken: 's',
      subjectTokenType: TOKEN_TYPES.idToken,
      actorToken: 'a',
      requestedTokenType: TOKEN_TYPES.jwt,
      audience: ['one', 'two'],
      scope: 'read',
      parameters: { requested_subject: 'bob' },
    })
    expect(form()).toEqual([
      ['requested_subject', 'bob'],
      ['grant_type', 'urn:ietf:params:oauth:grant-type:token-exchange'],
      ['subject_token', 's'],
      ['subject_token_type', 'urn:ietf:params:oauth:token-type:id_token'],
      ['actor_token', 'a'],
      ['actor_token_type', ACCESS_TOKEN],
      ['requested_token_type', 'urn:ietf:params:oauth:token-type:jwt'],
      ['audience', 'one'],
      ['audience', 'two'],
      ['scope', 'read'],
      ['client_id', 'app'],
    ])
  })

  it.each([
    [undefined, undefined, 'a token type'],
    ['', undefined, 'a token type'],
    [5, undefined, 'a token type'],
    [ACCESS_TOKEN, TOKEN_TYPES.jwt, 'the one that was requested'],
  ])(
    '§2.2.1: refuses issued_token_type %j where %j was requested',
    async (issuedType, requestedTokenType, expected) => {
      const { client } = setUp({ ...issued, issued_token_type: issuedType })
      const options = { subjectToken: 's', ...(requestedTokenType !== undefined && { requestedTokenType }) }
      await expect(exchangeToken(client, options)).rejects.toMatchObject({
        code: 'token_response_invalid',
        parameter: 'issued_token_type',
        message: `"issued_token_type" in the token response is missing or another: expected ${expected}`,
      })
    },
  )

  it('§2.2.1: hands on a token that opens no API, and sends it to none', async () => {
    const { client } = setUp({ access_token: '<saml>', token_type: 'N_A', issued_token_type: TOKEN_TYPES.saml2 })
    const token = await exchangeToken(client, { subjectToken: 's', requestedTokenType: TOKEN_TYPES.saml2 })
    expect(token).toMatchObject({ access_token: '<saml>', token_type: 'N_A' })
    await expect(client.get('https://api.example/', { token })).rejects.toMatchObject({
      code: 'token_type_unsupported',
    })
  })
})

describe('RFC 7523 §2.1 an assertion in exchange for a token', () => {
  it('asks for nothing but what it is told', async () => {
    const { client, form } = setUp()
    await exchangeAssertion(client, 'a.b.c')
    expect(form()).toEqual([
      ['assertion', 'a.b.c'],
      ['grant_type', 'urn:ietf:params:oauth:grant-type:jwt-bearer'],
      ['client_id', 'app'],
    ])
    await exchangeAssertion(client, 'a.b.c', { scope: 'read', parameters: { resource: 'https://api.example' } })
    expect(form()).toEqual([
      ['resource', 'https://api.example'],
      ['scope', 'read'],
      ['assertion', 'a.b.c'],
      ['grant_type', 'urn:ietf:params:oauth:grant-type:jwt-bearer'],
      ['client_id', 'app'],
    ])
  })
})

describe('RFC 6749 §4.3.2 the password grant', () => {
  it('sends name and password, for the scope of the client or another', async () => {
    const { client, read } = setUp()
    await exchangePassword(client, { username: 'ada', password: 'é&=+' })
    expect(['grant_type', 'username', 'password', 'scope'].map((name) => read().get(name))).toEqual([
      'password',
      'ada',
      'é&=+',
      'files',
    ])
    await exchangePassword(client, { username: 'ada', password: 'x', scope: 'mail', parameters: { audience: 'api' } })
    expect([read().get('scope'), read().get('audience')]).toEqual(['mail', 'api'])
  })
})
