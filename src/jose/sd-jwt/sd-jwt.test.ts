import { beforeAll, describe, expect, it } from 'vitest'
import { Key } from '../jwk/key.ts'
import { KeySet } from '../jwks/key-set.ts'
import { signJwt, verifyJwt } from '../jwt/index.ts'
import { digestOf } from './digest.ts'
import { writeDisclosure } from './disclosure.ts'
import {
  type ClaimPath,
  type IssueSdJwtOptions,
  issueSdJwt,
  presentSdJwt,
  sdJwtFromJson,
  sdJwtToJson,
  selective,
  type VerifySdJwtOptions,
  verifySdJwt,
} from './index.ts'

const refusal = (code: string, message: string): object => ({ name: 'JoseError', code, message })
const now = 1_700_000_000
const clock = (): number => now * 1000

let issuer: Key
let holder: Key

beforeAll(async () => {
  issuer = await Key.generate('ES256')
  holder = await Key.generate('ES256')
})

const person = {
  sub: 'u1',
  email: selective('u@example.org'),
  address: selective({ street: selective('1 High St'), country: 'DE' }),
  nationalities: ['XX', selective('DE'), selective('FR')],
  empty: selective(null),
}
const plain = {
  sub: 'u1',
  email: 'u@example.org',
  address: { street: '1 High St', country: 'DE' },
  nationalities: ['XX', 'DE', 'FR'],
  empty: null,
  iat: now,
}

const issue = (options: IssueSdJwtOptions = {}): Promise<string> => issueSdJwt(person, issuer, { clock, ...options })
const verify = async (sdJwt: string, options: VerifySdJwtOptions = {}): Promise<unknown> =>
  (await verifySdJwt(sdJwt, issuer, { clock, ...options })).claims

/** What an issuer could sign who does not care for rules. */
const forge = async (payload: object, ...disclosures: readonly string[]): Promise<string> =>
  [await signJwt({ iat: now, ...payload }, issuer, { typ: 'sd-jwt' }), ...disclosures, ''].join('~')
const digest = async (text: string): Promise<string> => digestOf(text, 'sha-256')

