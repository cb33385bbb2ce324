import { createHmac, generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { Key, KeySet, signJwt, verifyCompact, verifyJwt } from '../../../src/jose/index.ts'

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const forge = (header: object, claims: object, secret: string | Buffer): string => {
  const input = `${encode(header)}.${encode(claims)}`
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`
}

describe('CVE-2024-37568: an asymmetric public key taken for an HMAC secret', () => {
  const pair = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const pem = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString()

  it.each([
    ['PEM', pem],
    ['PEM after white space', `\n\n  ${pem}`],
    ['PEM after a byte order mark', `\ufeff${pem}`],
    ['PEM after attributes', `Bag Attributes\n    friendlyName: op\n${pem}`],
    ['SSH2', '---- BEGIN SSH2 PUBLIC KEY ----\nAAAAB3NzaC1yc2EAAAADAQABAAABgQC\n---- END SSH2 PUBLIC KEY ----'],
    ['JWK', JSON.stringify(pair.publicKey.export({ format: 'jwk' }))],
    ['OpenSSH RSA', 'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQC user@host'],
    ['OpenSSH ECDSA', 'ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTY= user@host'],
  ])('%s text is no secret, as bytes or as a JWK', async (_, text) => {
    const refused = {
      code: 'key_invalid',
      message: 'HMAC secret invalid: expected random bytes, not the text of a PEM, SSH or JWK key',
    }
    const bytes = new TextEncoder().encode(text)
    await expect(Key.import(bytes, { alg: 'HS256' })).rejects.toMatchObject(refused)
    const jwk = { kty: 'oct', k: Buffer.from(text).toString('base64url') }
    await expect(Key.import(jwk)).rejects.toMatchObject(refused)
  })

  it('a token signed with the public key as a secret is refused by that key, whatever the algorithms', async () => {
    const key = await Key.import(pem)
    const forged = forge({ alg: 'HS256', typ: 'JWT' }, { sub: 'admin' }, pem)
    for (const keys of [key, await KeySet.import([key])]) {
      await expect(verifyJwt(forged, keys, { algorithms: ['RS256', 'HS256'] })).rejects.toMatchObject({
        code: keys === key ? 'key_type_mismatch' : 'key_not_found',
      })
    }
    await expect(verifyJwt(forged, key)).rejects.toMatchObject({ code: 'algorithms_required' })
  })
})

describe('CVE-2025-59420: a critical parameter that is not understood', () => {
  it.each([[['bork']], [['exp']], [['b64']], [[]]])(
    'crit %o is refused, although the signature is right',
    async (crit) => {
      const key = await Key.generate('HS256')
      const { k } = key.toPrivateJwk() as { k: string }
      const header = { alg: 'HS256', bork: true, exp: 1, b64: true, crit }
      const jwt = forge(header, { sub: 'u' }, Buffer.from(k, 'base64url'))
      await expect(verifyJwt(jwt, key)).rejects.toMatchObject({ code: expect.stringMatching(/^critical_/) })
    },
  )
})

describe('CVE-2026-28802: alg none', () => {
  it.each(['none', 'None', 'NONE', 'nOnE'])('"%s" does not exist, even when it is allowed by name', async (alg) => {
    const key = await Key.generate('ES256')
    for (const signature of ['', 'AAAA']) {
      const jwt = `${encode({ alg })}.${encode({ sub: 'admin' })}.${signature}`
      await expect(verifyJwt(jwt, key, { algorithms: [alg, 'ES256'] })).rejects.toMatchObject({
        code: 'algorithm_unsupported',
      })
    }
  })

  it('an empty signature is refused for every algorithm', async () => {
    for (const alg of ['HS256', 'RS256', 'PS256', 'ES256', 'EdDSA']) {
      const key = await Key.generate(alg)
      const jwt = `${encode({ alg })}.${encode({ sub: 'admin' })}.`
      await expect(verifyJwt(jwt, key)).rejects.toMatchObject({ code: 'signature_invalid' })
    }
  })
})

describe('CVE-2022-39175, CVE-2026-27962: a key taken from the header of the token', () => {
  it('jwk, jku, x5u and x5c are data', async () => {
    const [trusted, attacker] = [await Key.generate('ES256'), await Key.generate('ES256')]
    const hints = {
      jwk: attacker.toPublicJwk(),
      jku: 'https://evil.example/jwks',
      x5u: 'https://evil.example',
      x5c: ['MIIB'],
    }
    const jwt = await signJwt({ sub: 'admin' }, attacker, { header: { ...hints, kid: trusted.kid } })
    for (const keys of [trusted, await KeySet.import([trusted])]) {
      await expect(verifyJwt(jwt, keys)).rejects.toMatchObject({ code: 'signature_invalid' })
    }
    await expect(verifyJwt(jwt, new KeySet([]), { algorithms: ['ES256'] })).rejects.toMatchObject({
      code: 'key_not_found',
    })
  })

  it.each([undefined, null])('a missing key (%s) is an error, not a reason to look for one', async (key) => {
    const attacker = await Key.generate('ES256')
    const jwt = await signJwt({ sub: 'admin' }, attacker, { header: { jwk: attacker.toPublicJwk() } })
    await expect(verifyJwt(jwt, key as unknown as Key, { algorithms: ['ES256'] })).rejects.toThrow(
      new TypeError('keys missing: expected a Key, a KeySet or another source of keys'),
    )
  })
})

describe('CVE-2025-61920: tokens without bounds', () => {
  it('are refused by their length, segment by segment, before anything is decoded', async () => {
    const key = await Key.generate('HS256')
    // Not base64url: whoever decoded it would say so.
    const huge = '!'.repeat(1_000_000)
    for (const token of [`${huge}.A.A`, `A.${huge}.A`, `A.A.${huge}`, huge]) {
      await expect(verifyCompact(token, key)).rejects.toMatchObject({ code: 'token_too_large' })
    }
  })
})

describe('CVE-2025-65015: errors that repeat what was received', () => {
  const marker = 'sEcReT-mArKeR'
  const traces = (error: unknown): string => {
    const { message, stack, cause } = error as Error
    return `${message} ${stack} ${String(cause)} ${JSON.stringify(error)}`
  }

  it.each([
    ['malformed', marker],
    ['too large', `${marker}${'x'.repeat(200_000)}`],
    ['header not base64url', `${marker}!.A.A`],
    ['header not JSON', `${Buffer.from(marker).toString('base64url')}.A.A`],
    ['algorithm', `${encode({ alg: marker })}.A.A`],
    ['critical', `${encode({ alg: 'HS256', [marker]: 1, crit: [marker] })}.A.A`],
    ['kid', `${encode({ alg: 'HS256', kid: marker })}.A.AAAA`],
    ['type', `${encode({ alg: 'HS256', typ: { [marker]: 1 } })}.A.A`],
  ])('%s', async (_, token) => {
    const keys = await KeySet.generate(['HS256'])
    const error = await verifyCompact(token, keys).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ name: 'JoseError' })
    expect(traces(error)).not.toContain(marker)
    expect(traces(error)).not.toContain(Buffer.from(marker).toString('base64url'))
  })

  it.each(['iss', 'aud', 'sub', 'exp', 'typ'])('the claim or parameter %s', async (name) => {
    const key = await Key.generate('HS256')
    const { k } = key.toPrivateJwk() as { k: string }
    const header = { alg: 'HS256', ...(name === 'typ' && { typ: marker }) }
    const jwt = forge(header, name === 'typ' ? {} : { [name]: marker }, Buffer.from(k, 'base64url'))
    const options = { issuer: 'i', audience: 'a', subject: 's' }
    const error = await verifyJwt(jwt, key, name === 'exp' ? {} : options).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ name: 'JoseError' })
    expect(traces(error)).not.toContain(marker)
  })

  it.each([
    ['PEM', marker],
    ['PEM label', `-----BEGIN ${marker.toUpperCase()}-----\nAAAA\n-----END ${marker.toUpperCase()}-----`],
    ['JWK type', { kty: marker }],
    ['JWK curve', { kty: 'EC', crv: marker, x: 'AA', y: 'AA' }],
    ['JWK member', { kty: 'oct', k: `${marker}!` }],
  ])('key material: %s', async (_, input) => {
    const error = await Key.import(input).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ name: 'JoseError' })
    expect(traces(error).toLowerCase()).not.toContain(marker.toLowerCase())
  })
})
