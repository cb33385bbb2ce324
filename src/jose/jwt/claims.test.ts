import { beforeAll, describe, expect, it } from 'vitest'
import { Key } from '../jwk/key.ts'
import { signCompact } from '../jws/compact.ts'
import type { ClaimRules } from './claim-rules.ts'
import type { JwtClaims } from './claims.ts'
import type { ClaimsSchema } from './schema.ts'
import { parseUnverifiedJwt } from './unverified.ts'
import { type VerifyJwtOptions, verifyJwt } from './verify.ts'

const refusal = (code: string, message: string, claim?: string): object => ({
  name: 'JoseError',
  code,
  message,
  ...(claim && { claim }),
})

let key: Key

beforeAll(async () => {
  key = await Key.generate('HS256')
})

const token = (claims: unknown): Promise<string> => signCompact(JSON.stringify(claims), key, { typ: 'JWT' })
const check = async (claims: unknown, options: VerifyJwtOptions): Promise<JwtClaims> =>
  (await verifyJwt(await token(claims), key, options)).claims

describe('RFC 7519 §4.2, §4.3 rules for further claims', () => {
  const odd = { validate: (value: unknown) => Number(value) % 2 === 1 }
  const refused: [string, unknown, ClaimRules, string, string][] = [
    ['an essential claim that is missing', {}, { role: { essential: true } }, 'claim_missing', '"role" claim missing'],
    [
      'an essential claim that is empty',
      { role: '' },
      { role: { essential: true } },
      'claim_missing',
      '"role" claim missing',
    ],
    [
      'a missing claim that has to have a value',
      {},
      { role: { value: 'admin' } },
      'claim_missing',
      '"role" claim missing',
    ],
    [
      'a missing claim that has to have one of some',
      {},
      { role: { values: ['a'] } },
      'claim_missing',
      '"role" claim missing',
    ],
    [
      'another value',
      { role: 'u' },
      { role: { value: 'admin' } },
      'claim_mismatch',
      '"role" claim mismatch: expected "admin"',
    ],
    [
      'none of the values',
      { role: 'u' },
      { role: { values: ['a', 1, true] } },
      'claim_mismatch',
      '"role" claim mismatch: expected "a" or 1 or true',
    ],
    [
      'any value where none is accepted',
      { role: 'u' },
      { role: { values: [] } },
      'claim_mismatch',
      '"role" claim mismatch: expected ',
    ],
    ['falsy values that differ', { n: 1 }, { n: { value: 0 } }, 'claim_mismatch', '"n" claim mismatch: expected 0'],
    ['a value of another type', { n: '0' }, { n: { value: 0 } }, 'claim_mismatch', '"n" claim mismatch: expected 0'],
    [
      'a list without it',
      { amr: ['a', 'b'] },
      { amr: { value: 'c' } },
      'claim_mismatch',
      '"amr" claim mismatch: expected "c"',
    ],
    [
      'what its validator refuses',
      { n: 2 },
      { n: odd },
      'claim_mismatch',
      '"n" claim mismatch: its validator refuses it',
    ],
    [
      'an object that only looks like it',
      { role: {} },
      { role: { value: '[object Object]' } },
      'claim_mismatch',
      '"role" claim mismatch: expected "[object Object]"',
    ],
    [
      'a claim that only the prototype has',
      {},
      { toString: { essential: true } },
      'claim_missing',
      '"toString" claim missing',
    ],
    [
      'a registered claim',
      { jti: 'a' },
      { jti: { value: 'b' } },
      'claim_mismatch',
      '"jti" (JWT ID) claim mismatch: expected "b"',
    ],
  ]

  it.each(refused)('refuse %s', async (_, claims, rules, code, message) => {
    await expect(check(claims, { claims: rules })).rejects.toMatchObject(refusal(code, message, Object.keys(rules)[0]))
  })

  it.each<[string, unknown, ClaimRules]>([
    ['the value', { role: 'admin' }, { role: { value: 'admin' } }],
    ['one of the values', { role: 1 }, { role: { value: 'a', values: [1] } }],
    ['falsy values', { n: 0, b: false }, { n: { value: 0 }, b: { value: false } }],
    ['a list with one of them', { amr: ['pwd', 'otp'] }, { amr: { values: ['otp', 'mfa'] } }],
    ['what its validator accepts', { n: 3 }, { n: odd }],
    ['a claim that may be missing', {}, { role: { essential: false, value: 'admin' } }],
    ['a missing claim that only has a validator', {}, { n: odd }],
  ])('accept %s', async (_, claims, rules) => {
    expect(await check(claims, { claims: rules })).toEqual(claims)
  })

  it('hand all claims to a validator', async () => {
    const validate = (value: unknown, claims: JwtClaims): boolean => value === claims.sub
    expect(await check({ sub: 'u', owner: 'u' }, { claims: { owner: { validate } } })).toEqual({ sub: 'u', owner: 'u' })
    await expect(check({ sub: 'u', owner: 'v' }, { claims: { owner: { validate } } })).rejects.toMatchObject({
      code: 'claim_mismatch',
    })
  })

  it('take no promise for a verdict', async () => {
    const validate = (async () => true) as unknown as () => boolean
    await expect(check({ n: 1 }, { claims: { n: { validate } } })).rejects.toThrow(
      new TypeError('validator of the claim "n" must answer true or false'),
    )
  })

  it.each(['value', 'values', 'validate'])('take "%s" without a value for a slip, not for consent', async (name) => {
    await expect(check({ n: 1 }, { claims: { n: { [name]: undefined } } })).rejects.toThrow(
      new TypeError(`"${name}" for the claim "n" is undefined: leave it out, or give it a value`),
    )
  })
})