describe('RFC 9901 §4 issuing', () => {
  it('RFC 9901 §4.2 hides what is marked, at every level, and the holder sees it all', async () => {
    const sdJwt = await issue()
    const [jwt = '', ...rest] = sdJwt.split('~')
    const { claims } = await verifyJwt(jwt, issuer, { typ: 'sd-jwt', clock })
    expect(claims).toEqual({
      _sd: [expect.any(String), expect.any(String), expect.any(String)],
      _sd_alg: 'sha-256',
      sub: 'u1',
      nationalities: ['XX', { '...': expect.any(String) }, { '...': expect.any(String) }],
      iat: now,
    })
    expect(rest).toHaveLength(7)
    expect(rest.at(-1)).toBe('')
    expect(await verify(sdJwt)).toEqual(plain)
  })

  it('RFC 9901 §4.2.4.1 sorts the digests, so that the order of claims does not show', async () => {
    const [jwt = ''] = (await issue({ decoys: 20 })).split('~')
    const { claims } = await verifyJwt(jwt, issuer, { typ: 'sd-jwt', clock })
    const digests = claims['_sd'] as string[]
    expect(digests).toHaveLength(23)
    expect(digests).toEqual([...digests].sort())
  })

  it('RFC 9901 §4.2.5 decoys change nothing for the holder', async () => {
    expect(await verify(await issue({ decoys: 5 }))).toEqual(plain)
  })

  it('RFC 9901 §4.2.5 decoys are in lists too, anywhere between their elements', async () => {
    const places = new Set<number>()
    for (let round = 0; round < 20; round++) {
      const sdJwt = await issueSdJwt({ list: ['a', selective('b'), 'c'], open: ['d'] }, issuer, { clock, decoys: 2 })
      const [jwt = ''] = sdJwt.split('~')
      const { claims } = await verifyJwt(jwt, issuer, { typ: 'sd-jwt', clock })
      const list = claims['list'] as unknown[]
      expect(list.filter((element) => typeof element === 'object')).toHaveLength(3)
      expect(claims).toMatchObject({ open: ['d'] })
      places.add(list.indexOf('a')).add(list.indexOf('c'))
      expect(await verify(sdJwt)).toEqual({ list: ['a', 'b', 'c'], open: ['d'], iat: now })
      expect(await verify(await presentSdJwt(sdJwt, { disclose: [['list', 1]] }))).toMatchObject({
        list: ['a', 'b', 'c'],
      })
    }
    expect(places.size).toBeGreaterThan(2)
  })

  it('RFC 9901 §9.7 single entries of "aud" may be left to the holder', async () => {
    const sdJwt = await issueSdJwt({ aud: ['a', selective('b')] }, issuer, { clock })
    expect(await verify(sdJwt, { audience: 'b' })).toEqual({ aud: ['a', 'b'], iat: now })
    const kept = await presentSdJwt(sdJwt, { disclose: [] })
    expect(await verify(kept, { audience: 'a' })).toEqual({ aud: ['a'], iat: now })
    await expect(verify(kept, { audience: 'b' })).rejects.toMatchObject({ code: 'claim_mismatch', claim: 'aud' })
    await expect(issueSdJwt({ aud: [selective(5)] }, issuer)).rejects.toMatchObject(
      refusal('claim_invalid', '"aud" (Audience) claim invalid: expected a string or a list of strings'),
    )
  })

  it('RFC 9901 §9.3 salts every disclosure anew', async () => {
    const [first, second] = [await issue(), await issue()]
    const salts = [first, second].flatMap((sdJwt) =>
      sdJwt
        .split('~')
        .slice(1, -1)
        .map((text) => JSON.parse(Buffer.from(text, 'base64url').toString())[0]),
    )
    expect(new Set(salts).size).toBe(12)
    expect(salts.every((salt) => Buffer.from(salt, 'base64url').length === 16)).toBe(true)
  })

  it.each(['sha-256', 'sha-384', 'sha-512'] as const)('RFC 9901 §4.1.1 hashes with %s', async (hashAlgorithm) => {
    expect(await verify(await issue({ hashAlgorithm }))).toEqual(plain)
  })

  it.each(['iss', 'aud', 'exp', 'nbf', 'cnf'])('RFC 9901 §9.7 does not leave "%s" to the holder', async (claim) => {
    await expect(issueSdJwt({ [claim]: selective('x') }, issuer)).rejects.toMatchObject({
      code: 'claim_invalid',
      claim,
      message: expect.stringContaining('invalid: expected a claim that is always disclosed'),
    })
  })

  it.each(['_sd', '...', '_sd_alg'])('RFC 9901 §4.1 takes no claim by the name "%s"', async (name) => {
    const refused = refusal(
      'payload_invalid',
      'claims invalid: "_sd", "...", "_sd_alg" and "__proto__" are no names of claims',
    )
    await expect(issueSdJwt({ [name]: [] }, issuer)).rejects.toMatchObject(refused)
    await expect(issueSdJwt({ a: { [name]: selective(1) } }, issuer)).rejects.toMatchObject(refused)
  })

  it('takes no mark around nothing', async () => {
    await expect(issueSdJwt({ a: selective(undefined) }, issuer)).rejects.toMatchObject(
      refusal('payload_invalid', 'claims invalid: expected a value to disclose'),
    )
  })
})

describe('RFC 9901 §4.2.6, §7.2 presenting', () => {
  it.each<[string, readonly ClaimPath[], object]>([
    ['nothing', [], { sub: 'u1', nationalities: ['XX'], iat: now }],
    ['one claim', [['email']], { sub: 'u1', email: 'u@example.org', nationalities: ['XX'], iat: now }],
    [
      'a claim within another, which goes along',
      [['address', 'street']],
      { sub: 'u1', address: { country: 'DE', street: '1 High St' }, nationalities: ['XX'], iat: now },
    ],
    ['an element', [['nationalities', 2]], { sub: 'u1', nationalities: ['XX', 'FR'], iat: now }],
    ['all elements', [['nationalities']], { sub: 'u1', nationalities: ['XX', 'DE', 'FR'], iat: now }],
    ['what is disclosed anyway', [['sub'], ['nationalities', 0]], { sub: 'u1', nationalities: ['XX'], iat: now }],
    ['null', [['empty']], { sub: 'u1', nationalities: ['XX'], empty: null, iat: now }],
  ])('discloses %s', async (_, disclose, expected) => {
    expect(await verify(await presentSdJwt(await issue(), { disclose }))).toEqual(expected)
  })

  it.each<[ClaimPath]>([[['phone']], [['nationalities', 3]], [['email', 'x']], [['toString']], [[]]])(
    'says that there is no %o',
    async (path) => {
      await expect(presentSdJwt(await issue(), { disclose: [path] })).rejects.toMatchObject(
        refusal('claim_missing', '"disclose" names a claim that is not there: expected the path of one'),
      )
    },
  )
})

