import { describe, expect, it } from 'vitest'
import { ConfigurationError } from '../../util/configuration-error.ts'
import { OAuth2Client } from './client.ts'
import type { OAuth2ClientOptions } from './options.ts'

function problems(options: Partial<OAuth2ClientOptions>): readonly string[] {
  try {
    new OAuth2Client({ clientId: 'app', issuer: 'https://op.example', ...options })
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems
    throw error
  }
  return []
}

/** As JavaScript, or a file of settings, may have it. */
const untyped = (options: object): Partial<OAuth2ClientOptions> => options

const ADDRESS = 'must be an absolute URL with https, or http on a loopback host'

describe('RFC 6749 §2 the options of a client', () => {
  it.each<[Partial<OAuth2ClientOptions>, string]>([
    [{ clientId: '' }, '"clientId" is missing: expected the identifier given by the provider'],
    [
      { clientSecret: '' },
      '"clientSecret" is there but empty: expected the secret, or nothing at all for a public client',
    ],
    [
      { tokenEndpointAuthMethod: 'client_secret_post' },
      '"clientSecret" is missing: "tokenEndpointAuthMethod" is client_secret_post',
    ],
    [
      { tokenEndpointAuthMethod: 'none', clientSecret: 's' },
      '"tokenEndpointAuthMethod" is none, which sends no secret: leave "clientSecret" out',
    ],
    [{ accessTokenUrl: 'http://op.example/token' }, `"accessTokenUrl" ${ADDRESS}`],
    [{ authorizeUrl: '/authorize' }, `"authorizeUrl" ${ADDRESS}`],
    [{ apiBaseUrl: 'https://user:pw@api.example' }, `"apiBaseUrl" ${ADDRESS}`],
    [{ serverMetadataUrl: 'http://localhost.evil.example' }, `"serverMetadataUrl" ${ADDRESS}`],
    [{ issuer: 'http://op.example' }, '"issuer" must be https, or http on a loopback address'],
    [{ issuer: 'https://op.example?tenant=1' }, '"issuer" must not have a query or fragment'],
    [{ serverMetadata: { issuer: 'https://other.example' } }, '"serverMetadata" names another issuer than "issuer"'],
    [
      { serverMetadata: { token_endpoint: 'http://op.example/token' } },
      '"token_endpoint" in "serverMetadata" is invalid: expected an absolute URL with https, or http on a loopback host',
    ],
    [{ scope: 'a "b"' }, '"scope" must be names without quotes or backslashes, separated by spaces'],
    [{ scope: ['a', 'b\\'] }, '"scope" must be names without quotes or backslashes, separated by spaces'],
    [{ redirectUri: '/callback' }, '"redirectUri" must be an absolute URI'],
    [{ refreshTokenUrl: 'http://op.example/renew' }, `"refreshTokenUrl" ${ADDRESS}`],
    [
      { tokenEndpointAuthMethod: 'private_key_jwt' },
      '"tokenEndpointAuthMethod" is unknown: expected one of client_secret_basic, client_secret_post, none, or an object',
    ],
    [
      { tokenEndpointAuthMethod: 'theirs', clientAuthMethods: [{ method: 'ours', authenticate: () => ({}) }] },
      '"tokenEndpointAuthMethod" is unknown: expected one of client_secret_basic, client_secret_post, none, ours, or an object',
    ],
    [
      { revocationEndpointAuthMethod: 'client_secret_basic' },
      '"clientSecret" is missing: "revocationEndpointAuthMethod" is client_secret_basic',
    ],
    [{ resource: 'api' }, '"resource" must be an absolute URI without fragment, or a list of such'],
    [
      { resource: ['https://a', 'https://a#b'] },
      '"resource" must be an absolute URI without fragment, or a list of such',
    ],
    [{ authorizationDetails: [{ type: '' }] }, '"authorizationDetails" must be a list of objects with a "type"'],
    ...(['state', 'code_challenge', 'redirect_uri', 'request_uri', 'dpop_jkt', 'nonce', 'max_age'] as const).map(
      (name): [Partial<OAuth2ClientOptions>, string] => [
        { authorizeParams: { [name]: 'x' } },
        `"${name}" cannot be set through "authorizeParams": the client sets it for each request`,
      ],
    ),
    [
      { accessTokenParams: { grant_type: 'x' } },
      '"grant_type" cannot be set through "accessTokenParams": the client sets it for each request',
    ],
    [
      { refreshTokenParams: { refresh_token: 'x' } },
      '"refresh_token" cannot be set through "refreshTokenParams": the client sets it for each request',
    ],
    [untyped({ tokenPlacement: 'uri' }), '"tokenPlacement" must be one of header, query, body'],
    [untyped({ codeChallengeMethod: 'plain' }), '"codeChallengeMethod" must be one of S256, none'],
    [
      untyped({ pushedAuthorizationRequests: true }),
      '"pushedAuthorizationRequests" must be one of auto, always, never',
    ],
    [{ leeway: Number.NaN }, '"leeway" must be a whole number of seconds'],
    [{ leeway: -1 }, '"leeway" must be a whole number of seconds'],
  ])('%j: %s', (options, problem) => {
    expect(problems(options)).toEqual([problem])
  })

  it('takes what is right', () => {
    expect(
      problems({
        refreshTokenUrl: 'https://op.example/renew',
        clientAuthMethods: [{ method: 'ours', authenticate: () => ({}) }],
        tokenEndpointAuthMethod: 'ours',
        revocationEndpointAuthMethod: 'none',
        resource: ['https://api.example', 'urn:example:api'],
        authorizationDetails: [{ type: 'payment' }],
        authorizeParams: { prompt: 'login' },
        accessTokenParams: { audience: 'api' },
        refreshTokenParams: { scope: 'a' },
        tokenPlacement: 'query',
        pushedAuthorizationRequests: 'always',
        userAgent: 'app/1.0',
      }),
    ).toEqual([])
  })

  it('tells every problem at once', () => {
    expect(problems({ clientId: '', scope: '"', accessTokenUrl: 'x' })).toHaveLength(3)
  })

  it('wants to know the server', () => {
    expect(() => new OAuth2Client({ clientId: 'app' })).toThrow(
      'OAuth2Client: the authorization server is not named: expected "serverMetadataUrl", "issuer" or "accessTokenUrl"',
    )
  })

  it('RFC 8414 §3.3: wants to know whose document it is where the address does not say', () => {
    expect(() => new OAuth2Client({ clientId: 'app', serverMetadataUrl: 'https://op.example/metadata' })).toThrow(
      '"issuer" is missing: "serverMetadataUrl" is no well-known address, so it does not say whose metadata it holds',
    )
  })

  it('takes loopback addresses for development', () => {
    expect(problems({ issuer: 'http://localhost:4400', apiBaseUrl: 'http://127.0.0.1:1/' })).toEqual([])
  })
})
