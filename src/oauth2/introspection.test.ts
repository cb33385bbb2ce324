import { describe, expect, it } from 'vitest'
import { Key } from '../jose/jwk/index.ts'
import { KeySet } from '../jose/jwks/index.ts'
import { decodeUnverifiedJwt, signJwt } from '../jose/jwt/index.ts'
import type { JsonObject } from '../util/json.ts'
import { INACTIVE, parseIntrospectionResponse } from './introspection.ts'
import { readIntrospectionJwt, signIntrospectionResponse } from './introspection-jwt.ts'

describe('RFC 7662 §2.2, RFC 7519 §4.1.3 and RFC 9470 §6.2 an introspection response', () => {
  it('is read with what it says', () => {
    const response: JsonObject = {
      active: true,
      scope: 'read',
      client_id: 'web',
      username: null,
      aud: ['https://api.example'],
      exp: 1_700_000_000.5,
      cnf: { jkt: 'abc' },
      act: { sub: 'robot' },
      acr: 'urn:example:mfa',
      auth_time: 1_699_999_000,
      'https://example/tenant': 7,
    }
    const { username: _, ...said } = response
    expect(parseIntrospectionResponse(response)).toEqual(said)
  })

  it('that is not active says nothing more, whatever comes with it', () => {
    expect(parseIntrospectionResponse({ active: false, sub: 'alice', exp: 'x' })).toBe(INACTIVE)
  })

  it.each<[JsonObject, string]>([
    [{}, '"active" must be a boolean'],
    [{ active: 'true' }, '"active" must be a boolean'],
    [{ active: true, scope: ['read'] }, '"scope" must be a string'],
    [{ active: true, sub: 7 }, '"sub" must be a string'],
    [{ active: true, exp: '1700000000' }, '"exp" must be a number of seconds'],
    [{ active: true, auth_time: '1699999000' }, '"auth_time" must be a number of seconds'],
    [{ active: true, acr: 2 }, '"acr" must be a string'],
    [{ active: true, aud: [1] }, '"aud" must be a string or a list of strings'],
    [{ active: true, cnf: 'abc' }, '"cnf" must be an object'],
    [{ active: true, act: [] }, '"act" must be an object'],
  ])('is refused: %j', (response, problem) => {
    expect(() => parseIntrospectionResponse(response)).toThrow(new SyntaxError(`introspection response: ${problem}`))
  })
})

describe('RFC 9701 §5 an introspection response as a JWT', async () => {
  const keys = await KeySet.generate(['ES256'])
  const clock = (): number => 1_700_000_000_000
  const sign = { issuer: 'https://op.example', audience: 'api', alg: 'ES256', clock } as const
  const read = { issuer: 'https://op.example', audience: 'api', algorithms: ['ES256'], clock } as const

  it('says who says it, to whom and when; what it says of the token stands apart', async () => {
    const jwt = await signIntrospectionResponse({ active: true, sub: 'alice', exp: 1 }, keys, sign)
    expect(decodeUnverifiedJwt(jwt)).toEqual({
      header: { typ: 'token-introspection+jwt', alg: 'ES256', kid: expect.any(String) },
      claims: {
        iss: 'https://op.example',
        aud: 'api',
        iat: 1_700_000_000,
        token_introspection: { active: true, sub: 'alice', exp: 1 },
      },
    })
    expect(await readIntrospectionJwt(jwt, keys, read)).toEqual({ active: true, sub: 'alice', exp: 1 })
  })

  it('can be encrypted, and then has to be', async () => {
    const secret = await Key.generate({ kty: 'EC', crv: 'P-256' }, { use: 'enc' })
    const encryption = { keys: secret, alg: 'ECDH-ES', enc: 'A256GCM' } as const
    const jwt = await signIntrospectionResponse({ active: false }, keys, { ...sign, encryption })
    expect(jwt.split('.')).toHaveLength(5)
    const decryption = { keys: secret, algorithms: ['ECDH-ES'] }
    expect(await readIntrospectionJwt(jwt, keys, { ...read, decryption })).toBe(INACTIVE)
    await expect(readIntrospectionJwt(jwt, keys, read)).rejects.toMatchObject({ code: 'token_malformed' })
    const plain = await signIntrospectionResponse({ active: false }, keys, sign)
    await expect(readIntrospectionJwt(plain, keys, { ...read, decryption })).rejects.toMatchObject({
      code: 'token_malformed',
    })
  })

  it.each([
    ['another type', { typ: 'JWT' }, {}, 'type_mismatch'],
    ['another issuer', {}, { iss: 'https://other.example' }, 'claim_mismatch'],
    ['another audience', {}, { aud: 'other' }, 'claim_mismatch'],
    ['no response in it', {}, { token_introspection: undefined }, 'claim_invalid'],
    ['half a response in it', {}, { token_introspection: { active: 1 } }, 'claim_invalid'],
  ])('is refused with %s', async (_, header, changes, code) => {
    const claims = { iss: 'https://op.example', aud: 'api', token_introspection: { active: false }, ...changes }
    const jwt = await signJwt(claims, keys, { typ: 'token-introspection+jwt', clock, ...header })
    await expect(readIntrospectionJwt(jwt, keys, read)).rejects.toMatchObject({ code })
  })

  it('is refused where somebody else signed it', async () => {
    const jwt = await signIntrospectionResponse({ active: true }, await KeySet.generate(['ES256']), sign)
    await expect(readIntrospectionJwt(jwt, keys, read)).rejects.toMatchObject({ code: 'key_not_found' })
  })
})