describe('RFC 9901 §7.1 what voids an SD-JWT', () => {
  const reserved = 'payload invalid: "_sd", "..." and "_sd_alg" are only for digests and their algorithm'
  const shape = 'disclosure invalid: expected a salt and a value, with the name of a claim between them or without'

  it.each<[string, unknown[], string]>([
    ['no salt', [], shape],
    ['a salt only', ['s'], shape],
    ['four parts', ['s', 'n', 1, 2], shape],
    ['a salt that is no string', [1, 'n', 1], shape],
    ['a name that is no string', ['s', 1, 1], shape],
    ['the name _sd', ['s', '_sd', 1], 'disclosure invalid: its name is not one that a claim can have'],
    ['the name ...', ['s', '...', 1], 'disclosure invalid: its name is not one that a claim can have'],
    ['the name _sd_alg', ['s', '_sd_alg', 1], 'disclosure invalid: its name is not one that a claim can have'],
    [
      'the name __proto__',
      ['s', '__proto__', { admin: true }],
      'disclosure invalid: its name is not one that a claim can have',
    ],
    [
      'the name of a claim that is there',
      ['s', 'iat', 1],
      'disclosures invalid: expected no name that is there already',
    ],
    ['no name for a member', ['s', 1], 'disclosures invalid: expected a name where a member is disclosed'],
  ])('a disclosure with %s', async (_, parts, message) => {
    const text = Buffer.from(JSON.stringify(parts)).toString('base64url')
    await expect(verify(await forge({ _sd: [await digest(text)] }, text))).rejects.toMatchObject(
      refusal('disclosure_invalid', message),
    )
  })

  it.each(['e30', 'W10=', '!', 'Wx', Buffer.from('["s","n",{"a":1,"a":2}]').toString('base64url')])(
    'a disclosure that is %s',
    async (text) => {
      await expect(verify(await forge({ _sd: [await digest(text)] }, text))).rejects.toMatchObject(
        refusal('disclosure_invalid', expect.stringMatching(/^disclosure invalid: expected a/) as unknown as string),
      )
    },
  )

  it('a name for an element', async () => {
    const text = writeDisclosure(['s', 'n', 1])
    await expect(verify(await forge({ list: [{ '...': await digest(text) }] }, text))).rejects.toMatchObject(
      refusal('disclosure_invalid', 'disclosures invalid: expected no name where an element is disclosed'),
    )
  })

  it('two disclosures of one name', async () => {
    const [one, two] = [writeDisclosure(['s', 'n', 1]), writeDisclosure(['t', 'n', 2])]
    await expect(verify(await forge({ _sd: [await digest(one), await digest(two)] }, one, two))).rejects.toMatchObject(
      refusal('disclosure_invalid', 'disclosures invalid: expected no name that is there already'),
    )
  })

  it('a disclosure without a digest, also when what it belongs to was kept', async () => {
    const message = 'disclosures invalid: expected each to belong to a digest'
    const stray = writeDisclosure(['s', 'n', 1])
    await expect(verify(await forge({}, stray))).rejects.toMatchObject(refusal('disclosure_invalid', message))
    const inner = writeDisclosure(['s', 'inner', 1])
    const outer = writeDisclosure(['s', 'outer', { _sd: [await digest(inner)] }])
    const payload = { _sd: [await digest(outer)] }
    expect(await verify(await forge(payload, inner, outer))).toEqual({ iat: now, outer: { inner: 1 } })
    await expect(verify(await forge(payload, inner))).rejects.toMatchObject(refusal('disclosure_invalid', message))
  })

  it('a digest that comes twice, with or without its disclosure', async () => {
    const text = writeDisclosure(['s', 'n', 1])
    const twice = { _sd: [await digest(text)], nested: { _sd: [await digest(text)] } }
    for (const sdJwt of [await forge(twice, text), await forge(twice)]) {
      await expect(verify(sdJwt)).rejects.toMatchObject(
        refusal('disclosure_invalid', 'disclosures invalid: expected each digest only once'),
      )
    }
  })

  it('a disclosure that comes twice', async () => {
    const text = writeDisclosure(['s', 'n', 1])
    await expect(verify(await forge({ _sd: [await digest(text)] }, text, text))).rejects.toMatchObject(
      refusal('disclosure_invalid', 'disclosures invalid: expected each only once'),
    )
  })

  it.each<[string, object]>([
    ['_sd that is no list', { _sd: 'x' }],
    ['_sd with a number', { _sd: [1] }],
    ['... outside of a list', { '...': 'x' }],
    ['... with company', { list: [{ '...': 'x', y: 1 }] }],
    ['... that is no string', { list: [{ '...': 1 }] }],
    ['_sd_alg further down', { nested: { _sd_alg: 'sha-256' } }],
  ])('%s', async (_, payload) => {
    await expect(verify(await forge(payload))).rejects.toMatchObject(refusal('payload_invalid', reserved))
  })

  it.each(['sha-1', 'SHA-256', 'md5', 5, null, 'constructor'])('the hash function %s', async (name) => {
    await expect(verify(await forge({ _sd_alg: name }))).rejects.toMatchObject(
      refusal(
        'algorithm_unsupported',
        '"_sd_alg" (Hash Algorithm) claim unsupported: expected "sha-256", "sha-384", "sha-512"',
      ),
    )
  })

  it('a payload that is nested without end', async () => {
    const deep = JSON.parse(`${'['.repeat(100)}${']'.repeat(100)}`)
    await expect(verify(await forge({ deep }))).rejects.toMatchObject(
      refusal('payload_invalid', 'payload invalid: it is nested too deeply'),
    )
  })

  it('claims that do not hold, disclosed or not', async () => {
    const text = writeDisclosure(['s', 'exp', 1])
    await expect(verify(await forge({ _sd: [await digest(text)] }, text))).rejects.toMatchObject({
      code: 'token_expired',
    })
    await expect(verify(await issue(), { required: ['phone'] })).rejects.toMatchObject({ code: 'claim_missing' })
    const kept = await presentSdJwt(await issue(), { disclose: [] })
    await expect(verify(kept, { required: ['email'] })).rejects.toMatchObject({ code: 'claim_missing' })
  })

  it('the key of a stranger', async () => {
    await expect(verifySdJwt(await issue(), await Key.generate('ES256'))).rejects.toMatchObject({
      code: 'signature_invalid',
    })
  })
})

