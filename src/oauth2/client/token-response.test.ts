import { describe, expect, it } from 'vitest'
import { parseJsonObject } from '../../util/json.ts'
import { ClientError } from './errors.ts'
import { validateTokenResponse } from './token-response.ts'

const context = { stage: 'token', endpoint: 'https://op.example/token?a=b', now: 1000 } as const
const read = (status: number, text: string) => validateTokenResponse({ status, value: parseJsonObject(text) }, context)

function failure(status: number, text: string): ClientError {
  try {
    read(status, text)
  } catch (error) {
    if (error instanceof ClientError) return error
    throw error
  }
  throw new Error('the response was accepted')
}

describe('RFC 6749 §5.1 a token response', () => {
  it('becomes a token set that knows when it ends, and keeps what else was granted', () => {
    expect(
      read(200, '{"access_token":"a","token_type":"bearer","expires_in":60,"refresh_token":"r","team":{"id":1}}'),
    ).toEqual({
      access_token: 'a',
      token_type: 'bearer',
      expires_in: 60,
      expires_at: 1060,
      refresh_token: 'r',
      team: { id: 1 },
    })
  })

  it.each([
    ['"3600"', { expires_in: 3600, expires_at: 4600 }],
    ['59.9', { expires_in: 59, expires_at: 1059 }],
    ['0', { expires_in: 0, expires_at: 1000 }],
    ['null', {}],
    ['""', {}],
  ])('reads expires_in %s', (value, members) => {
    const {
      access_token: _,
      token_type: __,
      ...rest
    } = read(200, `{"access_token":"a","token_type":"b","expires_in":${value}}`)
    expect(rest).toEqual(members)
  })

  it('takes a point in time from a server that says no lifetime, and only a number', () => {
    expect(read(200, '{"access_token":"a","token_type":"b","expires_at":5000}').expires_at).toBe(5000)
    expect(read(200, '{"access_token":"a","token_type":"b","expires_at":"2026-01-01"}')).not.toHaveProperty(
      'expires_at',
    )
    expect(read(200, '{"access_token":"a","token_type":"b","expires_at":5000,"expires_in":1}').expires_at).toBe(1001)
  })

  it('takes no empty refresh token, and no claims that nobody validated', () => {
    const token = read(
      200,
      '{"access_token":"a","token_type":"b","refresh_token":"","id_token":null,"userinfo":{"sub":"root"}}',
    )
    expect(token).toEqual({ access_token: 'a', token_type: 'b' })
  })

  it.each([
    ['{}', 'access_token', '"access_token" in the token response is missing'],
    ['{"access_token":"","token_type":"b"}', 'access_token', '"access_token" in the token response is missing'],
    ['{"access_token":7,"token_type":"b"}', 'access_token', '"access_token" in the token response must be a text'],
    [
      '{"access_token":"a"}',
      'token_type',
      '"token_type" in the token response is missing: the hook "accessTokenResponse" of "compliance" can add it',
    ],
    ...['{}', '[{}]', '[{"type":""}]', '["x"]'].map((details) => [
      `{"access_token":"a","token_type":"b","authorization_details":${details}}`,
      'authorization_details',
      '"authorization_details" in the token response must be a list of objects with a "type"',
    ]),
    [
      '{"access_token":"a","token_type":"b","refresh_token":[]}',
      'refresh_token',
      '"refresh_token" in the token response must be a text',
    ],
    ['{"access_token":"a","token_type":"b","scope":["x"]}', 'scope', '"scope" in the token response must be a text'],
    [
      '{"access_token":"a","token_type":"b","id_token":{}}',
      'id_token',
      '"id_token" in the token response must be a text',
    ],
    [
      '{"access_token":"a","token_type":"b","expires_in":"soon"}',
      'expires_in',
      '"expires_in" in the token response must be a number of seconds',
    ],
    [
      '{"access_token":"a","token_type":"b","expires_in":-1}',
      'expires_in',
      '"expires_in" in the token response must be a number of seconds',
    ],
    [
      '{"access_token":"a","token_type":"b","expires_in":true}',
      'expires_in',
      '"expires_in" in the token response must be a number of seconds',
    ],
  ])('%s is refused', (text, parameter, message) => {
    expect(failure(200, text)).toMatchObject({
      code: 'token_response_invalid',
      stage: 'token',
      status: 200,
      parameter,
      message,
    })
  })

  it.each(['a\r\nx: y', 'a\0', 'a\x7f', 'ä', '€'])('RFC 6749 §A.12: the access token %j is refused', (value) => {
    expect(failure(200, JSON.stringify({ access_token: value, token_type: 'b' }))).toMatchObject({
      code: 'token_response_invalid',
      parameter: 'access_token',
      message: '"access_token" in the token response must be printable ASCII',
    })
  })

  it('RFC 6749 §A.12: every printable character may be in an access token', () => {
    const printable = String.fromCharCode(...Array.from({ length: 0x5f }, (_, index) => 0x20 + index))
    expect(read(200, JSON.stringify({ access_token: printable, token_type: 'b' })).access_token).toBe(printable)
  })
})

describe('RFC 6749 §5.2 a refusal', () => {
  it.each([
    [
      400,
      '{"error":"invalid_grant","error_description":"used"}',
      'token_refused',
      'token endpoint refused the request (invalid_grant)',
    ],
    [200, '{"error":"bad_verification_code"}', 'token_refused', 'token endpoint refused the request'],
    [
      503,
      '{"error":"temporarily_unavailable"}',
      'token_refused',
      'token endpoint refused the request (temporarily_unavailable)',
    ],
    [
      401,
      '{"message":"Bad credentials"}',
      'token_refused',
      'token endpoint answered with status 401 and no "error": expected 200',
    ],
    [
      201,
      '{"access_token":"a","token_type":"b"}',
      'token_refused',
      'token endpoint answered with status 201 and no "error": expected 200',
    ],
    [500, '{}', 'request_failed', 'token endpoint answered with status 500 and no "error": expected 200'],
  ])('status %i with %s', (status, text, code, message) => {
    expect(failure(status, text)).toMatchObject({ code, message, status, endpoint: 'https://op.example/token' })
  })

  it('hands over what the server said', () => {
    expect(
      failure(400, '{"error":"invalid_grant","error_description":"used","error_uri":"https://e"}').refusal,
    ).toEqual({
      error: 'invalid_grant',
      error_description: 'used',
      error_uri: 'https://e',
    })
  })
})
