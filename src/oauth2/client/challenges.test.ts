import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ChallengeError, readChallenge, throwOnChallenge } from './challenges.ts'
import { ClientError } from './errors.ts'

const refused = (status: number, ...challenges: string[]): Response =>
  new Response('', { status, headers: challenges.map((value): [string, string] => ['www-authenticate', value]) })

describe('RFC 6750 §3 what a refused call was told', () => {
  it('is an error with the parameters by their names', () => {
    const error = readChallenge(
      refused(
        403,
        'Bearer realm="files", error="insufficient_scope", error_description="more", error_uri="https://api.example/e", ' +
          'scope="read write", resource_metadata="https://api.example/.well-known/oauth-protected-resource"',
      ),
    )
    expect(error).toBeInstanceOf(ClientError)
    expect(error).toMatchObject({
      name: 'ChallengeError',
      code: 'access_refused',
      stage: 'resource',
      status: 403,
      message: 'API refused access with status 403 (insufficient_scope)',
      refusal: { error: 'insufficient_scope', error_description: 'more', error_uri: 'https://api.example/e' },
    })
    expect(error?.challenge).toEqual({
      scheme: 'bearer',
      realm: 'files',
      error: 'insufficient_scope',
      error_description: 'more',
      error_uri: 'https://api.example/e',
      scope: 'read write',
      resource_metadata: 'https://api.example/.well-known/oauth-protected-resource',
    })
  })

  it('RFC 9470 §3: says how the person must have signed in', () => {
    const header = 'Bearer error="insufficient_user_authentication", acr_values="myACR other", max_age="5"'
    expect(readChallenge(refused(401, header))?.challenge).toEqual({
      scheme: 'bearer',
      error: 'insufficient_user_authentication',
      acr_values: 'myACR other',
      max_age: 5,
    })
  })

  it('a call without a token is told no error', () => {
    const error = readChallenge(refused(401, 'Bearer realm="files"'))
    expect(error?.challenge).toEqual({ scheme: 'bearer', realm: 'files' })
    expect(error?.refusal).toBeUndefined()
    expect(error?.message).toBe('API refused access with status 401')
  })

  it.each([
    [['Basic realm="x"', 'Bearer realm="y"'], 'bearer'],
    [['Bearer realm="y"', 'DPoP error="invalid_token", algs="ES256"'], 'dpop'],
    [['Negotiate', 'Basic realm="x"'], 'negotiate'],
    [['Negotiate, Basic realm="x", Bearer error="invalid_token"'], 'bearer'],
  ])('of %j chooses %s', (headers, scheme) => {
    expect(readChallenge(refused(401, ...headers))?.challenge.scheme).toBe(scheme)
  })

  it.each([
    [200, 'Bearer error="invalid_token"'],
    [302, 'Bearer error="invalid_token"'],
    [401, ''],
    [401, 'Bearer error="a", error="b"'],
    [403, '"'],
  ])('is nothing at status %i with %j', (status, header) => {
    expect(readChallenge(refused(status, ...(header === '' ? [] : [header])))).toBeUndefined()
  })

  it('holds nothing that could forge a line of a log, or be called in the clear', () => {
    const error = readChallenge(
      refused(
        401,
        `Bearer error="x\ty", error_description="${'d'.repeat(600)}", scope="a\\"b", max_age="-1", ` +
          'resource_metadata="http://evil.example/", realm="é"',
      ),
    )
    expect(error?.challenge).toEqual({ scheme: 'bearer', error: 'xy', error_description: 'd'.repeat(500) })
    expect(error?.message).toBe('API refused access with status 401')
  })

  it('names the address without its query, where the platform tells it', () => {
    const { status, headers } = refused(401, 'Bearer')
    const error = readChallenge({ status, headers, url: 'https://api.example/files?token=secret' })
    expect(error?.endpoint).toBe('https://api.example/files')
  })
})

describe('whatever an API says', () => {
  const part = fc.constantFrom(
    'Bearer ',
    'DPoP ',
    'error="',
    'scope="',
    'insufficient_scope',
    '"',
    ', ',
    '=',
    '\\',
    'a',
    'é',
  )

  it('is read or left, and nothing of it can forge a line', () => {
    fc.assert(
      fc.property(fc.array(part, { maxLength: 20 }), (parts) => {
        const error = readChallenge(refused(401, parts.join('')))
        expect(error?.message ?? '').toMatch(/^(?:API refused access with status 401(?: \([a-z_]+\))?)?$/)
        for (const text of Object.values(error?.challenge ?? {})) expect(String(text)).toMatch(/^[\x20-\x7e]*$/)
      }),
    )
  })
})

describe('refused access as an exception', () => {
  it('throws it', () => {
    expect(() => throwOnChallenge(refused(401, 'Bearer error="invalid_token"'))).toThrow(ChallengeError)
  })

  it.each([refused(200), refused(404), refused(401), refused(500)])(
    'returns every other answer: case %#',
    (response) => {
      expect(throwOnChallenge(response)).toBe(response)
    },
  )
})