describe('RFC 9901 §4 the form', () => {
  const malformed =
    'SD-JWT malformed: expected a JWT and disclosures, each followed by "~", and a key binding JWT or nothing'

  it.each([undefined, 5, '', 'a.b.c', 'a.b.c~~', '~~'])('refuses %o', async (text) => {
    await expect(verify(text as string)).rejects.toMatchObject(refusal('token_malformed', malformed))
  })

  it.each([
    ['disclosures', 5],
    ['payload', 300],
  ])('limits %s', async (name, limit) => {
    await expect(verify(await issue(), { limits: { [name]: limit } })).rejects.toMatchObject({
      code: 'token_too_large',
    })
  })

  it('does not let a token without end pass', async () => {
    await expect(verify(`a.b.c~${'A'.repeat(2_000_000)}~`)).rejects.toMatchObject({ code: 'token_too_large' })
  })
})

describe('RFC 9901 §9.11 explicit types', () => {
  it.each(['sd-jwt', 'example+sd-jwt', 'application/dc+sd-jwt', 'EXAMPLE+SD-JWT'])('takes %s', async (typ) => {
    expect(await verify(await issue({ typ }))).toEqual(plain)
  })

  it.each(['JWT', 'xsd-jwt', 'sd-jwt+x', 'kb+jwt'])('refuses %s, unless it is asked for', async (typ) => {
    await expect(verify(await issue({ typ }))).rejects.toMatchObject(
      refusal('type_mismatch', '"typ" (Type) header parameter mismatch: expected "sd-jwt"'),
    )
    expect(await verify(await issue({ typ }), { typ })).toEqual(plain)
    expect(await verify(await issue({ typ }), { typ: false })).toEqual(plain)
    await expect(verify(await issue(), { typ })).rejects.toMatchObject({ code: 'type_mismatch' })
  })

  it('is no JWT for those who expect one', async () => {
    const [jwt = ''] = (await issue()).split('~')
    await expect(verifyJwt(jwt, issuer, { clock })).rejects.toMatchObject({ code: 'type_mismatch' })
  })
})

