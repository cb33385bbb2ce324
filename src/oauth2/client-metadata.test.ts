import { describe, expect, it } from 'vitest'
import { type ClientMetadata, findClientMetadataProblems } from './client-metadata.ts'

const VALID: ClientMetadata = { redirect_uris: ['https://app.example/cb'] }

describe('RFC 7591 §2, RFC 6749 §3.1.2.2, OIDC Registration §2 and OIDC RP-Initiated Logout §3.1 client metadata', () => {
  it.each<[string, ClientMetadata]>([
    ['a web application', VALID],
    ['a service', { grant_types: ['client_credentials'] }],
    ['a native application', { ...VALID, application_type: 'native', redirect_uris: ['com.example.app:/cb'] }],
    [
      'one that says everything',
      {
        ...VALID,
        client_uri: 'https://app.example',
        logo_uri: 'http://localhost/logo.png',
        scope: 'openid profile',
        jwks_uri: 'https://app.example/jwks',
        response_types: ['code id_token', 'code'],
        post_logout_redirect_uris: ['https://app.example/bye'],
      },
    ],
  ])('of %s is fine', (_, metadata) => {
    expect(findClientMetadataProblems(metadata)).toEqual([])
  })

  it.each<[ClientMetadata, string]>([
    [{}, '"redirect_uris" must name at least one for the authorization code grant'],
    [
      { redirect_uris: ['http://app.example/cb'] },
      'each of "redirect_uris" must be https unless its host is a loopback host',
    ],
    [{ ...VALID, post_logout_redirect_uris: ['/bye'] }, 'each of "post_logout_redirect_uris" must be an absolute URI'],
    [{ ...VALID, scope: 'a "b"' }, '"scope" must be scope tokens separated by spaces'],
    [{ ...VALID, jwks_uri: 'http://app.example/jwks' }, '"jwks_uri" must be https, or http on a loopback address'],
    [{ ...VALID, jwks_uri: 'nonsense' }, '"jwks_uri" must be https, or http on a loopback address'],
    [
      { ...VALID, jwks: { keys: [] }, jwks_uri: 'https://app.example/jwks' },
      '"jwks" and "jwks_uri" must not be given together',
    ],
    [
      { grant_types: ['client_credentials'], response_types: ['code'] },
      '"response_types" with "code" needs "authorization_code" among "grant_types"',
    ],
    [
      { grant_types: ['client_credentials'], token_endpoint_auth_method: 'none' },
      '"grant_types" must not include "client_credentials" for a client that has no credentials',
    ],
  ])('%j: %s', (metadata, problem) => {
    expect(findClientMetadataProblems(metadata)).toEqual([problem])
  })
})

describe('CVE-2026-22752 scripts in client metadata', () => {
  it.each(['client_uri', 'logo_uri', 'tos_uri', 'policy_uri'])('are refused in %s', (name) => {
    for (const url of ['javascript:alert(1)', 'data:text/html,x', 'ftp://app.example', 'nonsense']) {
      expect(findClientMetadataProblems({ ...VALID, [name]: url })).toEqual([
        `"${name}" must be an absolute http or https URL`,
      ])
    }
  })
})