describe('claims checked by a schema', () => {
  interface Account {
    readonly id: number
  }
  const asked: unknown[] = []
  const schema: ClaimsSchema<Account> = {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate(value) {
        asked.push(value)
        const { sub } = value as JwtClaims
        const id = Number(sub)
        const issue = { message: `Received ${sub}`, path: [{ key: 'sub' }, 0] }
        return Number.isNaN(id) ? { issues: [issue] } : Promise.resolve({ value: { id } })
      },
    },
  }

  it('are what the schema makes of them, and typed by it', async () => {
    const { claims } = await verifyJwt(await token({ sub: '42' }), key, { schema })
    const { id }: Account = claims
    expect([id, claims]).toEqual([42, { id: 42 }])
  })

  it('are refused without repeating what was received', async () => {
    await expect(verifyJwt(await token({ sub: 'secret' }), key, { schema })).rejects.toMatchObject(
      refusal('claim_invalid', 'claims invalid: the schema refuses them', 'sub'),
    )
  })

  it('are shown to the schema only once all else is right', async () => {
    asked.length = 0
    await expect(verifyJwt(await token({ sub: '1', exp: 1 }), key, { schema })).rejects.toMatchObject({
      code: 'token_expired',
    })
    expect(asked).toEqual([])
  })

  it.each([[undefined], [[]], [[5]], [[Symbol('x')]]])(
    'name no claim where the schema names none: %o',
    async (path) => {
      const vague: ClaimsSchema<Account> = {
        '~standard': { version: 1, vendor: 'test', validate: () => ({ issues: [{ message: 'no', path }] }) },
      }
      const error = await verifyJwt(await token({}), key, { schema: vague }).catch((reason: unknown) => reason)
      expect(error).toMatchObject({ code: 'claim_invalid', claim: undefined })
    },
  )
})

describe('RFC 7519 §7.2 two steps: look, choose the keys, verify', () => {
  it('shows nothing under the names of what was verified', async () => {
    const unverified = parseUnverifiedJwt(await token({ iss: 'i' }))
    expect(Object.keys(unverified)).toEqual(['unverifiedHeader', 'unverifiedClaims', 'verify'])
    expect(unverified.unverifiedHeader).toEqual({ alg: 'HS256', typ: 'JWT', kid: key.kid })
    expect(unverified.unverifiedClaims).toEqual({ iss: 'i' })
    expect((await unverified.verify(key, { issuer: 'i' })).claims).toEqual({ iss: 'i' })
  })

  it('refuses in the second step what one step refuses', async () => {
    const unverified = parseUnverifiedJwt(await token({ iss: 'i' }))
    await expect(unverified.verify(await Key.generate('HS256'))).rejects.toMatchObject({ code: 'signature_invalid' })
    await expect(unverified.verify(key, { issuer: 'j' })).rejects.toMatchObject({ code: 'claim_mismatch' })
    await expect(unverified.verify(key, { typ: 'at+jwt' })).rejects.toMatchObject({ code: 'type_mismatch' })
  })
})

describe('RFC 7797 §7 a JWT is always encoded', () => {
  it.each([[undefined], [['b64']]])('even where the caller understands %o', async (critical) => {
    const jwt = await signCompact('{}', key, { unencoded: true })
    const options = critical === undefined ? {} : { critical }
    await expect(verifyJwt(jwt, key, options)).rejects.toMatchObject({ code: 'critical_unsupported' })
    expect(() => parseUnverifiedJwt(jwt)).toThrow(expect.objectContaining({ code: 'critical_unsupported' }))
  })

  it('and other extensions are as critical as in any JWS', async () => {
    const jwt = await signCompact('{}', key, { header: { x: 1 }, critical: ['x'] })
    await expect(verifyJwt(jwt, key)).rejects.toMatchObject({ code: 'critical_unsupported' })
    await verifyJwt(jwt, key, { critical: ['x'] })
  })
})