describe('RFC 9901 §4.3, §7.3 key binding', () => {
  const audience = 'https://verifier.example'
  const nonce = 'n-1'
  const expected = { audience, nonce }
  const present = async (key: Key, options: object = {}): Promise<string> =>
    presentSdJwt(await issue({ holderKey: holder }), {
      disclose: [['email']],
      keyBinding: { key, audience, nonce, clock, ...options },
    })

  it('proves that the presenter is the holder', async () => {
    const presentation = await present(holder)
    const { claims, keyBinding } = await verifySdJwt(presentation, new KeySet([issuer]), {
      clock,
      keyBinding: expected,
    })
    expect(claims).toMatchObject({ email: 'u@example.org', cnf: { jwk: holder.toPublicJwk() } })
    expect(keyBinding?.header).toMatchObject({ typ: 'kb+jwt', alg: 'ES256' })
    expect(keyBinding?.claims).toEqual({ aud: audience, nonce, iat: now, sd_hash: expect.any(String) })
  })

  it.each<[string, () => Promise<string>, string]>([
    ['another key', async () => present(await Key.generate('ES256')), 'signature_invalid'],
    ['another verifier', () => present(holder, { audience: 'https://other.example' }), 'claim_mismatch'],
    ['another request', () => present(holder, { nonce: 'n-2' }), 'claim_mismatch'],
    ['another time', () => present(holder, { clock: () => clock() - 301_000 }), 'token_too_old'],
    ['a time to come', () => present(holder, { clock: () => clock() + 2000 }), 'token_not_yet_valid'],
  ])('refuses a proof by or for %s', async (_, presentation, code) => {
    await expect(verify(await presentation(), { keyBinding: expected })).rejects.toMatchObject({ code })
  })

  it('refuses a proof over another selection', async () => {
    const presentation = await present(holder)
    const proof = presentation.slice(presentation.lastIndexOf('~') + 1)
    const [jwt, disclosure] = presentation.split('~')
    expect(disclosure).toBeDefined()
    await expect(verify(`${jwt}~${proof}`, { keyBinding: expected })).rejects.toMatchObject({
      code: 'claim_mismatch',
      claim: 'sd_hash',
    })
  })

  it('refuses a JWT that was made for something else', async () => {
    const presentation = await present(holder)
    const bound = presentation.slice(0, presentation.lastIndexOf('~') + 1)
    const claims = { aud: audience, nonce, sd_hash: await digest(bound) }
    const other = await signJwt(claims, holder, { clock })
    await expect(verify(bound + other, { keyBinding: expected })).rejects.toMatchObject({ code: 'type_mismatch' })
    const several = await signJwt({ ...claims, aud: [audience] }, holder, { clock, typ: 'kb+jwt' })
    await expect(verify(bound + several, { keyBinding: expected })).rejects.toMatchObject(
      refusal('claim_invalid', '"aud" (Audience) claim invalid: expected one string'),
    )
    for (const claim of ['nonce', 'sd_hash'] as const) {
      const listed = await signJwt({ ...claims, [claim]: ['x', claims[claim]] }, holder, { clock, typ: 'kb+jwt' })
      await expect(verify(bound + listed, { keyBinding: expected })).rejects.toMatchObject(
        refusal('claim_invalid', `"${claim}" claim invalid: expected one string`),
      )
    }
  })

  it('is there when it is expected, and not there when it is not', async () => {
    await expect(verify(await issue({ holderKey: holder }), { keyBinding: expected })).rejects.toMatchObject(
      refusal('key_binding_missing', 'key binding missing: expected a proof that the presenter is the holder'),
    )
    await expect(verify(await present(holder))).rejects.toMatchObject(
      refusal('key_binding_unexpected', 'key binding unexpected: expected an SD-JWT that ends in "~"'),
    )
  })

  it('is not presented twice', async () => {
    await expect(presentSdJwt(await present(holder), { disclose: [] })).rejects.toMatchObject(
      refusal('key_binding_unexpected', 'SD-JWT has a key binding: expected one as it was issued'),
    )
  })

  it.each<[string, unknown, string, string]>([
    ['no cnf', undefined, 'claim_missing', '"cnf" claim missing: expected the key of the holder'],
    ['cnf without a jwk', { kid: 'x' }, 'claim_invalid', '"cnf" claim invalid: expected a "jwk" (JSON Web Key)'],
    [
      'a secret that everybody can read',
      { jwk: { kty: 'oct', k: 'A'.repeat(43), alg: 'HS256' } },
      'key_symmetric',
      '"jwk" (JSON Web Key) in the "cnf" claim invalid: expected a public key',
    ],
  ])('RFC 7800 §3.2 refuses %s', async (_, cnf, code, message) => {
    const bound = await forge(cnf === undefined ? {} : { cnf })
    const proof = await signJwt({ aud: audience, nonce, sd_hash: await digest(bound) }, holder, {
      typ: 'kb+jwt',
      clock,
    })
    await expect(verify(bound + proof, { keyBinding: expected })).rejects.toMatchObject(refusal(code, message))
  })

  it('finds the key where the caller says', async () => {
    const bound = await forge({ cnf: { kid: 'the-key' } })
    const proof = await signJwt({ aud: audience, nonce, sd_hash: await digest(bound) }, holder, {
      typ: 'kb+jwt',
      clock,
    })
    const findKey = async (cnf: Readonly<Record<string, unknown>>): Promise<Key> =>
      cnf['kid'] === 'the-key' ? holder : expect.fail('another key')
    expect(await verify(bound + proof, { keyBinding: { ...expected, findKey } })).toMatchObject({ iat: now })
  })

  it('RFC 8725 §3.1 asks for algorithms where the key leaves a choice', async () => {
    const rsa = await Key.generate('RS256')
    const { alg: _, ...jwk } = rsa.toPublicJwk()
    const bound = await forge({ cnf: { jwk } })
    const proof = await signJwt({ aud: audience, nonce, sd_hash: await digest(bound) }, rsa, { typ: 'kb+jwt', clock })
    await expect(verify(bound + proof, { keyBinding: expected })).rejects.toMatchObject({ code: 'algorithms_required' })
    const algorithms = ['RS256']
    expect(await verify(bound + proof, { keyBinding: { ...expected, algorithms } })).toMatchObject({ iat: now })
    await expect(verify(bound + proof, { keyBinding: { ...expected, algorithms: ['PS256'] } })).rejects.toMatchObject({
      code: 'algorithm_not_allowed',
    })
  })

  it('RFC 9901 §8.1, §8.2 goes through JSON and back', async () => {
    const presentation = await present(holder)
    const json = sdJwtToJson(presentation)
    expect(json.header).toEqual({ disclosures: [presentation.split('~')[1]], kb_jwt: presentation.split('~')[2] })
    expect(sdJwtFromJson(json)).toBe(presentation)
    const { payload, ...signature } = json
    expect(sdJwtFromJson({ payload, signatures: [signature] })).toBe(presentation)
  })

  it.each<[string, object]>([
    ['several signatures', { payload: 'e30', signatures: [{}, {}] }],
    ['disclosures that are no strings', { header: { disclosures: [1] } }],
    ['a key binding that is no string', { header: { kb_jwt: 1 } }],
    ['a "~" in a part', { header: { disclosures: ['a~b'] } }],
    ['a "~" in the payload', { payload: 'a~b' }],
    ['no payload', { payload: undefined }],
  ])('RFC 9901 §8.1, §8.4 refuses JSON with %s', async (_, changes) => {
    const json = { ...sdJwtToJson(await issue()), ...changes }
    const input = 'signatures' in changes ? changes : json
    expect(() => sdJwtFromJson(input)).toThrow(
      expect.objectContaining(
        refusal(
          'token_malformed',
          'SD-JWT malformed: expected one signature over a payload, "disclosures" (a list of strings) and "kb_jwt" (a string)',
        ),
      ),
    )
  })
})
